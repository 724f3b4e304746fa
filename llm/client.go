// Package llm speaks with language models and embedding models: OpenAI, or any
// server that speaks its Chat Completions or its embeddings.
//
// An answer passes through the files like this:
//
//	config.go     what model: in config.yaml says, checked
//	client.go     Client.Stream: tries, until text came
//	request.go    one request by openai-go; what a server can't take is left out
//	sse.go        the response's lines -> events
//	answer.go     events -> deltas, finish reason, usage
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
// Both share what concerns a server, not what is asked of it:
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

	"github.com/openai/openai-go/v3"

	"docent"
)

// Client asks the models of one server. It is safe for use by many goroutines,
// which share its connections, what it learned about the server, and the pause
// that the server asked for.
type Client struct {
	cfg         Config
	models      []string
	completions openai.ChatCompletionService
	dialect     dialects[dialect]
	server
}

// New makes a client, or says which key of model: is wrong. It does no I/O.
func New(cfg Config) (*Client, error) {
	cfg, err := cfg.checked()
	if err != nil {
		return nil, err
	}
	c := &Client{
		cfg:         cfg,
		models:      cfg.models(),
		completions: openai.NewChatCompletionService(cfg.endpoint().options()...),
		server: server{
			called: "the model's server", kind: "a model", answer: "the model's answer", key: cfg.APIKey,
			section: "model", model: "model.name", budget: "chat.context_tokens", clock: realClock(),
		},
	}
	c.dialect.learn(dialect{completionTokens: isOpenAI(cfg.BaseURL)})
	return c, nil
}

// Models names the models that a request may ask for; the first is the default.
func (c *Client) Models() []string { return slices.Clone(c.models) }

// Stream asks a model and gives its answer to onDelta, piece by piece, none
// empty. It returns only after the last call of onDelta and after the response
// was closed.
//
// Errors: that of onDelta, as it is; ctx's (with its cause), once ctx is done;
// otherwise a *docent.Error with one of the model codes, or CodeInvalid for a
// model that is not configured. Text that onDelta has seen before an error is
// the answer as far as it went; no try follows once there is any.
func (c *Client) Stream(ctx context.Context, r docent.ModelRequest, onDelta func(text string) error) (docent.ModelResult, error) {
	if r.Model == "" {
		r.Model = c.models[0]
	}
	if !slices.Contains(c.models, r.Model) {
		return docent.ModelResult{}, docent.Errorf(docent.CodeInvalid, "the model %q is not configured", r.Model)
	}
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	a := &answer{asked: r, onDelta: onDelta, server: &c.server, stall: c.cfg.StallTimeout}
	a.watch = watchdog{clock: c.clock, cancel: cancel}
	defer a.watch.stop()
	defer a.close()
	a.watch.start(c.cfg.FirstTokenTimeout, silent("the model did not begin to answer", c.cfg.FirstTokenTimeout))

	err := c.tries(inner, a)
	if err == nil && a.events != nil {
		err = a.readStream(inner, false)
	}
	if a.stopped != nil {
		return a.result, a.stopped
	}
	return a.result, told(ctx, err)
}

// tries asks until text came, or no further try is left.
func (c *Client) tries(ctx context.Context, a *answer) error {
	p := patience{retries: c.cfg.Retries, backoff: maxBackoff, wait: maxWait}
	if d := c.cfg.FirstTokenTimeout; d > 0 {
		p.deadline = c.clock.now().Add(d)
	}
	return c.try(ctx, p, func() error {
		err := c.ask(ctx, a)
		var f *failure
		if a.begun && errors.As(err, &f) {
			f.again = false // the reader has seen text
		}
		return err
	})
}

// ask sends one request and reads its answer: a stream up to its first text, for
// no try follows that.
func (c *Client) ask(ctx context.Context, a *answer) (err error) {
	res, err := c.open(ctx, a.asked)
	if err != nil {
		return err
	}
	a.body = res.Body
	if mediaType(res) == jsonType {
		err = a.readWhole(ctx)
	} else {
		a.events = newEvents(res.Body)
		err = a.readStream(ctx, true)
	}
	if err != nil {
		a.close()
	}
	return err
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
