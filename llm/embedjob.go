package llm

import (
	"context"
	"errors"
	"sync"

	"docent/analysis"
)

// part is a text, or a piece of one, on its way to a vector.
type part struct {
	of     int // the text's place
	text   string
	tokens int // estimated, without the prefix
}

// job is one call of Passages or Query.
type job struct {
	e            *Embedder
	request      context.Context // of requests: the caller's
	halt         context.Context // of beginning and repeating them: ends with the first failure, too
	patience     patience
	prefix       string
	prefixTokens int

	mu      sync.Mutex // of each
	each    func(int, []float32) error
	refused error // of each
}

// give passes a text's vector on, unless each failed before.
func (j *job) give(p part, vector []float32) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.refused == nil {
		j.refused = j.each(p.of, vector)
	}
	return j.refused
}

func (j *job) parts(texts []string) []part {
	parts := make([]part, len(texts))
	for i, text := range texts {
		parts[i] = part{i, text, analysis.Tokens(text)}
	}
	return parts
}

// room is the model's limit for a text without the prefix.
func (j *job) room() int { return j.e.cfg.MaxInputTokens - j.prefixTokens }

// batches cuts parts, in order, into what one request may hold. A part that is
// too long for the model stands alone, whatever the limits are.
func (j *job) batches(parts []part) [][]part {
	var list [][]part
	begin, tokens := 0, 0
	for i, p := range parts {
		full := i-begin >= j.e.cfg.BatchTexts || tokens+p.tokens+j.prefixTokens > j.e.cfg.BatchTokens
		if i > begin && (full || p.tokens > j.room() || parts[begin].tokens > j.room()) {
			list = append(list, parts[begin:i])
			begin, tokens = i, 0
		}
		tokens += p.tokens + j.prefixTokens
	}
	if begin < len(parts) {
		list = append(list, parts[begin:])
	}
	return list
}

// embed gives the vectors of a batch as they come. A batch that is refused is
// halved, down to one text; that one is divided where it is too long. whole
// reports whether one request was enough.
func (j *job) embed(batch []part, give func(part, []float32) error) (whole bool, err error) {
	if len(batch) == 1 && batch[0].tokens > j.room() {
		return false, j.divided(batch[0], j.room(), give)
	}
	if fits := int(j.e.fits.Load()); fits > 0 && len(batch) > fits {
		return false, j.cut(batch, fits, give)
	}
	vectors, err := j.ask(batch)
	var f *failure
	switch {
	case err == nil:
	case !errors.As(err, &f) || f.refusal == nil:
		return false, err
	case len(batch) > 1:
		return false, j.cut(batch, (len(batch)+1)/2, give)
	case f.long && batch[0].tokens > minInputTokens:
		return false, j.divided(batch[0], batch[0].tokens/2, give)
	default:
		return false, err
	}
	for i, p := range batch {
		if err := give(p, vectors[i]); err != nil {
			return false, err
		}
	}
	return true, nil
}

// cut embeds the first n texts of a batch and then the others. Where both are
// taken whole, the number was what the server refused, and later batches heed
// it.
func (j *job) cut(batch []part, n int, give func(part, []float32) error) error {
	first, err := j.embed(batch[:n], give)
	if err != nil {
		return err
	}
	second, err := j.embed(batch[n:], give)
	if first && second {
		j.e.fits.CompareAndSwap(0, int64(n))
	}
	return err
}

// divided embeds the pieces of p, of at most limit tokens each, and gives
// their mean.
func (j *job) divided(p part, limit int, give func(part, []float32) error) error {
	var pieces []part
	for _, text := range divide(p.text, limit) {
		pieces = append(pieces, part{p.of, text, analysis.Tokens(text)})
	}
	var m mean
	for _, batch := range j.batches(pieces) {
		_, err := j.embed(batch, func(piece part, v []float32) error {
			m.add(v, piece.tokens)
			return nil
		})
		if err != nil {
			return err
		}
	}
	v, err := m.vector()
	if err != nil {
		return j.e.unfit(err)
	}
	return give(p, v)
}
