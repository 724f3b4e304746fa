package site

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Text is a front matter value as one line of text, without control
// characters; "" where it is a list, a map or nothing.
func Text(v any) string {
	switch v := v.(type) {
	case nil, map[string]any, []any:
		return ""
	case string:
		return oneLine(v)
	case time.Time: // a title that YAML or TOML took for a date
		if v.Equal(v.Truncate(24 * time.Hour)) {
			return v.Format(time.DateOnly)
		}
		return v.Format(time.RFC3339)
	default:
		return oneLine(fmt.Sprint(v))
	}
}

// oneLine collapses white space, and drops control characters.
func oneLine(s string) string {
	for _, r := range s {
		if unicode.IsControl(r) {
			s = strings.Map(visible, s)
			break
		}
	}
	return strings.Join(strings.Fields(s), " ")
}

func visible(r rune) rune {
	if unicode.IsControl(r) && !unicode.IsSpace(r) {
		return -1
	}
	return r
}
