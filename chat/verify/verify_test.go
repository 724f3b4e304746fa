package verify

import (
	"testing"

	"docent"
	"docent/chat"
	"docent/embedding"
)

// german and english say much the same.
var (
	english = docent.Passage{N: 1, Chunk: docent.Chunk{
		Unit: docent.Unit{Lang: "en"}, Title: "Port", Headings: []string{"Change the port"},
		Text: "The server listens on port 8000 unless `PORT` says otherwise.\n\n```yaml\nserver:\n  port: 8000 # or --port\n  timeout: 90s\n```\n\n- `model.api_key` stands in config.yaml.",
	}}
	german = docent.Passage{N: 2, Chunk: docent.Chunk{
		Unit: docent.Unit{Lang: "de-at"}, Title: "Zwischenspeicher",
		Text: "Der Zwischenspeicher ist eingeschaltet und hält Seiten für 10 Minuten. Er wird nicht auf die Platte geschrieben.",
	}}
)

func judge(sentence string, cited ...int) docent.Support {
	return New(embedding.Builtin()).Open("Is --verbose the flag for the port?", []docent.Passage{english, german})(sentence, cited).State
}

// states gives a judge's verdicts without their reasons.
func states(judge chat.Judge) func(string, []int) docent.Support {
	return func(sentence string, cited []int) docent.Support { return judge(sentence, cited).State }
}

func TestSentences(t *testing.T) {
	for name, c := range map[string]struct {
		sentence string
		cited    []int
		want     docent.Support
	}{
		"of code":                                    {"The timeout is 90 seconds in `server.timeout`.", []int{1}, docent.Supported},
		"a number in another unit":                   {"The timeout of the server is 1.5 minutes [1].", []int{1}, docent.Supported},
		"a name as two lines of YAML":                {"Set `server.port` to change the port the server listens on [1].", []int{1}, docent.Supported},
		"a name that is part of another":             {"`api` stands in config.yaml.", []int{1}, docent.Unsupported},
		"a file that is not there":                   {"`model.api_key` stands in settings.yaml.", []int{1}, docent.Unsupported},
		"a name from the question":                   {"The server listens on port 8000 with `--verbose`.", []int{1}, docent.Supported},
		"what another passage says":                  {"The server listens on port 8000.", []int{2}, docent.Unsupported},
		"uncited, of any passage":                    {"The server listens on port 8000.", nil, docent.Supported},
		"uncited and invented":                       {"Invoices are sent by the accounting department.", nil, docent.Unsupported},
		"a source that was not given":                {"The server listens on port 8000 [7].", []int{7}, docent.Unsupported},
		"in another language":                        {"Der Server lauscht auf Port 8000, wenn `PORT` nichts anderes sagt.", []int{1}, docent.Unchecked},
		"in another language with a wrong number":    {"Der Server lauscht auf Port 9000, wenn nichts anderes gesagt ist.", []int{1}, docent.Unsupported},
		"in a script without blanks":                 {"サーバーはポート8000で待ち受けます。", []int{1}, docent.Unchecked},
		"in a script without blanks, a wrong number": {"サーバーはポート9000で待ち受けます。", []int{1}, docent.Unsupported},
		"in the passage's own language":              {"Der Zwischenspeicher hält Seiten zehn Minuten, also 10 Minuten.", []int{2}, docent.Supported},
		"a denial in the passage's own language":     {"Der Zwischenspeicher wird auf die Platte geschrieben.", []int{2}, docent.Unsupported},
		"a question":                                 {"Do you want to change the port [1]?", []int{1}, ""},
		"a greeting":                                 {"Hello, thanks for asking about the port.", nil, ""},
		"what leads to the next":                     {"To change the port:", nil, ""},
		"that the documentation does not hold it":    {"The documentation does not say how to bake bread.", nil, ""},
		"a heading":                                  {"**How to bake bread**", nil, ""},
		"nothing but a citation":                     {"[1]", []int{1}, ""},
		"nothing":                                    {"", nil, ""},
		"marks":                                      {"|---|---|", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := judge(c.sentence, c.cited...); got != c.want {
				t.Errorf("%q is %q, want %q", c.sentence, got, c.want)
			}
		})
	}
}

func TestAShortSentenceIsInTheLanguageOfTheOneBefore(t *testing.T) {
	judge := states(New(nil).Open("", []docent.Passage{english}))
	for _, sentence := range []string{"Der Server lauscht auf `PORT`, wenn er es soll.", "Port 8000 gilt sonst."} {
		if got := judge(sentence, []int{1}); got != docent.Unchecked {
			t.Errorf("%q is %q", sentence, got)
		}
	}
}

func TestNumbersAreTheSameInOtherWords(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"60 seconds", "one minute", true},
		{"90s", "1.5 minutes", true},
		{"16384 bytes", "16 KB", true},
		{"1,000", "1000", true},
		{"two tries", "2 tries", true},
		{"30", "30 days", true},
		{"5 %", "5 percent", true},
		{"500 ms", "500 seconds", false},
		{"30 minutes", "30 days", false},
		{"3", "3.5", false},
		{"2 GB", "2 MB", false},
	} {
		a, b := quantities(c.a), quantities(c.b)
		if len(a) != 1 || len(b) != 1 {
			t.Errorf("%q has %v, %q has %v", c.a, a, c.b, b)
			continue
		}
		if got := a[0].same(b[0]); got != c.want {
			t.Errorf("%q and %q: %v", c.a, c.b, got)
		}
	}
}

func TestWithoutVectorsWordsHaveToBeTheSame(t *testing.T) {
	judge := states(New(nil).Open("", []docent.Passage{english}))
	if got := judge("The server listens on port 8000.", []int{1}); got != docent.Supported {
		t.Errorf("the same words are %q", got)
	}
	if got := judge("The daemon awaits connections at 8000.", []int{1}); got == docent.Supported {
		t.Errorf("other words are %q", got)
	}
}

// FuzzJudge holds that no sentence or passage stops the check, and that what a
// passage says to the letter is never denied.
func FuzzJudge(f *testing.F) {
	f.Add("The server listens on port 8000 [1].", english.Text)
	f.Add("`a=b` --x 1,000.5GB `", "| a |\n|--|\n| `a=b` |\n```\n1000.5GB")
	f.Add("\x00\xff ** ` [1", "\xff\xfe. \\[1] ー漢字。")
	f.Add("kein 10th v1.2.3 /a/b .. --", "")
	f.Fuzz(func(t *testing.T, sentence, text string) {
		p := docent.Passage{N: 1, Chunk: docent.Chunk{Text: text}}
		switch got := New(nil).Open(text, []docent.Passage{p})(sentence, []int{1}).State; got {
		case "", docent.Supported, docent.PartlySupported, docent.Unsupported, docent.Unchecked:
		default:
			t.Errorf("%q", got)
		}
	})
}

func TestADenialOfSomethingElseContradictsNothing(t *testing.T) {
	p := docent.Passage{N: 1, Chunk: docent.Chunk{
		Unit: docent.Unit{Lang: "en"}, Title: "Serve",
		Text: "Without `--docs` the server uses what was ingested before.\n\n| Flag | Default | Meaning |\n|---|---|---|\n| `--port NUMBER` | `8000` | The port to listen on. |",
	}}
	if got := New(embedding.Builtin()).Open("", []docent.Passage{p})("The server listens on port 8000 by default.", []int{1}).State; got == docent.Unsupported {
		t.Errorf("it is %q", got)
	}
}
