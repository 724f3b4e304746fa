package site

import (
	"path"
	"strings"
)

// Found is a site that a folder holds.
type Found struct {
	About
	Dir   string // the folder in which all its files are, relative to Settings.Root; "." is that
	Pages int    // that are to be found on it
}

// Find lists the sites whose configurations stand in the source's folder or
// below, the nearest first. Of several configurations for the same files only
// the first counts, and a weak one that others stand in or around does not.
func Find(s Settings) []Found {
	s = s.filled()
	var all []Found
	for _, c := range configurations(s) {
		if _, inside := below(s.At, c.config); !inside {
			continue
		}
		rules, err := c.rules(s, c.config)
		if err != nil {
			continue
		}
		f := found(s, rules)
		if f.Pages > 0 && !f.within(all, c.far >= farthest) {
			all = append(all, f)
		}
	}
	return all
}

// found looks at what the rules make of all files.
func found(s Settings, rules Rules) Found {
	f := Found{About: rules.About()}
	for _, file := range s.Files {
		page := rules.Page(File{Path: file})
		if page.Outside {
			continue
		}
		if page.Hidden == "" {
			f.Pages++
		}
		if f.Dir == "" {
			f.Dir = path.Dir(file)
		}
		for f.Dir != "." && !strings.HasPrefix(file, f.Dir+"/") {
			f.Dir = path.Dir(f.Dir)
		}
	}
	return f
}

// within reports whether the files are already those of another site; those of a
// weak one are where there are any in common.
func (f Found) within(all []Found, weak bool) bool {
	for _, other := range all {
		_, in := below(other.Dir, f.Dir)
		_, around := below(f.Dir, other.Dir)
		if other.Dir == f.Dir || weak && (in || around) {
			return true
		}
	}
	return false
}
