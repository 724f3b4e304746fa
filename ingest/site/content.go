package site

import (
	"path"
	"strings"
)

// content is the folder of a site's pages, which the source may be, hold, or be
// a part of.
type content struct {
	Settings
	dir   string            // in the repository
	files []string          // the source's pages below it, relative to it, in order
	own   map[string]string // the path of each in the source
}

// content looks at the source's files from a folder of the repository; ok is
// false where it has none of them.
func (s Settings) content(dir string) (c content, ok bool) {
	c = content{Settings: s, dir: path.Clean(dir), own: map[string]string{}}
	for _, file := range s.Files {
		if rel, inside := s.within(c.dir, file); inside {
			c.files = append(c.files, rel)
			c.own[rel] = file
		}
	}
	return c, len(c.files) > 0 || len(s.Files) == 0 && s.overlaps(c.dir)
}

// headOf is the beginning of one of the content's files.
func (c content) headOf(rel string) File {
	if file, ok := c.own[rel]; ok {
		return c.Head(file)
	}
	return File{Path: rel}
}

// has reports whether a page stands there.
func (c content) has(rel string) bool { return c.own[rel] != "" }

// outside is the page of a file that is not among the site's.
func (c content) outside(base string, f File) Page {
	page := elsewhere(base, f)
	page.Hidden, page.Version, page.Lang = "outside of "+c.dir+", where the site's pages are", c.Version, c.Lang
	return page
}

// relative gives a path of the repository as the source sees it, which may begin
// with "..".
func (s Settings) relative(name string) string {
	from, to := strings.Split(path.Clean(s.At), "/"), strings.Split(path.Clean(name), "/")
	if from[0] == "." {
		from = nil
	}
	if to[0] == "." {
		to = nil
	}
	for len(from) > 0 && len(to) > 0 && from[0] == to[0] {
		from, to = from[1:], to[1:]
	}
	return path.Clean(strings.Repeat("../", len(from)) + strings.Join(to, "/"))
}
