package docent

import (
	"path"
	"strings"
)

// Patterns are paths from a source's root: * and ? stand for characters of one
// name, ** for any number of folders. A pattern that names a folder takes in all
// below it.

// ValidPattern reports whether text can be a pattern.
func ValidPattern(text string) bool {
	_, err := path.Match(text, "")
	return err == nil && text != ""
}

// MatchAny reports whether one of the patterns fits file or a folder above it.
func MatchAny(patterns []string, file string) bool {
	names := strings.Split(file, "/")
	for _, p := range patterns {
		p = strings.TrimSuffix(strings.TrimPrefix(p, "./"), "/")
		if matchNames(strings.Split(p, "/"), names) {
			return true
		}
	}
	return false
}

// matchNames reports whether the pattern fits names or the first of them.
func matchNames(pattern, names []string) bool {
	if len(pattern) == 0 {
		return true
	}
	if pattern[0] == "**" {
		for i := range names {
			if matchNames(pattern[1:], names[i:]) {
				return true
			}
		}
		return false
	}
	if len(names) == 0 {
		return false
	}
	ok, _ := path.Match(pattern[0], names[0])
	return ok && matchNames(pattern[1:], names[1:])
}
