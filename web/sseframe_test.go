package web

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
)

func TestNastyTextStaysOneEvent(t *testing.T) {
	for _, text := range []string{
		"two\nlines", "a\r\nb\rc", "\u2028\u2029", "nul \x00 bell \a", "emoji 👩‍👩‍👧 ok", "data: x\n\nevent: done\ndata: {}\n\n", "", " lead", "</script>", "\ufeff",
	} {
		data, err := json.Marshal(docent.DeltaData{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		frames, _ := readFrames(string(appendEvent(nil, docent.Event{ID: 7, Name: docent.EventDelta, Data: data})))
		if len(frames) != 1 || frames[0].ID != "7" || frames[0].Event != "delta" {
			t.Fatalf("%q became %+v", text, frames)
		}
		var back docent.DeltaData
		if err := json.Unmarshal([]byte(frames[0].Data), &back); err != nil || back.Text != text {
			t.Errorf("%q came back as %q, %v", text, back.Text, err)
		}
	}
}

func TestIndentedJSONBecomesOneLine(t *testing.T) {
	event := docent.Event{ID: 1, Name: "done", Data: json.RawMessage("{\n  \"a\": 1,\r\n  \"b\": 2\n}")}
	want := "id: 1\nevent: done\ndata: {   \"a\": 1,    \"b\": 2 }\n\n"
	if diff := cmp.Diff(want, string(appendEvent(nil, event))); diff != "" {
		t.Error(diff)
	}
}

func FuzzFraming(f *testing.F) {
	f.Add(1, "delta", []byte(`{"text":"a"}`))
	f.Add(0, "error", []byte("{\n\"code\":\"x\"}"))
	f.Add(3, "e\nvent: x", []byte("\r\r\n\nid: 9\n\n"))
	f.Add(9, "", []byte(" \u2028\x00"))
	f.Add(9, "", []byte("\"\xcd\xcd\""))
	f.Fuzz(func(t *testing.T, id int, name string, data []byte) {
		b := appendEvent([]byte("id: 1\nevent: session\ndata: {}\n\n"), docent.Event{ID: id, Name: name, Data: data})
		b = appendEvent(b, docent.Event{ID: 2, Name: "done", Data: json.RawMessage("{}")})
		frames, comments := readFrames(string(b))
		if len(frames) != 3 || comments != 0 {
			t.Fatalf("%d frames, %d comments from %q", len(frames), comments, b)
		}
		if want := (frame{"2", "done", "{}"}); frames[2] != want || frames[0].Data != "{}" {
			t.Errorf("the neighbours were changed: %q", frames)
		}
		if json.Valid(data) && !sameJSON(t, data, []byte(frames[1].Data)) {
			t.Errorf("%q came back as %q", data, frames[1].Data)
		}
	})
}

func TestNoClientDividesALineWhereTheStandardDoesNot(t *testing.T) {
	for data, want := range map[string]string{
		"{\"text\":\"a\u0085b\u2028c\u2029d\"}": `{"text":"a\u0085b\u2028c\u2029d"}`,
		`{"text":"\\u0085 é — …\u00a0"}`:        `{"text":"\\u0085 é — …\u00a0"}`,
		"[\"a\",\r\n\t\"\\n\"]":                 `["a",  ` + "\t" + `"\n"]`,
	} {
		if got := string(appendLine(nil, []byte(data))); got != want {
			t.Errorf("%q became %q, want %q", data, got, want)
		}
	}
}

// TestNoClientGetsHalfACharacter: JSON that comes from elsewhere, as arguments of a tool
// that a model wrote, may hold escapes of half a character. Not every client can hold that.
func TestNoClientGetsHalfACharacter(t *testing.T) {
	for data, want := range map[string]string{
		`{"a":"\ud83d"}`:             `{"a":"\ufffd"}`,
		`{"a":"\uDE00\uD83D\uDE00"}`: `{"a":"\ufffd\uD83D\uDE00"}`,
		`{"a":"\ud83d\ud83d\ude00"}`: `{"a":"\ufffd\ud83d\ude00"}`,
		`{"a":"\\ud83d \ud83dx"}`:    `{"a":"\\ud83d \ufffdx"}`,
		`{"a":"\u00e9\ud7ff\ue000"}`: `{"a":"\u00e9\ud7ff\ue000"}`,
		`\ud8`:                       `\ud8`,
		`\ud83d\`:                    `\ufffd\`,
	} {
		if got := string(appendLine(nil, []byte(data))); got != want {
			t.Errorf("%s became %s, want %s", data, got, want)
		}
	}
}

// FuzzStream sends texts and foreign JSON as events of both kinds, and reads them in
// pieces: they come out as they went in.
func FuzzStream(f *testing.F) {
	f.Add(uint64(1), "two\nlines|a\r\nb\rc|\u2028\u2029|nul \x00|👩‍👩‍👧 e\u0301|data: x\n\nevent: done\n\n| lead|\ufeff|\u0085\v\f\x1c")
	f.Add(uint64(2), `{"a":"\ud83d"}|["\ud83d\ude00",`+"\r\n"+` "\u2028"]|5|null|"`+"\u0085"+`"`)
	f.Add(uint64(3), strings.Repeat("long ", 9000)+"|\xff\xf0\x9f")
	f.Fuzz(func(t *testing.T, seed uint64, texts string) {
		chance := rand.New(rand.NewPCG(seed, seed))
		var events []docent.Event
		for text := range strings.SplitSeq(texts, "|") {
			data := json.RawMessage(text)
			if !json.Valid(data) {
				data, _ = json.Marshal(docent.DeltaData{Text: text})
			}
			e := docent.Event{Data: data}
			if chance.IntN(2) == 0 {
				e.ID, e.Name = len(events)+1, docent.EventDelta
			}
			events = append(events, e)
		}
		c := &client{}
		w := newEventWriter(c, reconnect, time.Minute, time.Hour)
		for rest := events; len(rest) > 0; {
			n := 1 + chance.IntN(len(rest))
			w.send(rest[:n])
			rest = rest[n:]
		}
		w.close()
		stream := strings.Join(c.flushes(), "")
		var inPieces, asLines eventReader
		for rest := stream; rest != ""; {
			n := 1 + chance.IntN(min(len(rest), 40))
			inPieces.Write([]byte(rest[:n]))
			rest = rest[n:]
		}
		asLines.Write([]byte(pythonLines.Replace(stream)))
		for _, r := range []eventReader{inPieces, asLines} {
			holdFrames(t, r, events)
		}
	})
}

func holdFrames(t *testing.T, r eventReader, events []docent.Event) {
	t.Helper()
	if len(r.frames) != len(events) || r.comments != 0 || r.retry != 1000 {
		t.Fatalf("%d frames of %d events, %d comments, to come back after %d ms", len(r.frames), len(events), r.comments, r.retry)
	}
	for i, e := range events {
		id := ""
		if e.ID > 0 {
			id = strconv.Itoa(e.ID)
		}
		got := r.frames[i]
		if got.ID != id || got.Event != e.Name || !sameJSON(t, []byte(got.Data), e.Data) {
			t.Errorf("event %d, %q of %q, became %+v", i, e.Name, e.Data, got)
		}
	}
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y any
	if err := errors.Join(json.Unmarshal(a, &x), json.Unmarshal(b, &y)); err != nil {
		t.Error(err)
	}
	return cmp.Equal(x, y)
}
