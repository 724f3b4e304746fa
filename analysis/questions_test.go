package analysis

import (
	"slices"
	"strings"
	"testing"
)

func TestATextIsDividedIntoTheQuestionsThatItAsks(t *testing.T) {
	for text, want := range map[string][]string{
		"How do I install it and where is the log?":                 {"How do I install it", "where is the log"},
		"What is a shelf? How do I load it?":                        {"What is a shelf", "How do I load it"},
		"Wie installiere ich Kiln und wo liegt das Protokoll?":      {"Wie installiere ich Kiln", "wo liegt das Protokoll"},
		"Comment installer Kiln et où est le journal ?":             {"Comment installer Kiln", "où est le journal"},
		"¿Cómo instalo Kiln y dónde está el registro?":              {"¿Cómo instalo Kiln", "dónde está el registro"},
		"How do I load and unload a shelf?":                         nil,
		"How do I see which value is used and where it comes from?": nil,
		"Wie sehe ich, welcher Wert gilt und wo er gesetzt ist?":    nil,
		"the door is stuck and what now?":                           nil,
		"What is a? What is b? What is c? What is d?":               nil,
		"How do I install it?":                                      nil,
		"":                                                          nil,
	} {
		got := Questions(text)
		for i := range got {
			got[i] = strings.TrimSpace(got[i])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func FuzzQuestionsAreWordsOfTheText(f *testing.F) {
	f.Add("How do I install it and where is the log?")
	f.Add("wo? und wie? ? ?")
	f.Fuzz(func(t *testing.T, text string) {
		parts := Questions(text)
		if len(parts) == 1 || len(parts) > mostQuestions {
			t.Errorf("%q: %q", text, parts)
		}
		rest := text
		for _, part := range parts {
			at := strings.Index(rest, part)
			if part == "" || at < 0 {
				t.Fatalf("%q: %q is not in it", text, part)
			}
			rest = rest[at+len(part):]
		}
	})
}
