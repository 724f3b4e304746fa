package llm

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/openai/openai-go/v3"
	"golang.org/x/sync/errgroup"

	"docent"
	"docent/analysis"
)

const (
	// An ingest waits longer than a reader does: hours of work are at stake.
	// The pause that a server may ask for fits into ingestWait.
	ingestBackoff = time.Minute
	ingestWait    = 10 * time.Minute
	// A reader's question is embedded at once, or searched for without.
	queryRetries = 2
	queryTime    = 10 * time.Second
)

// Embedder makes vectors of texts with one model of one server. It is safe for
// use by many goroutines, which share its connections, what it learned about
// the server, and the pause that the server asked for. All its vectors have the
// same number of dimensions and the length 1.
type Embedder struct {
	cfg        EmbeddingConfig
	service    openai.EmbeddingService
	dialect    dialects[embeddingDialect]
	dimensions atomic.Int64 // 0 until they are known
	fits       atomic.Int64 // texts that a request was found to hold at most; 0 is not found
	server
}

// NewEmbedder makes an embedder, or says which key of embedding: is wrong. It
// reads model.ca_file, where that is shared, and does no other I/O. A
// configuration that is not Remote is an error.
func NewEmbedder(cfg EmbeddingConfig) (*Embedder, error) {
	cfg, err := cfg.checked()
	if err != nil {
		return nil, err
	}
	if !cfg.Remote() {
		return nil, fmt.Errorf("embedding.provider %s: there is no server to embed with", cmp.Or(cfg.Provider, EmbeddingNone))
	}
	client, err := httpClient(cfg.like.CAFile)
	if err != nil {
		return nil, fmt.Errorf("model.ca_file: %w", err)
	}
	e := &Embedder{
		cfg:     cfg,
		service: openai.NewEmbeddingService(cfg.endpoint().options(client)...),
		server: server{
			called: "the embedding server", kind: "one", answer: "the embedding server's answer", secrets: cfg.endpoint().secrets(),
			section: "embedding", model: "embedding.model", budget: "embedding.max_input_tokens", client: client, clock: realClock(),
		},
	}
	e.dimensions.Store(int64(cfg.Dimensions))
	return e, nil
}

// Model names what passages' vectors depend on, for stamps and caches: the
// model, and the prefix of passages where there is one. Vectors of different
// names must not be compared.
func (e *Embedder) Model() string {
	if e.cfg.PassagePrefix == "" {
		return e.cfg.Model
	}
	return fmt.Sprintf("%s %q", e.cfg.Model, e.cfg.PassagePrefix)
}

// Dimensions is how many numbers a vector has: as configured, or else as
// learned from the first answer, such as Probe's. 0 until then.
func (e *Embedder) Dimensions() int { return int(e.dimensions.Load()) }

// Expect says how many dimensions an index has that questions are put to. It
// counts where nothing else has said so before: vectors of another number are
// then failures. Without it a server has to be asked, see Probe.
func (e *Embedder) Expect(dimensions int) { e.dimensions.CompareAndSwap(0, int64(dimensions)) }

// Probe embeds a word, which shows that the server, the key and the model are
// right, and teaches Dimensions. Errors are those of Query.
func (e *Embedder) Probe(ctx context.Context) error {
	_, err := e.Query(ctx, "documentation")
	return err
}

// Estimate says about how many tokens the passages have, and what embedding
// them would cost; 0 dollars where no price is configured.
func (e *Embedder) Estimate(texts []string) (tokens int, usd float64) {
	prefix := analysis.Tokens(e.cfg.PassagePrefix)
	for _, text := range texts {
		tokens += prefix + analysis.Tokens(text)
	}
	return tokens, float64(tokens) * e.cfg.PricePerMillionTokens / 1e6
}

// Query gives the vector of a question, while a reader waits: failures are
// tried again only for some seconds.
//
// Errors: ctx's (with its cause), once ctx is done; otherwise a *docent.Error
// with one of the model codes, or CodeInvalid for an empty text.
func (e *Embedder) Query(ctx context.Context, text string) (vector []float32, err error) {
	p := patience{retries: min(queryRetries, e.cfg.Retries), backoff: maxBackoff, wait: maxWait, deadline: e.clock.now().Add(queryTime)}
	err = e.embed(ctx, p, e.cfg.QueryPrefix, []string{text}, func(_ int, v []float32) error {
		vector = v
		return nil
	})
	return vector, err
}

// Passages gives the vector of each text to each, with the text's place, as
// they come: in any order, each once, one call at a time. each may keep the
// vector. Texts above embedding.max_input_tokens, or that the server finds too
// long, are divided, and their pieces' vectors averaged by tokens.
//
// Errors: that of each, as it is; ctx's (with its cause), once ctx is done;
// otherwise the first failure, a *docent.Error as of Query. No request begins
// after it, but those under way are awaited, and what they bring is given to
// each, since it is paid for.
func (e *Embedder) Passages(ctx context.Context, texts []string, each func(i int, vector []float32) error) error {
	p := patience{retries: e.cfg.Retries, backoff: ingestBackoff, wait: ingestWait}
	return e.embed(ctx, p, e.cfg.PassagePrefix, texts, each)
}

func (e *Embedder) embed(ctx context.Context, p patience, prefix string, texts []string, each func(int, []float32) error) error {
	if i := slices.IndexFunc(texts, func(s string) bool { return strings.TrimSpace(s) == "" }); i >= 0 {
		return docent.Errorf(docent.CodeInvalid, "an empty text can't be embedded (number %d of %d)", i+1, len(texts))
	}
	halt, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	j := &job{e: e, request: ctx, halt: halt, patience: p, prefix: prefix, prefixTokens: analysis.Tokens(prefix), each: each}
	var workers errgroup.Group
	workers.SetLimit(e.cfg.Concurrency)
	for _, batch := range j.batches(j.parts(texts)) {
		if halt.Err() != nil {
			break
		}
		workers.Go(func() error {
			_, err := j.embed(batch, j.give)
			if err != nil {
				stop(err)
			}
			return err
		})
	}
	err := workers.Wait()
	switch {
	case j.refused != nil:
		return j.refused
	case err == nil:
		err = ctx.Err() // perhaps before the first request
	}
	return told(ctx, err)
}
