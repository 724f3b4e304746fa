package main

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"docent"
	"docent/server"
)

// source is the name of the corpus in the index.
const source = "docs"

// under is how many requests for vectors an ingest has under way at most.
const under = 4

// embedTime is how long the stand-in takes for a request, in ms.
const embedTime = 10

// store is where a campaign has its index. The zero value is SQLite.
type store struct {
	env     []string
	config  func(*server.Config)
	restart func(context.Context) (from, to time.Time, err error) // kills the store and starts it again; nil where it can't be
	close   func() error
}

// campaign is everything that is done to one store.
type campaign struct {
	*soak
	name     string
	store    store
	random   *rand.Rand
	folder   string // of this campaign
	data     string // data_dir
	database string // conversations
	corpus   *corpus
	standIn  *standIn
	serve    *process
	crowd    *crowd
	timeline timeline

	runs       int
	stopped    map[string]bool // runs that were killed or failed
	writing    time.Duration   // from the last vector to the end of a run, about
	newest     int             // release
	killed     int
	afterwards int // kills after publishing
	requests   map[string]int
	excused    int
	latest     time.Duration // that a replaced release was still served
}

// firsts are how many ingests are killed before the first one gets through.
const firsts = 3

// campaign tries everything with one store.
func (s *soak) campaign(ctx context.Context, name string, st store) error {
	c := &campaign{soak: s, name: name, store: st, random: rand.New(rand.NewPCG(s.seed, 2)),
		folder: filepath.Join(s.dir, name), stopped: map[string]bool{}, requests: map[string]int{},
		writing: 300 * time.Millisecond, timeline: timeline{generation: map[int]int{}}}
	c.data, c.database = filepath.Join(c.folder, "data"), filepath.Join(c.folder, "conversations.db")
	c.corpus = newCorpus(filepath.Join(c.folder, "docs"), s.seed)
	if err := os.MkdirAll(c.data, 0o755); err != nil {
		return err
	}
	began := time.Now()
	err := c.all(ctx)
	if c.crowd != nil {
		c.crowd.leave()
		c.judge()
		c.serve.stop()
	}
	if c.standIn != nil {
		c.standIn.stop()
	}
	c.summarize(time.Since(began))
	return err
}

// all begins on an empty data folder, with a server that waits for it.
func (c *campaign) all(ctx context.Context) (err error) {
	if c.standIn, err = startStandIn(ctx); err != nil {
		return err
	}
	if err := c.standIn.delay(ctx, embedTime); err != nil {
		return err
	}
	c.serve, _, err = startServing(ctx, c.env("serve"), c.folder, c.docent, "serve", "--port", fmt.Sprint(c.port), "--data-dir", c.data)
	if err != nil {
		return err
	}
	for range firsts {
		if err := c.round(ctx); err != nil {
			return err
		}
	}
	if err := c.duel(ctx); err != nil {
		return err
	}
	c.crowd = gather(ctx, c.serve.url)
	for _, part := range []func(context.Context) error{c.kill, c.fill, c.jump, c.restart} {
		if err := c.step(part(ctx)); err != nil {
			return err
		}
	}
	return c.audit(ctx)
}

// step judges what was seen meanwhile.
func (c *campaign) step(err error) error {
	if c.crowd != nil {
		c.judge()
	}
	return err
}

// kill kills ingests until it has killed enough, with other things in between.
func (c *campaign) kill(ctx context.Context) error {
	for round := 0; c.killed < c.kills; round++ {
		if err := c.round(ctx); err != nil {
			return err
		}
		var err error
		switch {
		case round%6 == 2:
			err = c.duel(ctx)
		case round%3 != 2: // sometimes the next one is killed before any got through
			err = c.complete(ctx, c.docent)
		}
		if err == nil && round%5 == 4 {
			err = c.activate(ctx)
		}
		if err := c.step(err); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%s: round %d, %d killed, release %d, generation %d, %d violations\n",
			c.name, round+1, c.killed, c.newest, c.corpus.generation, len(c.report.violations))
	}
	return c.complete(ctx, c.docent)
}

// round kills an ingest of a new generation.
func (c *campaign) round(ctx context.Context) error {
	if err := c.corpus.next(c.pages); err != nil {
		return err
	}
	if err := c.standIn.refresh(ctx); err != nil {
		return err
	}
	need := c.standIn.missing(c.corpus.keys())
	p, run, err := c.ingest(ctx, c.docent)
	if err != nil {
		return err
	}
	c.moment(ctx, p, need)
	c.stopped[run] = true
	if p.kill() {
		c.killed++
	} else if code := p.code(); code != 0 {
		c.violate("%s ended with exit code %d: %s", run, code, p.said())
	}
	before := c.newest
	if err := c.look(ctx, p); err != nil {
		return err
	}
	if c.newest > before && p.code() == -1 {
		c.afterwards++
	}
	return nil
}

// moment waits for the moment to kill p at: while it starts, while it embeds,
// or while it writes and publishes.
func (c *campaign) moment(ctx context.Context, p *process, need int) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-p.done:
			cancel()
		case <-ctx.Done():
		}
	}()
	wait := time.Duration(0)
	switch phase := c.random.Float64(); {
	case phase < 0.15:
		wait = time.Duration(c.random.Int64N(int64(200 * time.Millisecond)))
	case phase < 0.55 && need > 0:
		c.standIn.await(ctx, 1+c.random.IntN(need))
	default:
		c.standIn.await(ctx, need)
		wait = time.Duration(c.random.Float64() * 1.1 * float64(c.writing))
	}
	select {
	case <-time.After(wait):
	case <-ctx.Done():
	}
}

