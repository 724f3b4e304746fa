package server

import (
	"context"
	"errors"
	"slices"

	"docent"
	"docent/chat"
	"docent/eval"
	"docent/store/sqlite"
)

// Explanation is an answer with how it came to be.
type Explanation struct {
	Answer docent.Message `json:"answer"`
	Trace  docent.Trace   `json:"trace"`
}

// Explain gives an answer of a site with how it came to be; messageID "" is the
// site's latest answer. docent.CodeNotFound where that is not kept.
func Explain(ctx context.Context, cfg Config, site, messageID string) (e Explanation, err error) {
	path, err := cfg.databasePath()
	if err != nil {
		return e, err
	}
	c, err := sqlite.OpenConversations(path)
	if err != nil {
		return e, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if e, err = traced(ctx, c, site, messageID); err != nil {
		return e, err
	}
	if from := chat.MadeAs(e.Trace); from != "" {
		// How it was made stands with the answer that it was taken from, as long as that is kept.
		made, err := traced(ctx, c, site, from)
		if err == nil {
			made.Trace.At, made.Trace.Question, made.Trace.Steps = e.Trace.At, e.Trace.Question, append(e.Trace.Steps, made.Trace.Steps...)
			e.Trace = made.Trace
		} else if docent.CodeOf(err) != docent.CodeNotFound {
			return e, err
		}
	}
	return e, nil
}

// traced reads an answer with its trace.
func traced(ctx context.Context, c *sqlite.Conversations, site, messageID string) (e Explanation, err error) {
	var packed []byte
	if e.Answer, packed, err = c.Trace(ctx, site, messageID); err != nil {
		return e, err
	}
	if e.Trace, err = chat.ReadTrace(packed); err != nil {
		err = &docent.Error{Code: docent.CodeStore, Message: "how the answer came to be can't be read", Err: err}
	}
	return e, err
}

// Question makes a line of a question file of an explained answer: what it cites
// is relevant, and a refusal says that there is no answer. It is a draft: whether
// that is right, a person has to say. Errors are docent.CodeInvalid.
func (e Explanation) Question() (eval.Question, error) {
	q := eval.Question{
		Question: e.Trace.Question, History: e.Trace.History, Filters: e.Trace.Filters, Relevant: []eval.Target{},
		Answerable: e.Answer.FinishReason != docent.FinishRefused, Source: "docent explain " + e.Answer.ID,
	}
	for _, p := range e.Trace.Passages {
		if !q.Answerable || !slices.ContainsFunc(e.Answer.Citations, func(c docent.Citation) bool { return c.N == p.N }) {
			continue
		}
		t := eval.Target{Path: p.Path, Anchor: &p.Anchor}
		if !slices.ContainsFunc(q.Relevant, func(o eval.Target) bool { return o.String() == t.String() }) {
			q.Relevant = append(q.Relevant, t)
		}
	}
	if e.Trace.Zone == "" {
		return q, &docent.Error{Code: docent.CodeInvalid, Message: "the message asked nothing of the documentation, so that no question comes of it"}
	}
	if q.Answerable && len(q.Relevant) == 0 {
		return q, &docent.Error{Code: docent.CodeInvalid, Message: "the answer cites nothing, so that nothing says what is relevant",
			Hint: "write the line by hand: 'docent eval --help' shows one"}
	}
	return q, nil
}
