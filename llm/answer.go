package llm

import (
	"context"
	"errors"
	"io"
	"time"

	"docent"
)

// finishGrace is how long the rest of a stream is awaited once the answer is
// whole: the usage, and the end that lets the connection be used again.
const finishGrace = 2 * time.Second

var errUnfinished = errors.New("the stream ended without a finish_reason")

// answer is one answer on its way from a response to onDelta. It outlives the
// tries that brought no text.
type answer struct {
	asked   docent.ModelRequest // without messages once text came: no try follows that
	onDelta func(string) error
	stall   time.Duration // between two pieces of text

	*target // that is asked
	watch   watchdog

	body   io.ReadCloser // of the response; nil where there is none
	events *events       // in body; nil where that is one piece of JSON

	result  docent.ModelResult
	begun   bool   // text was given to onDelta
	finish  string // the server's finish_reason; "" until it came
	stopped error  // of onDelta
	chunk   chunk
	halves  halves
	think   thinking
	calls   calls
	input   int        // estimated tokens of the messages, once they were let go of
	output  tokenCount // of all that the model wrote
}

// begin makes a ready for another try.
func (a *answer) begin(t *target, w watchdog) {
	a.target, a.watch = t, w
	a.result, a.finish, a.chunk, a.halves, a.think, a.calls, a.output = docent.ModelResult{}, "", chunk{}, halves{}, thinkingOf(t.swallows.Load()), calls{}, tokenCount{}
}

// account completes the usage of an answer that brought text or calls: tokens
// that the server did not count are estimated.
func (a *answer) account(prices []Price) {
	if !a.begun && len(a.calls.list) == 0 {
		return
	}
	u := &a.result.Usage
	if u.InputTokens == 0 && u.OutputTokens == 0 {
		if !a.begun {
			a.input = tokensOf(a.asked.Messages)
		}
		*u = docent.Usage{InputTokens: a.input, OutputTokens: a.output.total()}
	}
	u.CostUSD = priceOf(prices, a.place.Name, a.result.Model).of(*u)
}

// close closes the response. It may be called again.
func (a *answer) close() {
	if a.body != nil {
		a.body.Close()
		a.body, a.events = nil, nil
	}
}

// readStream reads a stream to its end.
func (a *answer) readStream(ctx context.Context) error {
	for {
		data, err := a.events.next()
		switch {
		case err != nil:
		case string(data) != "[DONE]":
			err = a.take(data)
		case a.finish == "":
			err = errUnfinished
		}
		if err != nil {
			return a.ended(ctx, err)
		}
	}
}

// ended judges a stream by what ended it. Once finish_reason came, nothing that
// follows, or fails to, can spoil the answer.
func (a *answer) ended(ctx context.Context, err error) error {
	var f *failure
	switch {
	case a.stopped != nil:
		return a.stopped
	case a.finish != "":
		return a.check()
	case errors.As(err, &f):
		return f
	case errors.Is(err, errTooLong):
		return a.misspoke(err.Error())
	case err == io.EOF:
		err = errUnfinished
	}
	return interrupted(ctx, a.cut(err))
}

// readWhole reads an answer that came as one piece of JSON.
func (a *answer) readWhole(ctx context.Context) error {
	data, err := io.ReadAll(io.LimitReader(a.body, maxEventBytes+1))
	switch {
	case err != nil:
		return interrupted(ctx, a.cut(err))
	case len(data) > maxEventBytes:
		return a.misspoke(errTooLong.Error())
	}
	if err := a.take(data); err != nil {
		return err
	}
	if a.finish == "" {
		return a.misspoke("JSON without choices[0].finish_reason")
	}
	return a.check()
}

// take passes one chunk on.
func (a *answer) take(data []byte) error {
	if err := a.chunk.decode(data); err != nil {
		return a.misspoke("broken JSON: " + err.Error())
	}
	if e := a.chunk.Error; e != nil {
		return a.judged(e.status(), *e, 0, errors.New("in the stream: "+a.redacted(e.Message)))
	}
	if m := a.chunk.Model; m != "" {
		a.result.Model = m
	}
	if u := a.chunk.Usage; u != nil {
		a.result.Usage = docent.Usage{InputTokens: u.Prompt, OutputTokens: u.Completion, CachedTokens: u.Details.Cached}
	}
	choice := &a.chunk.Choices[0]
	words := a.halves.pass(string(choice.Delta.Content + choice.Message.Content))
	a.output.add(words)
	if err := a.give(a.think.pass(words)); err != nil {
		return err
	}
	for _, piece := range append(choice.Delta.ToolCalls, choice.Message.ToolCalls...) {
		if err := a.call(piece); err != nil {
			return err
		}
	}
	if choice.FinishReason != "" && a.finish == "" {
		if err := a.give(a.think.rest(choice.FinishReason == "length")); err != nil {
			return err
		}
		a.finish = choice.FinishReason
		a.watch.start(finishGrace, silent("the rest of the stream did not come", finishGrace))
	}
	return nil
}

// give passes text on. Only text moves the watchdog, which does not count the
// time that onDelta takes: a slow reader is not a silent server.
func (a *answer) give(text string) error {
	if text == "" {
		return nil
	}
	a.watch.hold()
	a.stopped = a.onDelta(text)
	if a.begun {
		a.watch.heard()
	} else {
		a.begun = true
		a.input = tokensOf(a.asked.Messages)
		a.asked.Messages = nil
		a.watch.start(a.stall, silent("the model did not go on", a.stall))
	}
	return a.stopped
}

// call takes a piece of a call, which is as good as text to whoever waits.
func (a *answer) call(piece toolCall) error {
	a.output.add(string(piece.Function.Arguments))
	if a.begun || len(a.calls.list) > 0 {
		a.watch.heard()
	} else {
		a.watch.start(a.stall, silent("the model did not go on", a.stall))
	}
	if err := a.calls.add(piece); err != nil {
		return a.misspoke(err.Error())
	}
	return nil
}

// check judges an answer that came to its end.
func (a *answer) check() error {
	a.result.Calls = a.calls.done()
	if a.think.stray || a.think.missing {
		a.swallows.Store(a.think.stray)
	}
	switch {
	case a.finish == "content_filter" && a.begun:
		return &failure{censor: true, err: docent.Errorf(docent.CodeModelCut, "the model's server withheld the rest of the answer")}
	case a.begun, len(a.result.Calls) > 0:
	case a.finish == "content_filter":
		return &failure{censor: true, err: docent.Errorf(docent.CodeModelFailed, "the model's server withheld the answer")}
	default:
		return &failure{err: &docent.Error{Code: docent.CodeModelFailed, Message: "the model gave no text", Err: errors.New("finish_reason " + shortened(a.finish))}}
	}
	a.result.FinishReason = docent.FinishStop
	if a.finish == "length" {
		a.result.FinishReason = docent.FinishLength
	}
	return nil
}
