package ingest

import (
	"cmp"
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"docent"
)

// Place is where the source's pages are, without secrets: the folder, or the
// address that they are fetched from.
func (s Source) Place() string {
	place := cmp.Or(s.Dir, strings.TrimPrefix(s.Git, "git+"), s.URL, s.OpenAPI, s.Answers, s.Archive)
	if u, err := url.Parse(place); err == nil && u.User != nil {
		u.User = nil
		return u.String()
	}
	return place
}

// Fetched reports whether the source's pages have to be fetched before there is
// a folder that Run can read.
func (s Source) Fetched() bool { return s.Dir == "" }

// checkPlace checks that there is one place, and what belongs to it.
func (s Source) checkPlace() error {
	places := 0
	for _, p := range []string{s.Dir, s.Git, s.URL, s.OpenAPI, s.Answers, s.Archive} {
		if p != "" {
			places++
		}
	}
	switch {
	case places > 1:
		return placeError("has more than one of dir, git, url, openapi, answers and archive", "write one source for each", s)
	case places == 0:
		return nil // Run says that there is no folder
	case s.Git == "" && (s.Ref != "" || s.Subdir != "" && s.Archive == "" || s.Token != ""):
		return placeError("has ref, subdir or token, which are for git", "give git, or leave them out", s)
	case s.OpenAPI == "" && s.Anchor != "":
		return placeError("has an anchor, which is for openapi", "give openapi, or leave it out", s)
	case s.URL != "" && !strings.HasPrefix(s.URL, "https://") && !strings.HasPrefix(s.URL, "http://"):
		return placeError("has a url that is none", "write it like https://docs.example.com/", s)
	}
	return nil
}

func placeError(what, hint string, s Source) error {
	err := docent.Errorf(docent.CodeInvalid, "the source %s %s", cmp.Or(s.Name, s.Place()), what)
	err.Hint = hint
	return err
}

// placeName makes a name of the place: the folder's, the repository's, the
// website's host, the document's, the answers', the archive's.
func (s Source) placeName() (string, error) {
	var name string
	switch {
	case s.URL != "":
		u, err := url.Parse(s.URL)
		if err != nil {
			return "", placeError("has a url that is none", "write it like https://docs.example.com/", s)
		}
		name = strings.TrimPrefix(u.Hostname(), "www.")
	case s.OpenAPI != "" || s.Answers != "" || s.Archive != "":
		name = path.Base(filepath.ToSlash(s.Place()))
		name = strings.TrimSuffix(strings.TrimSuffix(name, path.Ext(name)), ".tar")
	case strings.Contains(s.Git, ":"): // an address, not a folder
		name = strings.TrimSuffix(path.Base(strings.TrimRight(strings.ReplaceAll(s.Git, ":", "/"), "/")), ".git")
	default:
		dir, err := filepath.Abs(cmp.Or(s.Dir, s.Git))
		if err != nil {
			return "", err
		}
		name = strings.TrimSuffix(filepath.Base(dir), ".git")
	}
	return strings.Trim(strings.Join(strings.Fields(name), "-"), "._-"), nil
}
