package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"docent"
	"docent/access"
	"docent/chat"
	"docent/eval"
)

// answerQuestions answers the questions on the configured model, or without one
// in the documents' own words, and notes in results what came of it. Conversations
// go to a database of their own that is removed again.
func answerQuestions(ctx context.Context, cfg Config, site string, questions []eval.Question, results []eval.Result, o eval.AnswerOptions) (err error) {
	dir, err := os.MkdirTemp("", "docent-eval-answers-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cfg.DatabaseURL = filepath.Join(dir, "conversations.db")
	cfg.Chat.KeepTraces = 24 * time.Hour // they say which sections are cited
	srv, err := New(cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Close()) }()
	return eval.RunAnswers(ctx, questions, results, o, func(ctx context.Context, q eval.Question) (eval.Answer, error) {
		return srv.answerOne(ctx, site, q)
	})
}

// answerOne asks as a reader of its own, whom no limit has counted before.
func (s *Server) answerOne(ctx context.Context, site string, q eval.Question) (eval.Answer, error) {
	who := access.Local()
	who.Site, who.Subject = site, fmt.Sprint("eval-", q.Line)
	started, err := s.answers.Start(ctx, who, docent.Ask{Message: q.Question, History: q.History, Filters: q.Filters, Fresh: true})
	if err != nil {
		return eval.Answer{}, err
	}
	var last docent.Event
	err = s.answers.Follow(ctx, who, started.MessageID, 0, func(events []docent.Event) error {
		last = events[len(events)-1]
		return nil
	})
	if err != nil {
		return eval.Answer{}, errors.Join(err, s.answers.Cancel(context.WithoutCancel(ctx), who, started.MessageID))
	}
	if last.Name == docent.EventError {
		var d docent.ErrorData
		if err := json.Unmarshal(last.Data, &d); err != nil || d.Code == string(docent.CodeStore) {
			return eval.Answer{}, errors.Join(err, docent.Errorf(docent.CodeStore, "%s", d.Message))
		}
	}
	m, packed, err := s.conversations.Trace(ctx, site, started.MessageID)
	if err != nil {
		return eval.Answer{}, err
	}
	trace, err := chat.ReadTrace(packed)
	return measured(m, trace), err
}

// measured is what is measured of an answer.
func measured(m docent.Message, t docent.Trace) eval.Answer {
	a := eval.Answer{Text: m.Text, Finish: m.FinishReason, Cause: m.Cause, Model: t.Model, Usage: m.Usage}
	if m.Timings != nil {
		a.Timings = *m.Timings
	}
	for _, c := range m.Citations {
		for _, p := range t.Passages {
			if p.N == c.N {
				a.Cited = append(a.Cited, eval.Target{Path: p.Path, Anchor: &p.Anchor})
			}
		}
	}
	for _, s := range t.Sentences {
		if s.Text == "" { // it was shown
			a.Sentences = append(a.Sentences, s.State)
		}
	}
	return a
}
