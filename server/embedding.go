package server

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"time"

	"docent"
	"docent/embedding"
	"docent/ingest"
	"docent/llm"
	"docent/retrieval"
	"docent/store/sqlite"
)

// askTime is how long a server asks an embedding model for its dimensions
// before it starts without them.
const askTime = 5 * time.Second

// vectors is an embedding model: the built-in one, or a server's.
type vectors interface {
	ingest.Embedder
	Query(ctx context.Context, text string) ([]float32, error)
	Model() string
	Dimensions() int
}

// embedder is the configured embedding model; without one all of it is empty.
type embedder struct {
	vectors
	remote *llm.Embedder // the same, where a server is asked
}

// newEmbedder makes the configured embedding model ready. Nothing is asked yet.
func newEmbedder(cfg Config) (embedder, error) {
	c := cfg.Embedding.Sharing(cfg.Model)
	switch {
	case c.Builtin():
		return embedder{vectors: embedding.Builtin()}, nil
	case !c.Remote():
		return embedder{}, nil
	}
	e, err := llm.NewEmbedder(c)
	if err != nil {
		return embedder{}, err
	}
	return embedder{e, e}, nil
}

// learn asks the model for its dimensions, where they are not known.
func (e embedder) learn(ctx context.Context) error {
	if e.remote == nil || e.Dimensions() > 0 {
		return nil
	}
	return e.remote.Probe(ctx)
}

// expect says how many dimensions the index has that questions are put to.
func (e embedder) expect(dimensions int) {
	if e.remote != nil {
		e.remote.Expect(dimensions)
	}
}

// stamp is what an index with this model's vectors is built with.
func (e embedder) stamp() docent.Stamp {
	s := lexicalStamp()
	if e.vectors != nil {
		s.Embedding, s.Dimensions = e.Model(), e.Dimensions()
	}
	return s
}

// options let retrieval use the model for questions.
func (e embedder) options() []retrieval.Option {
	if e.vectors == nil {
		return nil
	}
	options := []retrieval.Option{retrieval.WithEmbed(e.Query)}
	if e.remote == nil {
		options = append(options, retrieval.WithBuiltin())
	}
	return options
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
	if in.Index, err = openIndex(ctx, cfg, e.stamp()); err != nil {
		return nil, err
	}
	if e.vectors != nil {
		in.options.Embedder = e
	}
	if e.remote == nil { // making a vector is cheaper than remembering it
		in.options.Languages = []string{embedding.Language}
		return in, nil
	}
	if in.vectors, err = sqlite.OpenVectors(filepath.Join(cfg.DataDir, "embeddings.db")); err != nil {
		return nil, errors.Join(err, in.Index.Close())
	}
	in.options.Vectors = in.vectors.Of(e.Model(), e.Dimensions(), "passage")
	return in, nil
}

// Run ingests a source, which is fetched first where it is elsewhere; see
// ingest.Run and fetch.Fetch. progress may be nil.
func (in *Ingester) Run(ctx context.Context, src ingest.Source, progress func(done, total int, path string)) (ingest.Report, error) {
	src, fetched, err := materialise(ctx, in.cfg, src, progress)
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
	src, fetched, err := materialise(ctx, in.cfg, src, nil)
	if err != nil {
		return ingest.Preview{}, err
	}
	var base ingest.Index
	if _, err := in.Releases(ctx, cmp.Or(src.Site, docent.DefaultSite)); err == nil {
		base = in.Index // else there is none to compare with, and none is to be made
	}
	o := in.options
	o.Missing = fetched.missing
	if in.vectors == nil {
		o.Embedder = nil // the built-in model's vectors cost nothing that a plan could tell
	}
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
