package chat

import "testing"

func TestTheReadersLanguageIsTheMessagesThenEarlierOnesThenHints(t *testing.T) {
	for _, c := range []struct {
		name, message string
		earlier       []string
		hints         []string
		want          string
	}{
		{"the message's own beats hints", "Wie ändere ich den Port?", nil, []string{"fr", "en-us"}, "de"},
		{"an earlier one tells of what tells nothing", "chunk_tokens", []string{"CORS", "Comment changer le port ?"}, []string{"de"}, "fr"},
		{"the first hint that says any", "chunk_tokens", nil, []string{"", "de-at", "en"}, "de-at"},
		{"a hint knows the region", "Como mudo a porta do servidor?", nil, []string{"en", "pt-br"}, "pt-br"},
		{"nothing", "chunk_tokens", nil, nil, ""},
	} {
		if got := readersLanguage(c.message, c.earlier, c.hints...); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
