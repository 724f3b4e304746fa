package server

import (
	"bufio"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"docent"
	"docent/llm/llmtest"
)

// grounded is an answer that the manual bears out.
var grounded = []string{"To change the port, give `docent ser", "ve` the flag `--port` [1]."}

// questions counts what a model was asked for readers, and not, as titles are, beside it.
func questions(m *llmtest.Server) int {
	n := 0
	for _, r := range m.Requests() {
		if r.Stream {
			n++
		}
	}
	return n
}

// askAs asks with further headers.
func (f *fixture) askAs(t *testing.T, body string, headers ...string) []docent.Event {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, f.url+"/api/v1/chat", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return f.stream(t, r).rest(t)
}

// TestAnIdenticalQuestionIsAnsweredWithoutAModel, unless its reader wants a new answer.
func TestAnIdenticalQuestionIsAnsweredWithoutAModel(t *testing.T) {
	model := llmtest.For(t)
	model.Answer(func(llmtest.Request) llmtest.Reply { return llmtest.Say(grounded...) })
	f := start(t, withModel(model))
	first := f.askAs(t, question)
	for _, again := range []struct {
		body    string
		headers []string
		cached  bool
		calls   int
	}{
		{question, nil, true, 1},
		{`{"message": "  how do I change the port?\n"}`, nil, true, 1},
		{question, []string{"Cache-Control", "no-cache"}, false, 2},
		{question, nil, true, 2},
	} {
		all := f.askAs(t, again.body, again.headers...)
		done := data[docent.DoneData](t, all[len(all)-1])
		if done.Cached != again.cached || questions(model) != again.calls {
			t.Errorf("%q %v: cached %t, %d model calls", again.body, again.headers, done.Cached, questions(model))
		}
		if text(t, all) != text(t, first) || len(done.Citations) != 1 {
			t.Errorf("%q %v: %q", again.body, again.headers, text(t, all))
		}
		checkNumbered(t, all)
	}
}

// TestAHundredWhoAskTheSameAtOnceCostOneModelCall: the model is held until all have
// their question stored.
func TestAHundredWhoAskTheSameAtOnceCostOneModelCall(t *testing.T) {
	const readers = 100
	gate, model := make(chan struct{}), llmtest.For(t)
	model.Answer(func(llmtest.Request) llmtest.Reply { return llmtest.HeldAt(0, gate, grounded...) })
	f := start(t, withModel(model))
	var all [readers]*events
	for i := range all {
		all[i] = f.ask(t, question)
		all[i].until(t, docent.EventSession)
	}
	close(gate)
	for _, reader := range all {
		if got := text(t, reader.rest(t)); got != strings.Join(grounded, "") {
			t.Errorf("a reader got %q", got)
		}
	}
	if n := questions(model); n != 1 {
		t.Errorf("%d model calls for %d readers", n, readers)
	}
}

// BenchmarkCachedAnswer asks one reader after the other what was answered before, over
// HTTP.
func BenchmarkCachedAnswer(b *testing.B) {
	model, err := llmtest.New()
	if err != nil {
		b.Fatal(err)
	}
	defer model.Close()
	model.Answer(func(llmtest.Request) llmtest.Reply { return llmtest.Say(grounded...) })
	cfg := Defaults()
	cfg.DataDir = b.TempDir()
	withModel(model)(&cfg)
	ingestManual(b, cfg)
	s, err := New(cfg, WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	served := httptest.NewServer(s.Handler())
	defer served.Close()
	var first []time.Duration
	ask := func() (text string) {
		began := time.Now()
		answer, err := http.Post(served.URL+"/api/v1/chat", "application/json", strings.NewReader(question))
		if err != nil {
			b.Fatal(err)
		}
		defer answer.Body.Close()
		lines := bufio.NewScanner(answer.Body)
		for lines.Scan() {
			if lines.Text() == "event: delta" && !strings.Contains(text, "event: delta") {
				first = append(first, time.Since(began))
			}
			text += lines.Text()
		}
		return text
	}
	ask()
	first = nil
	for b.Loop() {
		if text := ask(); !strings.Contains(text, `"cached":true`) {
			b.Fatalf("not from the cache: %s", text)
		}
	}
	slices.Sort(first)
	b.ReportMetric(float64(first[len(first)/2].Microseconds())/1000, "p50-ms-to-first-word")
	b.ReportMetric(float64(first[len(first)*95/100].Microseconds())/1000, "p95-ms-to-first-word")
}
