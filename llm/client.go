// Package llm speaks with language models: OpenAI, or any server that speaks
// its Chat Completions.
//
// An answer passes through the files like this:
//
//	config.go     what model: in config.yaml says, checked
//	client.go     Client.Stream: tries, until text came
//	request.go    one request by openai-go; what a server can't take is left out
//	transport.go  the connections
//	sse.go        the response's lines -> events
//	answer.go     events -> deltas, finish reason, usage
//	watchdog.go   how long the model may keep silent
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
package llm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

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
	dialect     dialects
	pause       pause
	clock       clock
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
		completions: openai.NewChatCompletionService(options(cfg)...),
		clock:       realClock(),
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
	a := &answer{onDelta: onDelta, key: c.cfg.APIKey, stall: c.cfg.StallTimeout}
	a.watch = watchdog{clock: c.clock, cancel: cancel}
	defer a.watch.stop()
	a.watch.start(c.cfg.FirstTokenTimeout, silent("the model did not begin to answer", c.cfg.FirstTokenTimeout))

	err := c.try(inner, r, a)
	var f *failure
	switch {
	case err == nil:
		return a.result, nil
	case a.stopped != nil:
		return a.result, a.stopped
	case ctx.Err() != nil:
		return a.result, ended(ctx)
	case errors.As(err, &f):
		return a.result, f.err
	}
	return a.result, err
}

// try asks until an answer was given, text came before a failure, or no
// further try is left.
func (c *Client) try(ctx context.Context, r docent.ModelRequest, a *answer) error {
	var deadline time.Time
	if d := c.cfg.FirstTokenTimeout; d > 0 {
		deadline = c.clock.now().Add(d)
	}
	for try := 0; ; try++ {
		if err := c.awaitPause(ctx, deadline); err != nil {
			return err
		}
		err := c.ask(ctx, r, a)
		var f *failure
		if err == nil || a.stopped != nil || !errors.As(err, &f) {
			return err
		}
		wait := c.waitAfter(f, try)
		if !f.again || a.begun || try >= c.cfg.Retries || wait > c.longest(deadline) {
			return err
		}
		if f.shared {
			continue // the pause that all callers await
		}
		if err := c.clock.sleep(ctx, wait); err != nil {
			return interrupted(ctx, err)
		}
	}
}

// ask sends one request and reads its answer.
func (c *Client) ask(ctx context.Context, r docent.ModelRequest, a *answer) error {
	res, err := c.open(ctx, r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if mediaType(res) == jsonType {
		return a.readWhole(ctx, res.Body)
	}
	return a.readStream(ctx, res.Body)
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
