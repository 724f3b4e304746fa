// Package llm speaks with language models and embedding models: OpenAI, or any
// server that speaks its Chat Completions or its embeddings.
//
// An answer passes through the files like this:
//
//	config.go     what model: in config.yaml says, checked; place.go: where models are
//	client.go     Client.Stream: one answer
//	round.go      the models to ask, one after another, until text came
//	target.go     one of them, and what is known of it
//	breaker.go    a model that keeps failing is left alone for a while
//	request.go    one request by openai-go; what a server can't take is left out
//	sse.go        the response's lines -> events
//	answer.go     events -> deltas, finish reason, usage
//	think.go      what a model thinks aloud is no text
//	calls.go      tools, and pieces of their calls -> calls
//	price.go      what an answer costs; tokens, where the server does not count
//	watchdog.go   how long the model may keep silent
//
// Texts become vectors like this:
//
//	embedconfig.go   what embedding: in config.yaml says, checked
//	embedder.go      Embedder.Passages and Query
//	embedjob.go      texts -> batches; halved where a server refuses their size
//	divide.go        a text that is too long for the model -> pieces
//	embedrequest.go  one request, and all that is doubted of its answer
//	vector.go        numbers or base64 -> vectors of length 1
//
// What readers say becomes text in transcribe.go, by one request.
//
// All share what concerns a server, not what is asked of it:
//
//	server.go     which responses count, what a server refuses by name
//	transport.go  the connections
//	retry.go      pauses between tries, one for all callers where the server asks
//	failure.go    all that goes wrong -> a docent.Error
//
// openai-go carries the requests, with explicit options only: its NewClient
// would send the environment's key and organisation to any base URL. Its
// retries are off, since they can sleep for two minutes unseen, and its stream
// is not used: it takes an HTML page with status 200, and a stream that breaks
// off cleanly, for a complete answer, and decodes each chunk into far more than
// is needed.
//
// What the package doubts is the server. Only text/event-stream counts as a
// stream (and a whole chat.completion as JSON, which some servers send although
// a stream was asked for, as one delta). Only a finish_reason ends an answer;
// [DONE] alone does not. Only text counts as progress: the two timeouts are
// promises to a reader, who sees neither comments nor empty deltas nor
// reasoning. A line or event above 1 MiB is refused. What a server says in an
// error reaches the log, without the key and shortened, and never the reader.
// Of vectors it doubts the number, the order, the length and each value: one
// wrong vector in an index is found by nobody.
package llm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"docent"
)

// Client asks models: that of the configuration and those that stand in for it.
// It is safe for use by many goroutines, which share connections, what was
// learned about the servers, and the pauses that these asked for.
type Client struct {
	cfg     Config
	models  []string
	targets []*target // the first is the default; the last ones are the fallbacks
	clock   clock
}

// New makes a client, or says which key of model: is wrong. It reads
// model.ca_file, and does no other I/O.
func New(cfg Config) (*Client, error) {
	cfg, err := cfg.checked()
	if err != nil {
		return nil, err
	}
	c := &Client{cfg: cfg, models: cfg.models(), clock: realClock()}
	if c.targets, err = targets(cfg); err != nil {
		return nil, err
	}
	return c, nil
}

// Models names the models that a request may ask for; the first is the default.
func (c *Client) Models() []string { return slices.Clone(c.models) }

// Stream asks a model and gives its answer to onDelta, piece by piece, none
// empty. Where it fails before its first text, the fallbacks are asked. Stream
// returns only after the last call of onDelta and after the response was closed.
// An answer may be calls of the request's tools, with or without text. The
// result's usage is what the server reports, else an estimate, with what it
// costs; after an error, of the text so far.
//
// Errors: that of onDelta, as it is; ctx's (with its cause), once ctx is done;
// otherwise a *docent.Error with one of the model codes, or CodeInvalid for a
// model that is not configured. Text that onDelta has seen before an error is
// the answer as far as it went; no try follows once there is any.
func (c *Client) Stream(ctx context.Context, r docent.ModelRequest, onDelta func(text string) error) (docent.ModelResult, error) {
	l, err := c.chain(r.Model)
	if err != nil {
		return docent.ModelResult{}, err
	}
	a := &answer{asked: r, onDelta: onDelta, stall: c.cfg.StallTimeout}
	err = c.tries(ctx, a, l)
	a.account(c.cfg.Prices)
	if a.stopped != nil {
		return a.result, a.stopped
	}
	return a.result, told(ctx, err)
}

// ask sends one request to a model and reads the answer to its end. The first
// text has to come within limit; 0 waits for ever.
func (c *Client) ask(ctx context.Context, a *answer, t *target, limit time.Duration) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	a.begin(t, watchdog{clock: t.clock, cancel: cancel})
	defer a.watch.stop()
	defer a.close()
	a.watch.start(limit, silent("the model did not begin to answer", c.cfg.FirstTokenTimeout))
	res, err := c.open(ctx, t, a.asked)
	if err != nil {
		return err
	}
	a.body = res.Body
	if mediaType(res) == jsonType {
		return a.readWhole(ctx)
	}
	a.events = newEvents(res.Body)
	return a.readStream(ctx)
}

// told is err as callers see it: that of ctx once it is done, a failure's
// error for two readers, and any other as it is.
func told(ctx context.Context, err error) error {
	var f *failure
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ended(ctx)
	case errors.As(err, &f):
		return f.err
	}
	return err
}

// ended says that the caller's context is done: its error, and its cause where
// that says more. errors.Is finds both.
func ended(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if cause == err {
		return err
	}
	return fmt.Errorf("%w: %w", err, cause)
}
