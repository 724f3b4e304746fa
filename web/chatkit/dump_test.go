package chatkit

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// dumped reads testdata/dump.jsonl, which the reference's models wrote: a thread, and an
// item of each type.
func dumped(t testing.TB) [][]byte {
	t.Helper()
	text, err := os.ReadFile("testdata/dump.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Split(bytes.TrimSpace(text), []byte("\n"))
}

func readAll(t *testing.T, lines [][]byte) (s docent.Session, entries []docent.Entry, left int) {
	t.Helper()
	for _, line := range lines {
		d, err := ReadDump(line)
		if err != nil || len(d.Wrong) > 0 {
			t.Fatalf("%s: %v %v", line, err, d.Wrong)
		}
		if d.Thread != nil {
			s = *d.Thread
		}
		for _, i := range d.Items {
			entries = append(entries, i...)
		}
		left += d.Left
	}
	return s, entries, left
}

func TestADumpOfTheReferenceIsRead(t *testing.T) {
	s, entries, left := readAll(t, dumped(t))
	if s.ID != "thr_f8ee94b0" || s.Title != "How to install?" || s.Status != docent.StatusLocked || s.StatusReason != "we moved" || s.CreatedAt.Format("2006-01-02T15:04:05.999999Z07:00") != "2025-03-04T05:06:07.890123Z" {
		t.Errorf("the thread is %+v", s)
	}
	if left != 2 { // a file, and an annotation that names one
		t.Errorf("%d are left out", left)
	}
	var got []string
	for _, e := range entries {
		switch {
		case e.Message != nil:
			got = append(got, e.Message.Role+" "+e.Message.Text)
		case e.Item.Hidden:
			got = append(got, "hidden "+e.Item.Type+" "+e.Item.ID)
		default:
			got = append(got, e.Item.Type+" "+e.Item.ID)
		}
	}
	want := []string{
		"user How do I install @cli", "hidden user_input msg_37e4f31b_input", "workflow wf_1",
		"assistant Use the package 🙂 of your system.\n\nThen start it [1].", "widget msg_w1", "client_tool_call tc_1",
		"structured_input msg_s1", "generated_image img_1", "task tsk_1", "end_of_turn eot_1", "hidden hidden_context_item hc_1",
		"user And then?", "assistant Then it", "hidden sdk_hidden_context shcx_1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what stands in it (-want +got):\n%s", diff)
	}
	cited := []docent.Citation{
		{N: 2, Title: "Install", URL: "https://docs.example/install", Snippet: "How it gets there", Start: 18},
		{N: 1, Title: "Start", URL: "https://docs.example/start", Start: 50},
	}
	if diff := cmp.Diff(cited, entries[3].Message.Citations); diff != "" {
		t.Errorf("citations (-want +got):\n%s", diff)
	}
	var kept userMessage
	if err := json.Unmarshal(entries[1].Item.Body, &kept); err != nil || kept.QuotedText != "the program" || kept.Inference.Model != "fast" || kept.Inference.ToolChoice.ID != "guide" || kept.Content[1].Text != "@cli" {
		t.Errorf("beside its words the question is %+v, %v", kept, err)
	}
	if body := string(entries[5].Item.Body); body != `{"arguments":{"url":null},"call_id":"call_1","name":"open_page","output":{"opened":null},"status":"completed"}` {
		t.Errorf("the call is %s", body)
	}
}

