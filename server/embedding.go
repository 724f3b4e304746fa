package server

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"time"

	"docent"
	"docent/ingest"
	"docent/llm"
	"docent/retrieval"
	"docent/store/sqlite"
)

// askTime is how long a server asks an embedding model for its dimensions
// before it starts without them.
const askTime = 5 * time.Second

// embedder is the configured embedding model; without one all of it is empty.
type embedder struct{ *llm.Embedder }

// newEmbedder makes the configured embedding model ready. Nothing is asked yet.
func newEmbedder(cfg Config) (embedder, error) {
	c := cfg.Embedding.Sharing(cfg.Model)
	if !c.Enabled() {
		return embedder{}, nil
	}
	e, err := llm.NewEmbedder(c)
	return embedder{e}, err
}

// learn asks the model for its dimensions, where they are not known.
func (e embedder) learn(ctx context.Context) error {
	if e.Embedder == nil || e.Dimensions() > 0 {
		return nil
	}
	return e.Probe(ctx)
}

// stamp is what an index with this model's vectors is built with.
func (e embedder) stamp() docent.Stamp {
	s := lexicalStamp()
	if e.Embedder != nil {
		s.Embedding, s.Dimensions = e.Model(), e.Dimensions()
	}
	return s
}

// options let retrieval use the model for questions.
func (e embedder) options() []retrieval.Option {
	if e.Embedder == nil {
		return nil
	}
	return []retrieval.Option{retrieval.WithEmbed(e.Query)}
}

// Ingester writes the configured index: the store, the embedding model, and
// what is remembered of its vectors.
type Ingester struct {
	Index
	cfg     Config
	options ingest.Options
	vectors *sqlite.Vectors
}

// maxVectorBytes is about how large the memory of vectors may grow.
const maxVectorBytes = 4 << 30

// OpenIngester opens what an ingest needs. With an embedding model whose
// dimensions are not configured, it asks the model for them.
func OpenIngester(ctx context.Context, cfg Config) (*Ingester, error) {
	e, err := newEmbedder(cfg)
	if err == nil {
		err = e.learn(ctx)
	}
	if err != nil {
		return nil, err
	}
	in := &Ingester{cfg: cfg}
	if in.Index, err = openIndex(ctx, cfg, e.stamp()); err != nil || e.Embedder == nil {
		return in, err
	}
	if in.vectors, err = sqlite.OpenVectors(filepath.Join(cfg.DataDir, "embeddings.db")); err != nil {
		return nil, errors.Join(err, in.Index.Close())
	}
	in.options = ingest.Options{Embedder: e, Vectors: in.vectors.Of(e.Model(), e.Dimensions(), "passage")}
	return in, nil
}

// Run ingests a source, which is fetched first where it is elsewhere; see
// ingest.Run and fetch.Fetch. progress may be nil.
func (in *Ingester) Run(ctx context.Context, src ingest.Source, progress func(done, total int, path string)) (ingest.Report, error) {
	src, fetched, err := in.materialise(ctx, src, progress)
	if err != nil {
		return ingest.Report{}, err
	}
	o := in.options
	o.Progress, o.Missing = progress, fetched.missing
	report, err := ingest.Run(ctx, in.Index, src, in.cfg.Ingest.Config, o)
	report.Warnings = append(report.Warnings, fetched.warnings...)
	return report, err
}

// DryRun tells what Run would do; see ingest.DryRun. What is elsewhere is fetched
// all the same.
func (in *Ingester) DryRun(ctx context.Context, src ingest.Source) (ingest.Preview, error) {
	src, fetched, err := in.materialise(ctx, src, nil)
	if err != nil {
		return ingest.Preview{}, err
	}
	var base ingest.Index
	if _, err := in.Releases(ctx, cmp.Or(src.Site, docent.DefaultSite)); err == nil {
		base = in.Index // else there is none to compare with, and none is to be made
	}
	o := in.options
	o.Missing = fetched.missing
	plan, err := ingest.DryRun(ctx, base, src, in.cfg.Ingest.Config, o)
	plan.Warnings = append(plan.Warnings, fetched.warnings...)
	return plan, err
}

// Close closes the index and the memory of vectors, which it bounds.
func (in *Ingester) Close() error {
	var errs []error
	if in.vectors != nil {
		_, err := in.vectors.Trim(context.Background(), maxVectorBytes)
		errs = append(errs, err, in.vectors.Close())
	}
	return errors.Join(append(errs, in.Index.Close())...)
}
