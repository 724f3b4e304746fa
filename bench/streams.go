package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"docent/ingest"
	"docent/server"
)

// deltas is how many pieces the stand-in's answers have.
const deltas = 100

// between is the time between two readers' questions. A model that streams as
// long as the questions take to arrive has them all at once in the end.
const between = 5 * time.Millisecond

// streamed measures answers that stream at the same time. Three processes take
// part: the readers (this one), the stand-in for a model's server, and the
// program. Processor time and memory are what the system accounts to the
// program alone, from the first reader's question to the last one's answer.
// Waiting can't be told apart so: readers and stand-in share the processors,
// which is why the same readers also ask the stand-in without Docent between.
type streamed struct {
	*bench
	model string        // the stand-in's address
	pages server.Config // serves 50 pages
	page  server.Config // serves smallPage: searching costs next to nothing
}

// smallPage is documentation of one chunk, and smallQuestion what it answers.
const (
	smallPage     = "# Cache\n\nThe cache is configured by `cache_size`, in megabytes; 0 turns it off.\n"
	smallQuestion = "How is the cache configured?"
)

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
	s := &streamed{bench: b, model: upstream.url, pages: b.config("streams"), page: b.config("streams-page")}
	docs := filepath.Join(b.dir, "streams-docs")
	page := filepath.Join(b.dir, "streams-page-docs")
	if _, err := newCorpus(1).write(docs, 50); err != nil {
		return err
	}
	if err := errors.Join(os.Mkdir(page, 0o755), os.WriteFile(filepath.Join(page, "page.md"), []byte(smallPage), 0o644)); err != nil {
		return err
	}
	if err := errors.Join(ingested(ctx, s.pages, docs), ingested(ctx, s.page, page)); err != nil {
		return err
	}
	for _, n := range []int{1, 200, 1000} {
		if err := s.patient(ctx, n); err != nil {
			return err
		}
	}
	for _, n := range []int{1, 200, 1000} {
		if err := s.hurried(ctx, n); err != nil {
			return err
		}
	}
	return errors.Join(s.paced(ctx, 1000), s.allIn(ctx, 400))
}

// ingested makes the index of a folder.
func ingested(ctx context.Context, c server.Config, docs string) error {
	index, err := server.OpenIndex(ctx, c)
	if err != nil {
		return err
	}
	_, err = ingest.Run(ctx, index, ingest.Source{Name: "docs", Dir: docs}, c.Ingest.Config, ingest.Options{})
	return errors.Join(err, index.Close())
}

// patient measures n answers that are all on their way at once: what a reader
// waits for the first word, with Docent and without, and what the program holds
// in memory.
func (s *streamed) patient(ctx context.Context, n int) error {
	readers := crowd{size: n, between: between}
	model := script{deltas, time.Duration(n) * between / deltas}
	direct, err := readers.gather(ctx, asksModel(s.model, model))
	if err != nil {
		return err
	}
	p, idle, err := s.serve(ctx, s.pages, model)
	if err != nil {
		return err
	}
	defer p.stop()
	all, err := readers.gather(ctx, asks(p.url, func(int) string { return question }))
	if err != nil {
		return err
	}
	name := func(what string) string { return fmt.Sprintf("streams: %d at once, %s", n, what) }
	s.add(name("lost"), float64(n-len(all)), "answers", "none")
	s.add(name("first word, p50"), percentile(all, 50), "ms", "")
	s.add(name("first word, p95"), percentile(all, 95), "ms", "")
	s.add(name("first word without Docent, p95"), percentile(direct, 95), "ms", "")
	s.add(name("peak resident"), p.memory("VmHWM"), "MB", map[int]string{1000: "at most 200"}[n])
	if n == 1000 { // a collector's report counts whole megabytes
		peak := p.collected()
		s.add(name("heap a stream"), float64(peak.heap-idle.heap)*1024/float64(n), "KB", "at most 96")
		s.add(name("stacks a stream"), float64(peak.stacks-idle.stacks)*1024/float64(n), "KB", "")
	}
	return nil
}

// hurried measures n questions at the same moment, answered by a model that
// does not pause. Searching costs little here, and is measured apart: as searches
// of the same questions, less as many requests that do nothing.
func (s *streamed) hurried(ctx context.Context, n int) error {
	p, _, err := s.serve(ctx, s.page, script{deltas, 0})
	if err != nil {
		return err
	}
	defer p.stop()
	readers, asked := crowd{size: n}, func(int) string { return smallQuestion }
	began := time.Now()
	all, err := p.spent(ctx, readers, asks(p.url, asked))
	if err != nil {
		return err
	}
	name := func(what string) string { return fmt.Sprintf("streams: %d in a hurry, %s", n, what) }
	s.add(name("deltas"), float64(n*deltas)/time.Since(began).Seconds(), "deltas/s", "")
	if n == 1 { // below the clock's grain
		return nil
	}
	searching, err := p.spent(ctx, readers, searches(p.url, asked))
	if err != nil {
		return err
	}
	nothing, err := p.spent(ctx, readers, pings(p.url))
	if err != nil {
		return err
	}
	per1000 := func(d time.Duration) float64 { return d.Seconds() * 1000 / float64(n) }
	s.add(name("processor time per 1,000"), per1000(all), "s", "")
	s.add(name("the same without searching"), per1000(all-max(0, searching-nothing)), "s", map[int]string{1000: "at most 1.0"}[n])
	return nil
}