func TestAThreadHasItsItemsAsAPageOrAList(t *testing.T) {
	lines := dumped(t)
	list := append(append([]byte("["), bytes.Join(lines[1:], []byte(","))...), ']')
	_, want, _ := readAll(t, lines)
	for _, items := range []string{string(list), `{"data":` + string(list) + `,"has_more":false}`} {
		thread := strings.TrimSuffix(string(lines[0]), "}") + `,"user":42,"site":"docs","items":` + items + "}"
		d, err := ReadDump([]byte(thread))
		if err != nil || d.User != "42" || d.Site != "docs" || d.More {
			t.Fatalf("%+v, %v", d, err)
		}
		if diff := cmp.Diff(want, slices.Concat(d.Items...)); diff != "" {
			t.Errorf("items (-want +got):\n%s", diff)
		}
	}
	d, err := ReadDump([]byte(`{"id":"t","created_at":"2025-01-01 10:00","items":{"has_more":true,"data":[7,` +
		`{"id":"a","type":"end_of_turn","created_at":"2025-01-01"},{"id":"b","type":"end_of_turn","created_at":"2025-01-01","thread_id":"u"}]}}`))
	if err != nil || !d.More || len(d.Items) != 1 || len(d.Wrong) != 2 || !strings.Contains(d.Wrong[1].Error(), "items[2]: thread_id is not the thread's") {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestWhatIsWrongWithALineIsTold(t *testing.T) {
	const head = `"id":"a","thread_id":"t","created_at":"2025-01-01T00:00:00"`
	for line, want := range map[string]string{
		``:                                       "no JSON object",
		`[]`:                                     "no JSON object",
		`{"id":"a"`:                              "no JSON object",
		`{"id":"a","title":NaN}`:                 "no JSON object",
		`{"id":"a","type":"end_of_turn"}`:        "an item without a thread_id",
		`{"id":"a"}`:                             "created_at must be a string",
		`{"created_at":"2025-01-01"}`:            "id must be a string",
		`{"id":"","created_at":"2025-01-01"}`:    "id must be 1 to 200 letters",
		`{"id":"a/b","created_at":"2025-01-01"}`: "id must be 1 to 200 letters",
		`{"id":"` + strings.Repeat("x", 201) + `","created_at":"2025-01-01"}`: "id must be 1 to 200 letters",
		`{"id":"a","created_at":"soon"}`:                                      `created_at is "soon": must be a time`,
		`{"id":"a","created_at":"0001-01-01T00:00:00"}`:                       "must be a time",
		`{"id":"a","created_at":""}`:                                          "created_at must be a time",
		`{"id":"a","created_at":"2025-01-01","status":{"type":"open"}}`:       "status.type must be one of",
		`{"id":"a","created_at":"2025-01-01","items":7}`:                      "items must be a list",
		`{` + head + `,"type":"poem"}`:                                        `type is "poem", which is no type of items`,
		`{` + head + `}`:                                                      "type must be a string",
		`{` + head + `,"type":"widget"}`:                                      "widget must be an object",
		`{` + head + `,"type":"client_tool_call","name":"n","arguments":{}}`:  "call_id must be a string",
		`{` + head + `,"type":"hidden_context_item"}`:                         "content is required",
		`{` + head + `,"type":"user_message","content":[{"type":"picture"}]}`: "content[0].type must be one of",
		`{` + head + `,"type":"assistant_message","content":[{"text":7}]}`:    "content[0].text must be a string",
	} {
		if d, err := ReadDump([]byte(line)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.90s: %v (%+v), want %q", line, err, d, want)
		}
	}
}

func TestTimesWithoutAZoneAreUTC(t *testing.T) {
	for text, want := range map[string]string{
		"2025-03-04T05:06:07.890123":       "2025-03-04T05:06:07.890123Z",
		"2025-03-04 05:06:07":              "2025-03-04T05:06:07Z",
		"2025-03-04T05:06:07+02:00":        "2025-03-04T03:06:07Z",
		"2025-03-04 05:06:07.5-0130":       "2025-03-04T06:36:07.5Z",
		"2025-03-04t05:06:07z":             "2025-03-04T05:06:07Z",
		"2025-03-04":                       "2025-03-04T00:00:00Z",
		"2025-03-04T05:06:07.890123456789": "2025-03-04T05:06:07.890123456Z",
	} {
		d, err := ReadDump([]byte(`{"id":"t","created_at":"` + text + `"}`))
		if err != nil || d.Thread.CreatedAt.Format("2006-01-02T15:04:05.999999999Z07:00") != want {
			t.Errorf("%s: %+v, %v", text, d.Thread, err)
		}
	}
}

type otherMethods Threads

// entriesOf are the entries of one session, all in one part.
type entriesOf struct {
	otherMethods
	list []docent.Entry
}

func (e entriesOf) Entries(context.Context, docent.Owner, string, docent.List) (docent.Listed[docent.Entry], error) {
	return docent.Listed[docent.Entry]{Data: e.list}, nil
}

func (e entriesOf) Entry(_ context.Context, _ docent.Owner, _, id string) (docent.Entry, error) {
	for _, entry := range e.list {
		if entry.Item != nil && entry.Item.ID == id {
			return entry, nil
		}
	}
	return docent.Entry{}, docent.Errorf(docent.CodeNotFound, "there is no such item")
}

func TestWhatIsWrittenIsReadAsItWas(t *testing.T) {
	s, entries, _ := readAll(t, dumped(t))
	running, failed := docent.Message{ID: "r", Role: docent.RoleAssistant}, docent.Message{ID: "f", Role: docent.RoleAssistant, Text: "bro", FinishReason: docent.FinishFailed}
	var out bytes.Buffer
	all := append(slices.Clone(entries), docent.Entry{Message: &running}, docent.Entry{Message: &failed})
	if err := WriteDump(t.Context(), &out, entriesOf{list: all}, docent.Owner{Site: "docs", Subject: "anon_1"}, s); err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n"))
	again, back, _ := readAll(t, lines)
	if diff := cmp.Diff(s, again); diff != "" {
		t.Errorf("the thread (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(entries, back); diff != "" {
		t.Errorf("what stands in it (-want +got):\n%s", diff)
	}
	d, err := ReadDump(lines[0])
	if err != nil || d.Site != "docs" || d.Subject != "anon_1" {
		t.Errorf("it is of %q, %q, %v", d.Site, d.Subject, err)
	}
}

func FuzzReadDump(f *testing.F) {
	for _, line := range dumped(f) {
		f.Add(line)
	}
	f.Add([]byte(`{"id":"t","created_at":"2025-01-01","items":[{"id":"a","type":"assistant_message","created_at":"2025-01-01","content":[{"text":"x [1]","annotations":[{"source":{"type":"url","url":"http://a","title":""},"index":-5},{"source":{"type":"url","url":"http://a","title":""}}]}]}]}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		d, err := ReadDump(line)
		if err != nil {
			return
		}
		if d.ThreadID == "" || d.Thread == nil && len(d.Items) != 1 {
			t.Fatalf("it is neither a thread nor an item: %+v", d)
		}
		for _, e := range slices.Concat(d.Items...) {
			if e.Item != nil && !json.Valid(e.Item.Body) {
				t.Fatalf("a body is %q", e.Item.Body)
			}
			if e.Message == nil {
				continue
			}
			for _, c := range e.Message.Citations {
				if c.N < 1 || c.Start < 0 || c.Start > units(e.Message.Text) {
					t.Fatalf("a citation is outside of its text: %+v", c)
				}
			}
		}
	})
}
