package site

import (
	"io/fs"
	"net/url"
	"path"
	"runtime"
	"strings"
	"sync"

	"docent"
)

// filled is s with what may be left out.
func (s Settings) filled() Settings {
	if s.Root == nil {
		s.Root = nothing{}
	}
	if s.Repo == nil {
		s.Repo, s.At = s.Root, "."
	}
	s.At = path.Clean(s.At)
	if s.Head == nil {
		s.Head = func(path string) File { return File{Path: path} }
	}
	s.tree = newTree(s.Repo, s.At)
	return s
}

// nothing is a folder without files.
type nothing struct{}

// Open implements fs.FS.
func (nothing) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// head is f with its front matter and heading, where they were not read yet.
func (s Settings) head(f File) File {
	if f.Meta == nil && f.Heading == "" {
		return s.Head(f.Path)
	}
	return f
}

// warm has the heads of all files read, by several goroutines: rules that look
// at all of them wait for a disk otherwise.
func (s Settings) warm() {
	var wg sync.WaitGroup
	files := make(chan string)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for f := range files {
				s.Head(f)
			}
		})
	}
	for _, f := range s.Files {
		files <- f
	}
	close(files)
	wg.Wait()
}

// within gives the path of one of the source's files as it is seen from a folder
// of the repository; ok is false where it stands outside of it.
func (s Settings) within(dir, file string) (rel string, ok bool) {
	if s.At != "." {
		file = s.At + "/" + file
	}
	return below(dir, file)
}

// below gives name, a path in the repository, relative to dir.
func below(dir, name string) (rel string, ok bool) {
	if dir == "." || dir == "" {
		return name, true
	}
	if name == dir {
		return ".", true
	}
	return strings.CutPrefix(name, dir+"/")
}

// overlaps reports whether a folder of the repository holds files of the
// source, or the other way round.
func (s Settings) overlaps(dir string) bool {
	_, in := below(dir, s.At)
	_, above := below(s.At, dir)
	return in || above
}

// base is the URL of the site's root, with a slash at its end: the one that
// was set, or the one that the configuration has, if it is absolute, or where
// Docent shows pages itself.
func (s Settings) base(configured string) (string, error) {
	base := s.BaseURL
	if u, err := url.Parse(configured); base == "" && err == nil && isAddress(u) {
		base = configured
	}
	if base == "" {
		base = "/docs/" + Escape(path.Join(s.Source, s.Version, s.Lang)) + "/"
	}
	u, err := url.Parse(base)
	if err != nil || !isAddress(u) && (!strings.HasPrefix(base, "/") || strings.HasPrefix(base, "//")) {
		e := docent.Errorf(docent.CodeInvalid, "base_url %q is not an address", s.BaseURL)
		e.Hint = "write it like https://docs.example.com/guide/ or /guide/"
		return "", e
	}
	if u.RawQuery != "" || u.Fragment != "" {
		e := docent.Errorf(docent.CodeInvalid, "base_url %q has a query or a fragment", s.BaseURL)
		e.Hint = "leave out what follows ? or #"
		return "", e
	}
	return strings.TrimSuffix(base, "/") + "/", nil
}

func isAddress(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
