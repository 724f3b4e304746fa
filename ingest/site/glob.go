package site

import (
	"regexp"
	"strings"
)

// globs are patterns of paths as JavaScript's tools have them: * is within a
// folder, ** is any folders, {a,b} one of several.
type globs []*regexp.Regexp

// newGlobs makes them of what a configuration lists.
func newGlobs(patterns []any) globs {
	var g globs
	for _, p := range patterns {
		if text, ok := p.(string); ok && !strings.HasPrefix(text, "!") {
			if re, err := regexp.Compile("^" + globPattern(strings.TrimPrefix(text, "./")) + "$"); err == nil {
				g = append(g, re)
			}
		}
	}
	return g
}

func (g globs) match(name string) bool {
	for _, re := range g {
		if re.MatchString(name) {
			return true
		}
	}
	return false
}

// globPattern translates a pattern to a regular expression.
func globPattern(p string) string {
	var b strings.Builder
	depth := 0
	for i := 0; i < len(p); i++ {
		switch c := p[i]; {
		case strings.HasPrefix(p[i:], "**/"):
			b.WriteString("(?:.*/)?")
			i += 2
		case strings.HasPrefix(p[i:], "**"):
			b.WriteString(".*")
			i++
		case c == '*':
			b.WriteString("[^/]*")
		case c == '?':
			b.WriteString("[^/]")
		case c == '{':
			b.WriteString("(?:")
			depth++
		case c == '}' && depth > 0:
			b.WriteString(")")
			depth--
		case c == ',' && depth > 0:
			b.WriteString("|")
		default:
			b.WriteString(regexp.QuoteMeta(p[i : i+1]))
		}
	}
	return b.String() + strings.Repeat(")", depth)
}
