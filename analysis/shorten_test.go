package analysis

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestOfALongTextBothEndsStay(t *testing.T) {
	text := "begin" + strings.Repeat("é界", 500) + "end"
	for most := range 40 {
		got := Shorten(text, most)
		if !utf8.ValidString(got) || len(got) > most+len(leftOut) || !strings.Contains(got, leftOut) {
			t.Errorf("%d: %q", most, got)
		}
	}
	if got := Shorten(text, 30); !strings.HasPrefix(got, "begin") || !strings.HasSuffix(got, "end") {
		t.Errorf("%q", got)
	}
	if got := Shorten("short", 5); got != "short" {
		t.Errorf("%q", got)
	}
}
