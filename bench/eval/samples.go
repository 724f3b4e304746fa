package main

import (
	"context"
	"errors"
	"os"
	"slices"

	"docent"
	"docent/eval"
	"docent/ingest"
	"docent/retrieval"
	"docent/server"
)

// sample is a question with all that search weighed for it.
type sample struct {
	corpus     string
	class      string // answerable, near or far
	candidates []candidate
	signs      [][]float64 // of the first passages, as retrieval.SignNames has them
}

// candidate is a chunk that was ranked for a question.
type candidate struct {
	features []float64 // as retrieval.FeatureNames has them
	page     bool      // it is of a page that answers the question
	path     string
	section  bool // it is of a section that does, where any is named
}

// sample ingests a corpus and lets search explain each of its questions.
func (e *evaluation) sample(ctx context.Context, c corpus, src ingest.Source, questions []eval.Question) (err error) {
	cfg := e.cfg
	if cfg.DataDir, err = os.MkdirTemp("", "docent-learn-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(cfg.DataDir)) }()
	in, err := server.OpenIngester(ctx, cfg)
	if err != nil {
		return err
	}
	_, err = in.Run(ctx, src, nil)
	if err = errors.Join(err, in.Close()); err != nil {
		return err
	}
	search, index, err := server.OpenSearch(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, index.Close()) }()
	for _, q := range questions {
		explained, err := search.Explain(ctx, docent.Query{Site: docent.DefaultSite, Text: q.Question, Filters: q.Filters})
		if err != nil {
			return err
		}
		bodies, err := bodiesOf(ctx, index, explained.Ranked)
		if err != nil {
			return err
		}
		s := sample{corpus: c.Name, class: classOf(q)}
		for _, signs := range explained.Signs {
			s.signs = append(s.signs, inOrder(signs, retrieval.SignNames))
		}
		for _, r := range explained.Ranked {
			s.candidates = append(s.candidates, labelled(r, bodies[r.ID], q.Relevant))
		}
		e.samples = append(e.samples, s)
	}
	return nil
}

// The classes of questions: those that can't be answered are near the subject
// or far from it, as their tags say.
const (
	answerable = "answerable"
	near       = "near"
	far        = "far"
)

func classOf(q eval.Question) string {
	switch {
	case q.Answerable:
		return answerable
	case slices.Contains(q.Tags, far):
		return far
	}
	return near
}

func bodiesOf(ctx context.Context, index server.Index, ranked []retrieval.Ranked) (map[string]docent.Chunk, error) {
	candidates := make([]docent.Candidate, len(ranked))
	for i, r := range ranked {
		candidates[i] = r.Candidate
	}
	return index.Bodies(ctx, candidates)
}

// labelled says of a candidate what the question's targets say of its chunk.
func labelled(r retrieval.Ranked, c docent.Chunk, targets []eval.Target) candidate {
	out := candidate{features: inOrder(r.Features, retrieval.FeatureNames), path: r.Path}
	for _, t := range targets {
		if t.Path == c.Path {
			out.page = true
			out.section = out.section || t.Anchor != nil && *t.Anchor == c.Anchor
		}
	}
	return out
}

func inOrder(named map[string]float64, names []string) []float64 {
	out := make([]float64, len(names))
	for i, name := range names {
		out[i] = named[name]
	}
	return out
}
