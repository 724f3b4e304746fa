package llm

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"docent"
)

// Probe asks the default model for one token, once, and reports whether its
// server streams. Of the answer it reads no more than the first event, whatever
// that says: a model that thinks first has no text that soon.
//
// Errors are those of Stream; the caller's context bounds the wait.
func (c *Client) Probe(ctx context.Context) (streams bool, err error) {
	return c.probe(ctx, c.targets[0])
}

// ProbeFallbacks does the same with each fallback, in order, and gives the error
// of each, nil where it answered.
func (c *Client) ProbeFallbacks(ctx context.Context) []error {
	var errs []error
	for _, t := range c.fallbacks() {
		_, err := c.probe(ctx, t)
		errs = append(errs, err)
	}
	return errs
}

// Refused names the configured parameters that the default model's server was
// heard to refuse: they are not sent to it any more.
func (c *Client) Refused() []string { return c.targets[0].dialect.get().refused(c.cfg) }

func (c *Client) probe(ctx context.Context, t *target) (streams bool, err error) {
	r := docent.ModelRequest{
		MaxTokens: 1,
		Messages:  []docent.ModelMessage{{Role: docent.RoleUser, Text: "Answer with one word: ready"}},
	}
	res, err := c.open(ctx, t, r)
	var f *failure
	if errors.As(err, &f) && f.refusal != nil {
		r.MaxTokens = 0 // some models can't think within one token, and refuse
		res, err = c.open(ctx, t, r)
	}
	if err == nil {
		streams = mediaType(res) == eventStream
		err = t.firstWords(ctx, res, streams)
	}
	return streams, told(ctx, err)
}

// firstWords reads the beginning of an answer, and judges whether it is one.
func (t *target) firstWords(ctx context.Context, res *http.Response, streams bool) error {
	defer res.Body.Close()
	var data []byte
	var err error
	if streams {
		data, err = newEvents(res.Body).next()
	} else {
		data, err = io.ReadAll(io.LimitReader(res.Body, maxEventBytes))
	}
	if err != nil {
		return interrupted(ctx, t.cut(err))
	}
	var words chunk
	if err := json.Unmarshal(data, &words); err != nil {
		return t.misspoke("broken JSON: " + err.Error())
	}
	if e := words.Error; e != nil {
		return t.judged(e.status(), *e, 0, errors.New("in the stream: "+t.redacted(e.Message)))
	}
	return nil
}