// paced is hurried with a model that streams as real ones do, so that no two
// deltas can be read or written together. Answers of a single delta show what
// part is the question's.
func (s *streamed) paced(ctx context.Context, n int) error {
	for _, model := range []script{{deltas, time.Duration(n) * between / deltas}, {1, 0}} {
		p, _, err := s.serve(ctx, s.page, model)
		if err != nil {
			return err
		}
		used, err := p.spent(ctx, crowd{size: n, between: between}, asks(p.url, func(int) string { return smallQuestion }))
		p.stop()
		if err != nil {
			return err
		}
		s.add(fmt.Sprintf("streams: %d at a model's pace, processor time per 1,000, deltas: %d", n, model.deltas), used.Seconds()*1000/float64(n), "s", "")
	}
	return nil
}

// allIn measures an index of 10,000 chunks: what 200 readers at once wait for the
// first word, and the processor time of n questions, and of the same questions as
// searches alone.
func (s *streamed) allIn(ctx context.Context, n int) error {
	c := s.config("streams-large")
	index, err := server.OpenIndex(ctx, c)
	if err != nil {
		return err
	}
	_, err = fill(ctx, index, 10_000, false)
	if err := errors.Join(err, index.Close()); err != nil {
		return err
	}
	words := newCorpus(2)
	questions := make([]string, n)
	for i := range questions {
		questions[i] = "How do I " + words.sentence(3+i%5)
	}
	asked := func(i int) string { return questions[i] }
	if err := s.firstWords(ctx, c, asked); err != nil {
		return err
	}
	p, _, err := s.serve(ctx, c, script{deltas, 0})
	if err != nil {
		return err
	}
	defer p.stop()
	for _, part := range []struct {
		what string
		ask  asking
	}{{"all in", asks(p.url, asked)}, {"searching alone", searches(p.url, asked)}} {
		used, err := p.spent(ctx, crowd{size: n, between: between}, part.ask)
		if err != nil {
			return err
		}
		s.add("questions: 10,000 chunks, processor time of one, "+part.what, used.Seconds()*1000/float64(n), "ms", "")
	}
	return nil
}

// firstWords measures what 200 readers wait who are all answered at once. The
// model begins at once, and goes on until the last of them has asked.
func (s *streamed) firstWords(ctx context.Context, c server.Config, asked func(reader int) string) error {
	const n = 200
	p, _, err := s.serve(ctx, c, script{deltas, n * between / deltas})
	if err != nil {
		return err
	}
	defer p.stop()
	all, err := (crowd{size: n, between: between}).gather(ctx, asks(p.url, asked))
	if err != nil {
		return err
	}
	s.add("streams: 200 at once, 10,000 chunks, first word, p50", percentile(all, 50), "ms", "")
	s.add("streams: 200 at once, 10,000 chunks, first word, p95", percentile(all, 95), "ms", "at most 25")
	return nil
}

// spent has all readers ask, and gives the processor time that the program used
// for it. It is an error if one is not answered.
func (p *process) spent(ctx context.Context, readers crowd, ask asking) (time.Duration, error) {
	before := p.cpu()
	all, err := readers.gather(ctx, ask)
	if err == nil && len(all) < readers.size {
		err = fmt.Errorf("%d of %d were not answered", readers.size-len(all), readers.size)
	}
	return p.cpu() - before, err
}

// serve starts the program, and asks it a few questions, so that what is done
// once is done before anything is measured. idle is what it holds then.
func (s *streamed) serve(ctx context.Context, c server.Config, model script) (p *process, idle collection, err error) {
	env := []string{"OPENAI_BASE_URL=" + s.model, "OPENAI_MODEL=" + model.String(), "LOG_LEVEL=error", "GODEBUG=gctrace=1", "DOCENT_ANSWER_CACHE_FOR=0"}
	if p, err = startProcess(ctx, env, s.docent, "serve", "--port", "0", "--data-dir", c.DataDir); err != nil {
		return nil, idle, err
	}
	if _, err = (crowd{size: 5}).gather(ctx, asks(p.url, func(int) string { return smallQuestion })); err != nil {
		p.stop()
		return nil, idle, err
	}
	return p, p.collected(), nil
}

// percentile is of the time until the first word, in milliseconds.
func percentile(all []answered, p int) float64 {
	if len(all) == 0 {
		return 0
	}
	slices.SortFunc(all, func(a, b answered) int { return cmp.Compare(a.first, b.first) })
	return float64(all[len(all)*p/100].first.Microseconds()) / 1000
}
