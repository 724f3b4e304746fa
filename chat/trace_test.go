package chat

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"docent"

	"github.com/google/go-cmp/cmp"
)

// tracing makes a Service that keeps traces.
func tracingService(t testing.TB, verify string, found docent.Found, model Model, store Store) *Service {
	c := testConfig()
	c.KeepTraces, c.Answer.Verify = time.Hour, verify
	s := New(c, store, finds(found), model, quotes, judged, slog.New(slog.DiscardHandler))
	t.Cleanup(func() { s.Shutdown(context.Background()) })
	return s
}

// traced gives the trace that was stored with an answer.
func traced(t testing.TB, store *memory, id string) docent.Trace {
	t.Helper()
	m, err := store.Message(context.Background(), reader.Owner(), id)
	if err != nil || m.Trace == nil {
		t.Fatalf("no trace is stored: %v", err)
	}
	trace, err := ReadTrace(m.Trace.Data)
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

func TestATraceSaysHowAnAnswerCameToBe(t *testing.T) {
	store, model := newMemory(), &scripted{deltas: []string{"It is so [1]. It is ", "half so. [2][1]"}}
	f := found
	f.Ranked = []docent.Ranked{{ID: "linux", Path: "install.md", Score: 1, Features: docent.Features{"similarity": .5}}}
	long := installPassages()[0]
	long.ID, long.Tokens = "long", 1<<20
	f.Passages = append(installPassages(), long)
	s := tracingService(t, VerifyMark, f, model, store)
	started, events := ask(t, s, question)
	got := traced(t, store, started.MessageID)

	if diff := cmp.Diff(model.seen.Messages, got.Prompt); diff != "" {
		t.Errorf("the prompt is another than the model's (-sent +traced):\n%s", diff)
	}
	if got.Question != question.Message || got.Zone != zoneCertain || got.Answerable != .9 || got.Site != docent.DefaultSite {
		t.Errorf("%+v", got)
	}
	if diff := cmp.Diff(f.Ranked, got.Candidates); diff != "" {
		t.Errorf("candidates (-found +traced):\n%s", diff)
	}
	var packed []string
	for _, p := range got.Passages {
		packed = append(packed, p.ID+" "+p.LeftOut)
	}
	if diff := cmp.Diff([]string{"linux ", "windows ", "long too long for what was left of the budget"}, packed); diff != "" {
		t.Errorf("passages (-want +got):\n%s", diff)
	}
	want := []docent.TracedSentence{
		{Start: 0, End: 13, State: docent.Supported, Cited: []int{1}},
		{Start: 14, End: 35, State: docent.PartlySupported, Reason: "it is half", Cited: []int{2, 1}},
	}
	if diff := cmp.Diff(want, got.Sentences); diff != "" {
		t.Errorf("sentences of %q (-want +got):\n%s", said(t, events), diff)
	}
	for _, e := range events {
		if strings.Contains(string(e.Data), "it is half") {
			t.Errorf("a reader gets a reason: %s", e.Data)
		}
	}
	m, _ := store.Message(t.Context(), reader.Owner(), started.MessageID)
	if encoded, err := json.Marshal(m); err != nil || strings.Contains(string(encoded), "race") {
		t.Errorf("a message on the wire has %s", encoded)
	}
}

func TestWhatIsWithheldStandsInTheTrace(t *testing.T) {
	store := newMemory()
	s := tracingService(t, VerifyWithhold, found, &scripted{deltas: []string{"It is [1]. This is wrong [2]."}}, store)
	started, _ := ask(t, s, question)
	got := traced(t, store, started.MessageID).Sentences
	want := []docent.TracedSentence{
		{Text: "This is wrong [2].", State: docent.Unsupported, Reason: "it is wrong", Cited: []int{2}},
		{Start: 0, End: 10, State: docent.Supported, Cited: []int{1}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestARefusalAndAFailureAreTraced(t *testing.T) {
	store := newMemory()
	refused := found
	refused.Refuse, refused.Answerable = true, .1
	s := tracingService(t, VerifyMark, refused, &scripted{}, store)
	started, _ := ask(t, s, question)
	if got := traced(t, store, started.MessageID); got.Zone != zoneRefused || got.Prompt != nil || got.Answerable != .1 || len(got.Passages) != 2 {
		t.Errorf("refused: %+v", got)
	}
	secret := docent.Errorf(docent.CodeModelAuth, "the key sk-secret is wrong")
	s = tracingService(t, VerifyMark, found, &scripted{err: secret}, store)
	started, _ = ask(t, s, question)
	m, _ := store.Message(t.Context(), reader.Owner(), started.MessageID)
	got := traced(t, store, started.MessageID)
	steps, _ := json.Marshal(got)
	if m.FinishReason != docent.FinishExtractive || !strings.Contains(string(steps), string(docent.CodeModelAuth)) || strings.Contains(string(steps), "sk-secret") {
		t.Errorf("%s: %s", m.FinishReason, steps)
	}
}

func TestNoTraceIsMadeWhereNoneIsKept(t *testing.T) {
	store := newMemory()
	c := testConfig()
	s := service(t, c, store, func(ctx context.Context, q docent.Query) (docent.Found, error) {
		if q.Explain {
			t.Error("a search explains for nothing")
		}
		return found, nil
	}, &scripted{deltas: []string{"So [1]."}})
	started, _ := ask(t, s, question)
	if m := stored(t, store, started.MessageID); m.Trace != nil {
		t.Error("a trace is stored")
	}
}

func TestATraceThatIsCutIsAnError(t *testing.T) {
	for _, packed := range [][]byte{nil, []byte("x"), []byte("\x1f\x8b")} {
		if _, err := ReadTrace(packed); err == nil {
			t.Errorf("%q is read", packed)
		}
	}
}

func FuzzReadTrace(f *testing.F) {
	whole := &tracing{since: func() float64 { return 1 }}
	whole.step("retrieved", "")
	data := whole.kept(time.Now()).Data
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, packed []byte) {
		if got, err := ReadTrace(packed); err != nil && !got.At.IsZero() {
			t.Errorf("half a trace comes with %v", err)
		}
	})
}

// BenchmarkTrace makes a trace of an answer from a full prompt of English.
func BenchmarkTrace(b *testing.B) {
	words := strings.Fields("the server listens on every port that its settings name and answers questions of readers from passages with their places")
	var text strings.Builder
	for i := 0; text.Len() < 28_000; i++ {
		text.WriteString(words[(i*i+i/7)%len(words)] + " ")
	}
	f := docent.Found{Passages: installPassages(), Answerable: .9}
	for i := range 20 {
		f.Ranked = append(f.Ranked, docent.Ranked{ID: strings.Repeat("0", 20), Path: "guide/page.md", Section: i, Score: 1 / float64(i+3),
			Features: docent.Features{"lexical_ratio": 1 / float64(i+7), "similarity": .123456789, "page_similarity": .3}})
	}
	p := prompt{messages: []docent.ModelMessage{{Role: docent.RoleSystem, Text: text.String()}}}
	b.ReportAllocs()
	for b.Loop() {
		t := &tracing{since: func() float64 { return 1 }}
		t.found(docent.Query{}, f, zoneCertain)
		t.sent(p, 8000)
		t.pack()
		for range 12 {
			t.judged(docent.SupportData{State: docent.Supported, Citations: []int{1}}, "87 % of its words are there")
		}
		b.ReportMetric(float64(len(t.kept(time.Now()).Data)), "bytes/trace")
	}
}
