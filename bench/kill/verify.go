package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"docent"
	"docent/llm/llmtest"
	"docent/server"
)

// looked is how many pages of a release are read to see what is in them.
const looked = 40

// verify checks that the newest release holds exactly the present generation.
func (c *campaign) verify(ctx context.Context) error {
	if g := c.timeline.generation[c.newest]; g != c.corpus.generation {
		c.violate("release %d is of generation %d, and not of %d", c.newest, g, c.corpus.generation)
		return nil
	}
	return c.opened(ctx, func(index server.Index) error {
		releases, err := index.Releases(ctx, docent.DefaultSite)
		if err != nil {
			return err
		}
		if len(releases) != 1 || releases[0].Number != c.newest {
			c.violate("active is %v, and not release %d", releases, c.newest)
			return nil
		}
		r := releases[0]
		if pages, chunks := len(c.corpus.pages), len(c.corpus.pages)*sections; r.Pages != pages || r.Chunks != chunks {
			c.violate("release %d has %d pages and %d chunks, and not %d and %d", r.Number, r.Pages, r.Chunks, pages, chunks)
		}
		if err := c.verifyPages(ctx, index, r); err != nil {
			return err
		}
		return c.verifyVectors(ctx, index, r)
	})
}

func (c *campaign) verifyPages(ctx context.Context, index server.Index, r docent.Release) error {
	left := looked
	for path, p := range c.corpus.pages { // in no order: others each time
		if left--; left < 0 {
			return nil
		}
		_, chunks, err := index.Page(ctx, r, path)
		if err != nil {
			return err
		}
		var keys []string
		for _, chunk := range chunks {
			keys = append(keys, keyForm.FindString(chunk.Text))
		}
		if !slices.Equal(keys, p.keys[:]) {
			c.violate("release %d has of %s %v, and not %v", r.Number, path, keys, p.keys)
		}
	}
	return nil
}

// verifyVectors checks that chunks are found by their vectors, as many as one
// asks for.
func (c *campaign) verifyVectors(ctx context.Context, index server.Index, r docent.Release) error {
	want := min(r.Chunks, 300)
	found, err := index.Candidates(ctx, docent.CandidateQuery{
		Releases: []docent.Release{r}, Vector: llmtest.Vector("the harbour", 64), Limit: want,
	})
	if err == nil && len(found) != want {
		c.violate("release %d: %d of %d chunks are found by vector", r.Number, len(found), want)
	}
	return err
}

// audit checks what was embedded.
func (c *campaign) audit(ctx context.Context) error {
	if err := c.standIn.refresh(ctx); err != nil {
		return err
	}
	lost, wrong := audit(c.standIn.entries, c.stopped, under)
	for _, w := range wrong {
		c.violate("embedded twice: %s %s", w.key, w.why)
	}
	c.report.add(c.name, "texts embedded", "%d, of which %d a second time, since a run was stopped while their request was under way", c.standIn.texts, lost)
	return nil
}

func (c *campaign) summarize(took time.Duration) {
	c.report.add(c.name, "ingests", "%d, of which %d were killed, %d of these after publishing", c.runs, c.killed, c.afterwards)
	c.report.add(c.name, "releases", "%d, of %d generations", c.newest, c.corpus.generation)
	c.report.add(c.name, "requests", "%d searches, %d answers, %d failed while the store was away", c.requests["search"], c.requests["answer"], c.excused)
	c.report.add(c.name, "a replaced release was served for", "%v at most", c.latest.Round(time.Millisecond))
	mine := 0
	for _, v := range c.report.violations {
		if strings.HasPrefix(v, c.name+": ") {
			mine++
		}
	}
	c.report.add(c.name, "violations", "%d, in %v", mine, took.Round(time.Second))
}
