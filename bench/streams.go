package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"docent/ingest"
	"docent/llm/llmtest"
	"docent/server"
)

// deltas is how many pieces the stand-in's answer has.
const deltas = 100

// between is the time between two readers' questions. A model that streams as
// long as the questions take to arrive has them all at once in the end.
const between = 5 * time.Millisecond

// serveUpstream is the process that stands in for a model's server.
func serveUpstream(ctx context.Context) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	s, err := llmtest.New()
	if err != nil {
		return err
	}
	defer s.Close()
	words := make([]string, deltas)
	for i := range words {
		words[i] = fmt.Sprintf("word%d ", i)
	}
	words[deltas-1] = "[1]."
	s.Answer(func(r llmtest.Request) llmtest.Reply {
		pause, _ := time.ParseDuration(strings.TrimPrefix(r.Model, "pause-"))
		var steps []llmtest.Step
		for _, w := range words {
			steps = append(steps, llmtest.Text(w), sleep(pause))
		}
		return llmtest.Stream(append(steps, llmtest.Finish("stop"), llmtest.Usage(), llmtest.Done())...)
	})
	fmt.Fprintln(os.Stderr, "serving on "+s.URL)
	<-ctx.Done()
	return nil
}

// sleep pauses a stream.
func sleep(d time.Duration) llmtest.Step {
	return func(o *llmtest.Out) error {
		if d == 0 {
			return nil
		}
		select {
		case <-time.After(d):
			return nil
		case <-o.Context().Done():
			return o.Context().Err()
		}
	}
}

// streams measures answers that stream at the same time: how long until the
// first word, how much processor time and memory the program takes.
func (b *bench) streams(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	upstream, err := startProcess(ctx, nil, self, "-upstream")
	if err != nil {
		return err
	}
	defer upstream.stop()
	c := b.config("streams")
	docs := filepath.Join(b.dir, "stream-docs")
	if _, err := newCorpus(1).write(docs, 50); err != nil {
		return err
	}
	index, err := server.OpenIndex(ctx, c)
	if err != nil {
		return err
	}
	if _, err := ingest.Run(ctx, index, ingest.Source{Name: "docs", Dir: docs}, c.Ingest.Config, ingest.Options{}); err != nil {
		return err
	}
	if err := index.Close(); err != nil {
		return err
	}
	for _, n := range []int{1, 200, 1000} {
		if err := b.patient(ctx, c, upstream.url, n); err != nil {
			return err
		}
		if err := b.hurried(ctx, c, upstream.url, n); err != nil {
			return err
		}
	}
	return nil
}

// patient measures n answers that are all on their way at once, since the model
// takes as long as the questions take to arrive: what a reader waits for the
// first word, and what the program holds in memory.
func (b *bench) patient(ctx context.Context, c server.Config, model string, n int) error {
	p, all, err := b.crowd(ctx, c, model, n, between)
	if err != nil {
		return err
	}
	defer p.stop()
	lost := 0
	var first []float64
	for _, a := range all {
		if a.err != nil || a.deltas < deltas/2 { // the last ones, with the citation, may come as one
			lost++
			continue
		}
		first = append(first, float64(a.first.Microseconds())/1000)
	}
	if lost == n {
		return fmt.Errorf("every answer was lost: %w", cmp.Or(all[0].err, errors.New("the model was not asked")))
	}
	slices.Sort(first)
	name := func(what string) string { return fmt.Sprintf("streams: %d at once, %s", n, what) }
	b.add(name("lost"), float64(lost), "answers", "none")
	b.add(name("first word, p50"), first[len(first)/2], "ms", "")
	b.add(name("first word, p95"), first[len(first)*95/100], "ms", map[int]string{200: "at most 25"}[n])
	b.add(name("peak resident"), p.memory("VmHWM"), "MB", map[int]string{1000: "at most 200"}[n])
	return nil
}

// hurried measures n questions at the same moment, answered by a model without
// a delay: events a second, and the processor time of it all.
func (b *bench) hurried(ctx context.Context, c server.Config, model string, n int) error {
	began := time.Now()
	p, all, err := b.crowd(ctx, c, model, n, 0)
	if err != nil {
		return err
	}
	defer p.stop()
	events := 0
	for _, a := range all {
		if a.err != nil {
			return a.err
		}
		events += a.deltas
	}
	name := func(what string) string { return fmt.Sprintf("streams: %d in a hurry, %s", n, what) }
	b.add(name("events"), float64(events)/time.Since(began).Seconds(), "events/s", "")
	if n > 1 { // one is below the clock's grain
		b.add(name("processor time per 1,000"), p.cpu().Seconds()*1000/float64(n), "s", map[int]string{1000: "at most 1.0"}[n])
	}
	return nil
}

// answered is what one client saw.
type answered struct {
	first  time.Duration // until the first delta
	deltas int
	err    error
}

// crowd starts the program and asks it n questions, one each pause. The caller
// stops the program.
func (b *bench) crowd(ctx context.Context, c server.Config, model string, n int, pause time.Duration) (*process, []answered, error) {
	p, err := startProcess(ctx, []string{"OPENAI_BASE_URL=" + model, "OPENAI_MODEL=pause-" + (time.Duration(n) * pause / deltas).String(), "LOG_LEVEL=error"},
		b.docent, "serve", "--port", "0", "--data-dir", c.DataDir)
	if err != nil {
		return nil, nil, err
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: n, MaxConnsPerHost: n}}
	began := time.Now()
	all := make([]answered, n)
	var done sync.WaitGroup
	for i := range all {
		time.Sleep(time.Until(began.Add(time.Duration(i) * pause)))
		done.Go(func() { all[i] = stream(ctx, client, p.url) })
	}
	done.Wait()
	return p, all, nil
}

// question asks for the first page of the corpus, by its title's words.
var question = func() []byte {
	c := newCorpus(1)
	return fmt.Appendf(nil, `{"message": "How do I %s %s?"}`, c.word(), c.word())
}()

// stream asks, and reads the answer to its end.
func stream(ctx context.Context, client *http.Client, url string) (a answered) {
	began := time.Now()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/api/v1/chat", bytes.NewReader(question))
	if err != nil {
		return answered{err: err}
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(request)
	if err != nil {
		return answered{err: err}
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(make([]byte, 0, 4096), 1<<20)
	ended := false
	for lines.Scan() {
		switch line := lines.Text(); {
		case line == "event: delta":
			if a.deltas++; a.deltas == 1 {
				a.first = time.Since(began)
			}
		case line == "event: done":
			ended = true
		case strings.HasPrefix(line, "event: error"):
			a.err = errors.New("an error event")
		}
	}
	if !ended && a.err == nil {
		a.err = fmt.Errorf("%s: the stream did not end", answer.Status)
	}
	return a
}