// env is the environment of a program that embeds under the name of a run.
func (c *campaign) env(run string, more ...string) []string {
	return cleanEnv(slices.Concat(c.store.env, []string{
		"DOCENT_EMBEDDING_PROVIDER=openai", "DOCENT_EMBEDDING_BASE_URL=" + c.standIn.url, "DOCENT_EMBEDDING_MODEL=stand-in",
		"DOCENT_EMBEDDING_DIMENSIONS=64", "DOCENT_EMBEDDING_QUERY_PREFIX=" + questionPrefix, "DOCENT_EMBEDDING_API_KEY=" + run,
		"DOCENT_EMBEDDING_BATCH_TEXTS=16", fmt.Sprint("DOCENT_EMBEDDING_CONCURRENCY=", under),
		"DATABASE_URL=" + c.database, "LOG_LEVEL=error",
	}, more)...)
}

// keeps are how many releases an ingest keeps: at the least, what is replaced
// is deleted at once, under its readers.
var keeps = []int{1, 2, 5}

// ingest starts an ingest, and gives the name of the run.
func (c *campaign) ingest(ctx context.Context, program string, env ...string) (*process, string, error) {
	c.runs++
	run := fmt.Sprint("run-", c.runs)
	keep := fmt.Sprint("DOCENT_INGEST_KEEP_RELEASES=", keeps[c.random.IntN(len(keeps))])
	p, err := start(ctx, c.env(run, append(env, keep)...), c.folder, program,
		"ingest", c.corpus.dir, "--source", source, "--data-dir", c.data)
	return p, run, err
}

// complete ingests the present generation to its end, and checks what it made.
func (c *campaign) complete(ctx context.Context, program string, env ...string) error {
	if err := c.standIn.refresh(ctx); err != nil {
		return err
	}
	need := c.standIn.missing(c.corpus.keys())
	p, run, err := c.ingest(ctx, program, env...)
	if err != nil {
		return err
	}
	c.standIn.await(ctx, need)
	embedded := time.Now()
	code, err := p.result(ctx)
	if err != nil {
		return err
	}
	if code != 0 {
		c.stopped[run] = true
		c.violate("%s failed with exit code %d: %s", run, code, p.said())
		return c.look(ctx, p)
	}
	if need > 0 {
		c.writing = (c.writing + max(p.ended.Sub(embedded), 10*time.Millisecond)) / 2
	}
	if err := c.look(ctx, p); err != nil {
		return err
	}
	return c.verify(ctx)
}

// look notes what p published, if anything, and checks what is active.
func (c *campaign) look(ctx context.Context, p *process) error {
	return c.opened(ctx, func(index server.Index) error {
		all, err := index.AllReleases(ctx, docent.DefaultSite)
		if docent.CodeOf(err) == docent.CodeNoIndex {
			return nil
		}
		if err != nil || len(all) == 0 {
			return err
		}
		newest := slices.MaxFunc(all, func(a, b docent.Release) int { return cmp.Compare(a.Number, b.Number) })
		switch {
		case newest.Number == c.newest+1:
			c.newest = newest.Number
			c.timeline.generation[c.newest] = c.corpus.generation
			c.timeline.changes = append(c.timeline.changes, change{p.began, time.Now(), c.newest})
			if p.code() >= 0 {
				c.timeline.changes[len(c.timeline.changes)-1].to = p.ended
			}
		case newest.Number != c.newest:
			c.violate("the newest release is %d after %d", newest.Number, c.newest)
		}
		want := c.timeline.changes[len(c.timeline.changes)-1].release
		for _, r := range all {
			if r.Active != (r.Number == want) {
				c.violate("release %d is active: %v, where %d should be", r.Number, r.Active, want)
			}
		}
		return nil
	})
}

// opened does something with the index, opened anew.
func (c *campaign) opened(ctx context.Context, do func(server.Index) error) error {
	cfg := server.Defaults()
	cfg.DataDir = c.data
	cfg.Embedding.Provider, cfg.Embedding.BaseURL, cfg.Embedding.Model, cfg.Embedding.Dimensions = "openai", c.standIn.url, "stand-in", 64
	if c.store.config != nil {
		c.store.config(&cfg)
	}
	index, err := server.OpenIndex(ctx, cfg)
	if err != nil {
		return err
	}
	defer index.Close()
	return do(index)
}

func (c *campaign) violate(format string, args ...any) {
	c.report.violate(c.name, format, args...)
}

// judge looks at what the crowd has seen.
func (c *campaign) judge() {
	for _, o := range c.crowd.take() {
		c.requests[o.kind]++
		wrong, late := c.timeline.judge(o, c.corpus)
		c.latest = max(c.latest, late)
		switch {
		case wrong == "":
		case o.failure != "" && c.timeline.excused(o):
			c.excused++
		default:
			c.violate("%s (asked at %s)", wrong, o.began.Format("15:04:05.000"))
		}
	}
}
