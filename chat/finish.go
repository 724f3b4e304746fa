package chat

import (
	"context"
	"errors"
	"log/slog"
	"slices"

	"docent"
)

// finish stores the answer as it ended, and then shows its last event.
func (s *Service) finish(a *answering, err error) {
	a.settle()
	last := a.ending(err)
	a.answer.Trace = a.trace.kept(a.arrived.Add(s.cfg.KeepTraces))
	if last.Name == docent.EventError {
		s.logger(a).Log(a.ctx, severity(err), "answer failed", "error", err, "said_bytes", len(a.text))
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(a.ctx), storeTimeout)
	defer cancel()
	if err := s.store.FinishTurn(ctx, a.who.Owner(), a.answer, slices.Concat(a.log(), []docent.Event{last})); err != nil {
		s.logger(a).Error("answer not stored", "error", err)
		last = a.event(docent.EventError, errorData(&docent.Error{
			Code: docent.CodeStore, Message: "the answer could not be stored", Err: err,
		}))
		s.keep(a, last, err)
	}
	s.keepRounds(a)
	s.landed(a) // whoever sees the end finds it in the store
	a.append(last)
}

// ending completes the message to be stored and makes the last event: done for
// an answer that ended or was cancelled, error for one that failed.
func (a *answering) ending(err error) docent.Event {
	cause := context.Cause(a.ctx)
	if err != nil && (errors.Is(cause, errCancelled) || errors.Is(cause, errAbandoned)) {
		a.done.FinishReason, err = docent.FinishCancelled, nil
	}
	if err != nil && errors.Is(cause, errShutdown) {
		err = docent.Errorf(docent.CodeShutdown, "the server stopped before the answer was complete")
	}
	if err != nil {
		a.done.FinishReason = docent.FinishFailed
	}
	a.done.Timings.TotalMS = a.elapsed()
	a.done.Grounded = a.support.grounded()
	a.answer.Grounded = a.done.Grounded
	a.answer.Text = string(a.text)
	a.answer.Citations = a.done.Citations
	a.answer.FinishReason, a.answer.Cause, a.answer.Certain = a.done.FinishReason, a.done.Cause, a.done.Certain
	if a.done.FinishReason != docent.FinishClientTool {
		a.done.ClientCall = nil // it was stopped, or failed, right behind the call
	}
	a.answer.ClientCall = a.done.ClientCall
	a.answer.Usage, a.answer.Timings = a.done.Usage, &a.done.Timings
	if err != nil {
		return a.event(docent.EventError, errorData(err))
	}
	return a.event(docent.EventDone, a.done)
}

// errorData is what a reader is told of an error: never its cause.
func errorData(err error) docent.ErrorData {
	var e *docent.Error
	if !errors.As(err, &e) {
		e = docent.Errorf(docent.CodeInternal, "the answer could not be made")
	}
	told := e.Told()
	if e.Code.OfModel() {
		told = e.Message // what to do about it concerns the server's owner
	}
	return docent.ErrorData{Code: string(e.Code), Message: told, Retryable: e.Code.Retryable()}
}

// severity is of an error's place in the log: what a question is at fault for is
// nothing to mend.
func severity(err error) slog.Level {
	switch docent.CodeOf(err) {
	case docent.CodeInvalid, docent.CodeNotFound, docent.CodeNoIndex, docent.CodeShutdown:
		return slog.LevelInfo
	}
	return slog.LevelError
}

func (s *Service) logger(a *answering) *slog.Logger {
	return s.log.With("message_id", a.answer.ID, "site", a.who.Site)
}
