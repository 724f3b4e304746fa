package extract

import (
	"slices"
	"strings"
	"testing"

	"docent"
)

func TestQuestionsAreDivided(t *testing.T) {
	tests := []struct {
		question string
		want     []string
	}{
		{"How do I install it and where is the log?", []string{"How do I install it", "where is the log"}},
		{"What is a shelf? How do I load it?", []string{"What is a shelf", "How do I load it"}},
		{"Wie installiere ich Kiln und wo liegt das Protokoll?", []string{"Wie installiere ich Kiln", "wo liegt das Protokoll"}},
		{"Comment installer Kiln et où est le journal ?", []string{"Comment installer Kiln", "où est le journal"}},
		{"¿Cómo instalo Kiln y dónde está el registro?", []string{"¿Cómo instalo Kiln", "dónde está el registro"}},
		{"How do I load and unload a shelf?", []string{"How do I load and unload a shelf?"}},
		{"the door is stuck and what now?", []string{"the door is stuck and what now?"}},
		{"What is a? What is b? What is c? What is d?", []string{"What is a? What is b? What is c? What is d?"}},
		{"", []string{""}},
	}
	for _, tt := range tests {
		var got []string
		for _, part := range divided(tt.question) {
			got = append(got, strings.TrimSpace(part.text))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q: got %q, want %q", tt.question, got, tt.want)
		}
	}
}

func TestWhatIsCompared(t *testing.T) {
	tests := []struct{ question, a, b string }{
		{"What is the difference between a kiln and an oven?", "a kiln", "an oven"},
		{"kiln vs oven", "kiln", "oven"},
		{"Compare the kiln with the oven.", "the kiln", "the oven"},
		{"Was ist der Unterschied zwischen Ofen und Herd?", "Ofen", "Herd"},
		{"Quelle est la différence entre four et poêle ?", "four", "poêle"},
		{"¿Cuál es la diferencia entre horno y estufa?", "horno", "estufa"},
		{"How does a kiln differ?", "", ""},
		{"between us", "", ""},
	}
	for _, tt := range tests {
		got := compared(tt.question)
		switch {
		case tt.a == "" && got == nil:
		case len(got) != 2 || got[0].text != tt.a || got[1].text != tt.b:
			t.Errorf("%q: got %+v, want %q and %q", tt.question, got, tt.a, tt.b)
		}
	}
}

func TestEachOfTwoThingsIsAnswered(t *testing.T) {
	passages := number([]docent.Passage{
		passage("Kiln", "The log", 1, para("The log stands in `/var/log/kiln.log`. It is kept for a month.")),
		passage("Kiln", "Install", 0.7, para("Install Kiln with one command:"), code("pkg add kiln")),
		passage("Kiln", "Colours", 0.6, para("The log is coloured where it is a terminal's.")),
	})
	got, _ := Answer("How do I install Kiln and where is the log?", "en", passages)
	want := "Install Kiln with one command: [2]\n\n```sh\npkg add kiln\n```\n\n**The log**\n\nThe log stands in `/var/log/kiln.log`. It is kept for a month. [1]"
	if got != want {
		t.Errorf("got:\n%s\n\nwant:\n%s", got, want)
	}
	if got, _ := Answer("Where is the log and how do I paint a fence?", "en", passages); !strings.HasPrefix(got, "The log stands in") || strings.Contains(got, "fence") {
		t.Errorf("of a thing that no passage has:\n%s", got)
	}
}

func TestComparisonsSayOfBoth(t *testing.T) {
	apart := []docent.Passage{
		passage("Words", "Glaze", 1, para("A glaze is a coat of glass. It is fired.")),
		passage("Words", "Slip", 0.9, para("A slip is thin clay. It is brushed on.")),
		passage("Words", "Brushes", 0.8, para("Brushes are washed.")),
	}
	got, _ := Answer("What is the difference between glaze and slip?", "en", number(apart))
	if want := "A glaze is a coat of glass. It is fired. [1]\n\n**Slip**\n\nA slip is thin clay. It is brushed on. [2]"; got != want {
		t.Errorf("got:\n%s\n\nwant:\n%s", got, want)
	}
	both := append(apart, passage("Words", "Glaze or slip", 0.9, para("Unlike a slip, a glaze makes clay tight.")))
	if got, _ := Answer("What is the difference between glaze and slip?", "en", number(both)); !strings.Contains(got, "Unlike a slip") {
		t.Errorf("got:\n%s", got)
	}
}

func TestYesOrNoBeginsWithWhatDecides(t *testing.T) {
	passages := number([]docent.Passage{
		passage("Proxies", "Behind others", 1,
			para("Many people run programs behind a proxy. Kiln can run behind any proxy. The proxy must let events through."),
			code("kiln --proxy")),
		passage("Proxies", "Kinds", 0.95, table("| Proxy | Kind |\n| --- | --- |\n| one | run |\n| two | runs |\n| three | ran |")),
	})
	got, _ := Answer("Can Kiln run behind a proxy?", "en", passages)
	if !strings.HasPrefix(got, "Kiln can run behind any proxy.") {
		t.Errorf("got:\n%s", got)
	}
	asked := number([]docent.Passage{passage("Fragen", "Proxy", 1, para("Kann Kiln hinter einem Proxy laufen? Ja, Kiln kann hinter jedem Proxy laufen."))})
	if got, _ := Answer("Kann Kiln hinter einem Proxy laufen?", "de", asked); !strings.HasPrefix(got, "Ja, Kiln kann") {
		t.Errorf("got:\n%s", got)
	}
	back := number([]docent.Passage{passage("Text", "Markup", 1, para("The text is foreign. Never give it to the shell."))})
	if got, _ := Answer("Is it safe to give it to the shell?", "en", back); !strings.HasPrefix(got, "The text is foreign.") {
		t.Errorf("what it stands for is not there:\n%s", got)
	}
}

func TestSentencesOfEachLanguageEndWhereTheyDo(t *testing.T) {
	long := strings.Repeat("窯の温度を見てください。", 12)
	passages := number([]docent.Passage{passage("窯", "ログの場所", 1, para(long+"ログは`/var/log/kiln.log`に保存されます。"+long))})
	got, _ := Answer("ログはどこに保存されますか？", "ja", passages)
	if !strings.Contains(got, "ログは`/var/log/kiln.log`に保存されます。") || len(got) > len(long) || !strings.HasSuffix(got, "。 [1]") {
		t.Errorf("got:\n%s", got)
	}
}

func TestAnchorsAndLinksByNameAreNotQuoted(t *testing.T) {
	passages := number([]docent.Passage{passage("Modes", "Strict mode", 1,
		para("[`kiln.Strict`][kiln.Strict]"), para("Strict mode refuses wet clay."), para("{#strict-mode-in-calls}"))})
	if got, _ := Answer("What is strict mode?", "en", passages); got != "Strict mode refuses wet clay. [1]" {
		t.Errorf("got:\n%s", got)
	}
}
