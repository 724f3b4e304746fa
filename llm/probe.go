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
	r := docent.ModelRequest{
		Model: c.models[0], MaxTokens: 1,
		Messages: []docent.ModelMessage{{Role: docent.RoleUser, Text: "Answer with one word: ready"}},
	}
	res, err := c.open(ctx, r)
	var f *failure
	if errors.As(err, &f) && f.refusal != nil {
		r.MaxTokens = 0 // some models can't think within one token, and refuse
		res, err = c.open(ctx, r)
	}
	if err == nil {
		streams = mediaType(res) == eventStream
		err = c.firstWords(ctx, res, streams)
	}
	return streams, told(ctx, err)
}

// firstWords reads the beginning of an answer, and judges whether it is one.
func (c *Client) firstWords(ctx context.Context, res *http.Response, streams bool) error {
	defer res.Body.Close()
	var data []byte
	var err error
	if streams {
		data, err = newEvents(res.Body).next()
	} else {
		data, err = io.ReadAll(io.LimitReader(res.Body, maxEventBytes))
	}
	if err != nil {
		return interrupted(ctx, c.cut(err))
	}
	var words chunk
	if err := json.Unmarshal(data, &words); err != nil {
		return c.misspoke("broken JSON: " + err.Error())
	}
	if e := words.Error; e != nil {
		return c.judged(e.status(), *e, 0, errors.New("in the stream: "+redacted(e.Message, c.key)))
	}
	return nil
}
