package server

import (
	"context"
	"path/filepath"

	"docent"
	"docent/ingest"
	"docent/ingest/push"
)

// openPushes makes what takes pushes in. They are written to the index that
// questions are put to, or to the one that its configuration means.
func (s *Server) openPushes() (*push.Receiver, error) {
	return push.New(s.cfg.Ingest.Push, linesOf*s.cfg.Ingest.MaxFileBytes, filepath.Join(s.cfg.DataDir, "pushes"), s.pushTarget, s.log)
}

// linesOf is how many times larger than its file the largest page may be: its
// text is divided, and stands in JSON with all that is known of its parts.
const linesOf = 4

func (s *Server) pushTarget(ctx context.Context) (push.Target, error) {
	cfg, err := s.search.changeable()
	if err != nil {
		return push.Target{}, err
	}
	in, err := OpenIngester(ctx, cfg)
	if err != nil {
		return push.Target{}, err
	}
	return push.Target{
		Index: in.Index, Options: in.options, Model: in.Stamp.Embedding,
		Priced: in.vectors == nil || cfg.Embedding.PricePerMillionTokens > 0,
		Newest: func(ctx context.Context, unit docent.Unit) (int, error) { return newest(ctx, in.Index, unit) },
		Close:  in.Close,
	}, nil
}

// Parse makes a source ready to be parsed for an index that is elsewhere, under
// the site that it has there. What is elsewhere itself is fetched first. progress
// may be nil.
func Parse(ctx context.Context, cfg Config, src ingest.Source, site string, progress func(done, total int, path string)) (*ingest.Parsing, []docent.Warning, error) {
	src, fetched, err := materialise(ctx, cfg, src, progress)
	if err != nil {
		return nil, nil, err
	}
	src.Site = site
	pages, err := ingest.Parse(ctx, src, cfg.Ingest.Config, ingest.Options{Progress: progress, Missing: fetched.missing})
	if err != nil {
		return nil, nil, err
	}
	return pages, append(fetched.warnings, pages.Warnings()...), nil
}

// newest is the number of a unit's newest release, whichever is active; 0 where
// it has none.
func newest(ctx context.Context, index Index, unit docent.Unit) (int, error) {
	releases, err := index.AllReleases(ctx, unit.Site)
	if docent.CodeOf(err) == docent.CodeNoIndex {
		return 0, nil
	}
	number := 0
	for _, r := range releases {
		if r.Unit == unit {
			number = max(number, r.Number)
		}
	}
	return number, err
}
