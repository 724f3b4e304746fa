package server

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"

	"docent"
	"docent/eval"
	"docent/retrieval"
	"docent/store/sqlite"
)

// Propose drafts a question file of a site's index and conversations, see
// eval.Generate; at most limit questions, 0 is all.
func Propose(ctx context.Context, cfg Config, site string, limit int) (questions []eval.Question, err error) {
	search, index, err := OpenSearch(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, index.Close()) }()
	chunks, err := allChunks(ctx, search, index, site)
	if err != nil {
		return nil, err
	}
	outcomes, err := outcomes(ctx, cfg, site)
	if err != nil {
		return nil, err
	}
	asked, err := placed(ctx, search, site, chunks, outcomes)
	return eval.Generate(chunks, asked, limit), err
}

// allChunks gives the chunks of what a question without filters searches.
func allChunks(ctx context.Context, search *retrieval.Searcher, index Index, site string) ([]docent.Chunk, error) {
	releases, err := index.Releases(ctx, site)
	if err != nil {
		return nil, err
	}
	if releases, _, err = retrieval.Choose(releases, docent.Filters{}); err != nil {
		return nil, err
	}
	var all []docent.Chunk
	for _, r := range releases {
		pages, err := index.Pages(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, p := range pages {
			_, chunks, err := search.Page(ctx, site, docent.Filters{Source: r.Unit.Source}, p.Path)
			if err != nil {
				return nil, err
			}
			all = append(all, chunks...)
		}
	}
	return all, nil
}

// maxOutcomes is how many of the latest outcomes are looked at.
const maxOutcomes = 1000

// outcomes gives what readers asked; nothing where no conversation was stored.
func outcomes(ctx context.Context, cfg Config, site string) (list []sqlite.Outcome, err error) {
	path, err := cfg.databasePath()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	c, err := sqlite.OpenConversations(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	return c.Outcomes(ctx, site, maxOutcomes)
}

// placed says where outcomes may be answered: where a good answer was cited from,
// else at what stands first now.
func placed(ctx context.Context, search *retrieval.Searcher, site string, chunks []docent.Chunk, outcomes []sqlite.Outcome) ([]eval.Asked, error) {
	byURL := map[string]docent.Chunk{}
	for _, c := range chunks {
		byURL[c.URL] = c
	}
	var asked []eval.Asked
	for _, o := range outcomes {
		a := eval.Asked{Question: o.Question, Kind: string(docent.FinishRefused)}
		if o.Rating != "" {
			a.Kind = "rated-" + o.Rating
		}
		if o.Rating == "up" {
			for _, cited := range o.Citations {
				if c, there := byURL[cited.URL]; there {
					a.Relevant = append(a.Relevant, eval.Target{Path: c.Path, Anchor: &c.Anchor})
				}
			}
		}
		if len(a.Relevant) == 0 {
			found, err := search.Search(ctx, docent.Query{Site: site, Text: cmp.Or(o.Searched, o.Question), Limit: 1})
			if err != nil {
				return nil, err
			}
			for _, p := range found.Passages {
				a.Relevant = append(a.Relevant, eval.Target{Path: p.Path, Anchor: &p.Anchor})
			}
		}
		asked = append(asked, a)
	}
	return asked, nil
}
