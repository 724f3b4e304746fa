package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"docent"
)

// embeddingDialect is what differs between servers of embeddings.
type embeddingDialect struct {
	floats       bool // encoding_format is refused: vectors come as lists of numbers
	noDimensions bool // dimensions is refused: the model gives what it gives
}

func (d embeddingDialect) without(refused providerError) (embeddingDialect, bool) {
	switch {
	case !d.floats && (refused.names("encoding_format") || strings.Contains(refused.Message, "base64")):
		d.floats = true
	case !d.noDimensions && refused.names("dimensions"):
		d.noDimensions = true
	default:
		return d, false
	}
	return d, true
}

// ask gives the vectors of a batch, in its order, with as many tries as the
// job's patience allows.
func (j *job) ask(batch []part) (vectors [][]float32, err error) {
	err = j.e.try(j.halt, j.patience, func() error {
		return j.e.dialect.speak(func(d embeddingDialect) error {
			vectors, err = j.once(batch, d)
			return err
		})
	})
	return vectors, err
}

// once sends one request and reads its answer, within the time for both.
func (j *job) once(batch []part, d embeddingDialect) ([][]float32, error) {
	ctx, cancel := context.WithCancelCause(j.request)
	defer cancel(nil)
	limit := j.e.cfg.Timeout
	if t := j.patience.deadline; !t.IsZero() {
		left := max(t.Sub(j.e.clock.now()), time.Millisecond)
		if limit == 0 || left < limit {
			limit = left
		}
	}
	late := silent(j.e.called+" did not answer", limit)
	late.again = true
	watch := watchdog{clock: j.e.clock, cancel: cancel}
	watch.start(limit, late)
	defer watch.stop()

	var res *http.Response
	_, err := j.e.service.New(ctx, j.params(batch, d), option.WithResponseBodyInto(&res))
	if res, err = j.e.received(ctx, res, err, jsonType); err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := j.e.read(res.Body, len(batch))
	if err != nil {
		return nil, interrupted(ctx, err)
	}
	return j.e.vectors(body, len(batch))
}

func (j *job) params(batch []part, d embeddingDialect) openai.EmbeddingNewParams {
	input := make([]string, len(batch))
	for i, p := range batch {
		input[i] = j.prefix + p.text
	}
	params := openai.EmbeddingNewParams{Model: j.e.cfg.Model, Input: openai.EmbeddingNewParamsInputUnion{OfArrayOfStrings: input}}
	if !d.floats {
		params.EncodingFormat = openai.EmbeddingNewParamsEncodingFormatBase64
	}
	if j.e.cfg.Dimensions > 0 && !d.noDimensions {
		params.Dimensions = openai.Int(int64(j.e.cfg.Dimensions))
	}
	return params
}

// bytesPerNumber is more than any writer needs for a float32, separators
// included.
const bytesPerNumber = 32

// read reads an answer with n vectors.
func (e *Embedder) read(body io.Reader, n int) ([]byte, error) {
	dimensions := e.Dimensions()
	if dimensions == 0 {
		dimensions = maxDimensions
	}
	limit := int64(1<<20 + n*dimensions*bytesPerNumber)
	data, err := io.ReadAll(io.LimitReader(body, limit+1))
	switch {
	case err != nil:
		return nil, e.cut(err)
	case int64(len(data)) > limit:
		return nil, e.misspoke(fmt.Sprintf("more than %d bytes for %d vectors", limit, n))
	}
	return data, nil
}

// vectors decodes the answer to n texts and doubts all of it: what it gives is
// n vectors in the texts' order, of one length in numbers, of length 1.
func (e *Embedder) vectors(body []byte, n int) ([][]float32, error) {
	var answer embeddings
	if err := json.Unmarshal(body, &answer); err != nil {
		if bytes.Contains(body, []byte("NaN")) || bytes.Contains(body, []byte("Infinity")) {
			return nil, e.unfit(errNotFinite) // as some languages write them, though it is no JSON
		}
		return nil, e.misspoke("broken JSON: " + err.Error())
	}
	if s := answer.Error; s != nil {
		return nil, e.judged(s.status(), *s, 0, errors.New("with status 200: "+e.redacted(s.Message)))
	}
	if got := len(answer.Data); got != n {
		return nil, e.fault("lower embedding.batch_texts; if that does not help, the server does not speak this protocol",
			"%s gave %d vectors for %d texts", e.called, got, n)
	}
	vectors := make([][]float32, n)
	for i, item := range answer.Data {
		if item.Index != nil {
			i = *item.Index
		}
		if i < 0 || i >= n || vectors[i] != nil {
			return nil, e.fault("set embedding.batch_texts to 1, or update the server",
				"%s numbered its vectors wrongly: %d of %d texts, or one twice", e.called, i, n)
		}
		if err := e.fit(item.Embedding); err != nil {
			return nil, err
		}
		vectors[i] = item.Embedding
	}
	return vectors, nil
}

// fit checks a vector and gives it the length 1. The first vector says how
// many dimensions all have, where the configuration doesn't.
func (e *Embedder) fit(v []float32) error {
	if len(v) > 0 && len(v) <= maxDimensions {
		e.dimensions.CompareAndSwap(0, int64(len(v)))
	}
	want := e.Dimensions()
	switch {
	case len(v) == want:
	case e.cfg.Dimensions > 0:
		return e.fault(fmt.Sprintf("set embedding.dimensions to %d, or to 0 for what the model gives, and ingest again", len(v)),
			"%s gave a vector of %d dimensions instead of %d", e.called, len(v), want)
	default:
		return e.fault("check that embedding.base_url and embedding.model lead to the same model as before, or ingest again",
			"%s gave a vector of %d dimensions, and before of %d", e.called, len(v), want)
	}
	if err := normalise(v); err != nil {
		return e.unfit(err)
	}
	return nil
}

// unfit is the failure of a vector that nothing can be compared with.
func (e *Embedder) unfit(why error) *failure {
	f := e.fault("update the server, or choose another embedding.model", "%s gave a vector that can't be used", e.called)
	f.err.Err = why
	return f
}

// fault is the failure of an answer that is in the protocol, but wrong: asking
// again would not help.
func (e *Embedder) fault(hint, format string, args ...any) *failure {
	err := docent.Errorf(docent.CodeModelFailed, format, args...)
	err.Hint = hint
	return &failure{err: err}
}
