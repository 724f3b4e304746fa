package web

import (
	"strings"
	"testing"
)

func TestTheReadersLanguageIsTheFirstThatTheBrowserNames(t *testing.T) {
	for header, want := range map[string]string{
		"de-AT,de;q=0.9,en;q=0.8":   "de-AT",
		"en;q=0.5, fr":              "fr",
		"pt-BR":                     "pt-BR",
		"":                          "",
		"*":                         "",
		"en;q=0":                    "",
		"not a language; at all":    "",
		strings.Repeat("de,", 1000): "",
	} {
		if got := preferredLanguage(header); got != want {
			t.Errorf("%.40q: %q, want %q", header, got, want)
		}
	}
}
