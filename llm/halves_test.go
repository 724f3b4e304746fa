package llm

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"docent/llm/llmtest"
)

// TestNoCharacterIsLostBetweenTwoDeltas: a model's token may end within a character.
// However the server sends its halves, nobody sees U+FFFD.
func TestNoCharacterIsLostBetweenTwoDeltas(t *testing.T) {
	const text = "a é 字 👩‍👩‍👧 e\u0301 \u2028 \U0010FFFF."
	chunk := func(content string) llmtest.Step {
		return llmtest.Raw(`data: {"choices":[{"delta":{"content":"` + content + `"}}]}` + "\n\n")
	}
	inParts := func(content string) llmtest.Step {
		return llmtest.Raw(`data: {"choices":[{"delta":{"content":[{"type":"text","text":"` + content + `"}]}}]}` + "\n\n")
	}
	for name, steps := range map[string][]llmtest.Step{
		"byte by byte":          every([]byte(text), func(b byte) llmtest.Step { return chunk(string([]byte{b})) }),
		"byte by byte in parts": every([]byte(text), func(b byte) llmtest.Step { return inParts(string([]byte{b})) }),
		"unit by unit":          every(units(text), chunk),
		"unit by unit in parts": every(units(text), inParts),
	} {
		s := llmtest.For(t)
		s.Script(llmtest.Stream(append(steps, llmtest.Finish("stop"), llmtest.Done())...))
		pieces, _, err := ask(newClient(t, s, nil))
		for _, piece := range pieces {
			if !utf8.ValidString(piece) || strings.ContainsRune(piece, utf8.RuneError) {
				t.Errorf("%s: the piece %q", name, piece)
			}
		}
		if got := strings.Join(pieces, ""); err != nil || got != text {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func every[T any](list []T, step func(T) llmtest.Step) []llmtest.Step {
	var steps []llmtest.Step
	for _, e := range list {
		steps = append(steps, step(e))
	}
	return steps
}

// units are the UTF-16 units of a text, as escapes.
func units(text string) []string {
	var list []string
	for _, unit := range utf16.Encode([]rune(text)) {
		list = append(list, fmt.Sprintf(`\u%04x`, unit))
	}
	return list
}

func TestHalvesThatFindNoOtherAreMarkedAndTheLastIsLeftOut(t *testing.T) {
	for _, tc := range []struct{ sent, want string }{
		{`"a\ud83d"|"b"`, "a\uFFFDb"},
		{`"\ude00\ud83d"|"\ud83d\ude00"`, "\uFFFD\uFFFD😀"},
		{`"\ud83d x"`, "\uFFFD x"},
		{"\"a\xf0\x9f\"|\"b\"", "a\uFFFD\uFFFDb"},
		{"\"\xff\xc3\"|\"\xa9\"", "\uFFFDé"},
		{"\"\xed\xa0\xbd\"|\"\xed\xb8\x80\"", "😀"},
		{`"the end \ud83d"`, "the end "},
		{"\"the end \xe5\xad\"", "the end "},
		{`"\\ud83d"|"\n\"\/\b\f\r\t"`, "\\ud83d\n\"/\b\f\r\t"},
	} {
		var h halves
		got := ""
		for quoted := range strings.SplitSeq(tc.sent, "|") {
			var text string
			if err := unquote([]byte(quoted), &text); err != nil {
				t.Fatal(err)
			}
			got += h.pass(text)
		}
		if got != tc.want {
			t.Errorf("%q became %q, want %q", tc.sent, got, tc.want)
		}
	}
}

func TestHalvesInArgumentsOfACallAreJoined(t *testing.T) {
	s := llmtest.For(t)
	piece := func(arguments string) llmtest.Step {
		return llmtest.Raw(`data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"` + arguments + `"}}]}}]}` + "\n\n")
	}
	s.Script(llmtest.Stream(piece(`{\"q\":\"\ud83d`), piece(`\ude00 `+"\xc3"), piece("\xa9"+`\"}`), llmtest.Finish("tool_calls"), llmtest.Done()))
	_, result, err := ask(newClient(t, s, nil))
	if err != nil || len(result.Calls) != 1 || result.Calls[0].Arguments != `{"q":"😀 é"}` {
		t.Errorf("%+v, %v", result.Calls, err)
	}
}

// FuzzUnquote holds unquote against encoding/json, which differs in halves alone.
func FuzzUnquote(f *testing.F) {
	for _, text := range []string{`"a"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\u00e9\/\\\n"`, "\"\xff\"", `null`, `5`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, quoted string) {
		var want, got string
		if !json.Valid([]byte(quoted)) || strings.TrimSpace(quoted) != quoted {
			return // it is only asked for values that were scanned
		}
		wrong, err := json.Unmarshal([]byte(quoted), &want), unquote([]byte(quoted), &got)
		if (err == nil) != (wrong == nil) {
			t.Fatalf("%q: %v, encoding/json says %v", quoted, err, wrong)
		}
		if got = whole(got); utf8.ValidString(quoted) && got != want || !utf8.ValidString(got) {
			t.Errorf("%q: %q, encoding/json says %q", quoted, got, want)
		}
	})
}
