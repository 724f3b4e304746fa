package chat

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// labelled is a line of testdata/kinds.tsv.
type labelled struct {
	kind          kind
	lang, message string
}

func readKinds(t testing.TB) []labelled {
	t.Helper()
	text, err := os.ReadFile("testdata/kinds.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var all []labelled
	for line := range strings.Lines(string(text)) {
		if fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(fields) == 3 {
			all = append(all, labelled{kind(fields[0]), fields[1], fields[2]})
		}
	}
	return all
}

// TestWhatAMessageIs holds the labelled messages: what is taken for talk has to
// be talk, nearly always; of talk, most is told.
func TestWhatAMessageIs(t *testing.T) {
	all := readKinds(t)
	if len(all) < 120 {
		t.Fatalf("only %d messages", len(all))
	}
	told, right, talk := 0, 0, 0
	for _, l := range all {
		got := kindOf(l.message)
		if l.kind != asksDocs {
			talk++
		}
		if got != asksDocs {
			told++
		}
		if got != asksDocs && got == l.kind {
			right++
		}
		if got != l.kind {
			t.Logf("%q is taken for %s, and is %s", l.message, got, l.kind)
		}
	}
	precision, recall := float64(right)/float64(told), float64(right)/float64(talk)
	t.Logf("%d messages, %d of them talk: precision %.3f, recall %.3f", len(all), talk, precision, recall)
	if precision < 0.98 || recall < 0.95 {
		t.Errorf("precision %.3f, recall %.3f", precision, recall)
	}
}

func TestSmallTalkIsAnsweredInItsLanguage(t *testing.T) {
	for _, l := range readKinds(t) {
		if l.kind != smallTalk {
			continue
		}
		if is, langs := smallTalkOf(l.message); is != noTalk && !slices.Contains(langs, l.lang) {
			t.Errorf("%q is of %v, not %s", l.message, langs, l.lang)
		}
	}
}

func TestSignsAloneAreSmallTalk(t *testing.T) {
	for _, message := range []string{"…", "?", "🙂", "!!!", "👍 👍"} {
		if k := kindOf(message); k != smallTalk {
			t.Errorf("%q is %s", message, k)
		}
	}
}

func TestWhatIsWantedOfAConversation(t *testing.T) {
	for message, want := range map[string]request{
		"Shorter, please!":                                 {wish: wantsShorter},
		"Translate that to German":                         {wantsSpoken, "de"},
		"Übersetze das ins Englische":                      {wantsSpoken, "en"},
		"英語に翻訳してください":                                      {wantsSpoken, "en"},
		"把它翻译成英文":                                          {wantsSpoken, "en"},
		"translate that to Klingonish":                     {},
		"explain it for a beginner":                        {wish: wantsReworded},
		"repeat":                                           {wish: wantsRepeated},
		"What did I ask first?":                            {wish: wantsFirst},
		"what was my last question?":                       {wish: wantsLast},
		"Was habe ich zuerst gefragt?":                     {wish: wantsFirst},
		"make it shorter " + strings.Repeat("please ", 30): {},
	} {
		if got := requestOf(message); got != want {
			t.Errorf("%q wants %+v, want %+v", message, got, want)
		}
	}
}

func FuzzAnyMessageHasAKind(f *testing.F) {
	for _, l := range readKinds(f) {
		f.Add(l.message)
	}
	f.Add("\xff\xc0 `")
	f.Add("ー-_/")
	f.Fuzz(func(t *testing.T, message string) {
		if k := kindOf(message); k != asksDocs && k != smallTalk && k != asksTalk {
			t.Errorf("%q is %q", message, k)
		}
		if is, langs := smallTalkOf(message); is != noTalk && len(langs) == 0 {
			t.Errorf("%q is of no language", message)
		}
	})
}

func BenchmarkKindOf(b *testing.B) {
	for b.Loop() {
		kindOf("How do I make the answers of the widget shorter than they are now, and in German?")
	}
}
