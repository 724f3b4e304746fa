package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"docent"
)

var reader = docent.Owner{Site: docent.DefaultSite, Subject: "reader"}

// turn is question n of a session, asked at moment n. The first one, 1, begins
// the session.
func turn(session string, n int) docent.Turn {
	t := docent.Turn{
		Session: docent.Session{ID: session},
		User: docent.Message{ID: fmt.Sprintf("%s-q%d", session, n), SessionID: session, Role: docent.RoleUser,
			Text: fmt.Sprint("question ", n), CreatedAt: moment(n)},
		Answer: docent.Message{ID: fmt.Sprintf("%s-a%d", session, n), SessionID: session, Role: docent.RoleAssistant, CreatedAt: moment(n)},
	}
	if n == 1 {
		t.NewSession = true
		t.Session.Title = "about " + session
	}
	return t
}

// begin stores a turn.
func begin(t *testing.T, s ConversationStore, t1 docent.Turn) docent.Turn {
	t.Helper()
	stored, joined, err := s.BeginTurn(t.Context(), reader, t1)
	must(t, err)
	if joined {
		t.Fatal("a new turn has joined another")
	}
	return stored
}

// answered is the answer of a turn as it ended.
func answered(t docent.Turn) docent.Message {
	m := t.Answer
	m.Text, m.FinishReason = "answer to "+t.User.Text, docent.FinishStop
	return m
}

// converse stores n turns with their answers.
func converse(t *testing.T, s ConversationStore, session string, n int) {
	t.Helper()
	for i := 1; i <= n; i++ {
		stored := begin(t, s, turn(session, i))
		must(t, s.FinishTurn(t.Context(), reader, answered(stored), nil))
	}
}

// texts gives the texts of messages.
func texts(messages []docent.Message) []string {
	var list []string
	for _, m := range messages {
		list = append(list, m.Text)
	}
	return list
}

func turnComesBack(t *testing.T, s ConversationStore) {
	asked := turn("s", 1)
	asked.User.Text = "what is «x»? \t \u2028 🙂"
	stored := begin(t, s, asked)
	want := docent.Session{ID: "s", Title: "about s", Status: "active", CreatedAt: moment(1), UpdatedAt: moment(1)}
	if diff := cmp.Diff(want, stored.Session); diff != "" {
		t.Errorf("session (-want +got):\n%s", diff)
	}
	grounded := 0.25
	answer := stored.Answer
	answer.Text = "it is [1]\n\n```go\nx <- 1\n```\n"
	answer.Citations = []docent.Citation{{N: 1, Title: "T", Heading: "H", URL: "/u#a", Snippet: "s <b>", Start: 6}}
	answer.Sources = []docent.Source{{N: 1, ID: "c", Title: "T", Heading: "H", URL: "/u#a", Snippet: "s", Score: 0.875, Source: "guide", Version: "2"}}
	answer.FinishReason, answer.Cause, answer.Certain = docent.FinishExtractive, docent.CauseNoModel, "uncertain"
	answer.Grounded = &grounded
	answer.Usage = docent.Usage{InputTokens: 1, OutputTokens: 2, CachedTokens: 3, CostUSD: 0.0001}
	answer.Timings = &docent.Timings{RetrievalMS: 1.5, FirstTokenMS: 2, TotalMS: 3.25}
	must(t, s.FinishTurn(t.Context(), reader, answer, nil))

	got, err := s.Message(t.Context(), reader, answer.ID)
	must(t, err)
	if diff := cmp.Diff(answer, got); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	got, err = s.Message(t.Context(), reader, asked.User.ID)
	must(t, err)
	if diff := cmp.Diff(asked.User, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("question (-want +got):\n%s", diff)
	}
	if got.Citations == nil || got.Sources == nil {
		t.Error("lists are empty, never nil, since clients see them")
	}
}

func oneAnswerAtATime(t *testing.T, s ConversationStore) {
	first := begin(t, s, turn("s", 1))
	_, _, err := s.BeginTurn(t.Context(), reader, turn("s", 2))
	code(t, err, docent.CodeConflict)
	_, err = s.Message(t.Context(), reader, "s-q2") // nothing of it is stored
	code(t, err, docent.CodeNotFound)
	begin(t, s, turn("other", 1))
	must(t, s.FinishTurn(t.Context(), reader, answered(first), nil))
	begin(t, s, turn("s", 2))

	again := turn("s", 1) // a session and messages that are there
	_, _, err = s.BeginTurn(t.Context(), reader, again)
	code(t, err, docent.CodeConflict)
	_, _, err = s.BeginTurn(t.Context(), reader, turn("unknown", 2))
	code(t, err, docent.CodeNotFound)
}

func answerEndsOnce(t *testing.T, s ConversationStore) {
	stored := begin(t, s, turn("s", 1))
	must(t, s.FinishTurn(t.Context(), reader, answered(stored), nil))
	late := answered(stored)
	late.Text = "too late"
	code(t, s.FinishTurn(t.Context(), reader, late, nil), docent.CodeConflict)
	late.ID = "unknown"
	code(t, s.FinishTurn(t.Context(), reader, late, nil), docent.CodeNotFound)
	got, err := s.Message(t.Context(), reader, stored.Answer.ID)
	must(t, err)
	if got.Text != "answer to question 1" {
		t.Errorf("the answer became %q", got.Text)
	}
}

func historyIsLatest(t *testing.T, s ConversationStore) {
	converse(t, s, "s", 3)
	running := begin(t, s, turn("s", 4))
	for _, check := range []struct {
		before string
		limit  int
		want   []string
	}{
		{running.User.ID, 3, []string{"answer to question 2", "question 3", "answer to question 3"}},
		{"s-q2", 10, []string{"question 1", "answer to question 1"}},
		{"s-q1", 10, nil},
		{running.User.ID, 0, nil},
		{"", 3, []string{"answer to question 3", "question 4", ""}},
	} {
		got, err := s.History(t.Context(), reader, "s", check.before, check.limit)
		must(t, err)
		if diff := cmp.Diff(check.want, texts(got)); diff != "" {
			t.Errorf("before %q, limit %d (-want +got):\n%s", check.before, check.limit, diff)
		}
	}
	_, err := s.History(t.Context(), reader, "unknown", "", 3)
	code(t, err, docent.CodeNotFound)
	_, err = s.History(t.Context(), reader, "s", "unknown", 3)
	code(t, err, docent.CodeNotFound)
}

func retryTakesPlace(t *testing.T, s ConversationStore) {
	converse(t, s, "s", 2)
	retry := docent.Turn{RetryOf: "s-a1", Session: docent.Session{ID: "s"}, Answer: docent.Message{ID: "again", CreatedAt: moment(5)}}
	stored := begin(t, s, retry)
	if stored.User.ID != "s-q1" || stored.User.Text != "question 1" || stored.Answer.SessionID != "s" || stored.NewSession {
		t.Errorf("the retry asks %+v, answers %+v", stored.User, stored.Answer)
	}
	if stored.Session.Title != "about s" || !stored.Session.UpdatedAt.Equal(moment(5)) {
		t.Errorf("the retry's session is %+v", stored.Session)
	}
	answer := stored.Answer
	answer.Text, answer.FinishReason = "better answer", docent.FinishStop
	must(t, s.FinishTurn(t.Context(), reader, answer, nil))

	want := []string{"question 1", "better answer", "question 2", "answer to question 2"}
	history, err := s.History(t.Context(), reader, "s", "", 10)
	must(t, err)
	if diff := cmp.Diff(want, texts(history)); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	listed, err := s.Messages(t.Context(), reader, "s", docent.List{})
	must(t, err)
	if diff := cmp.Diff(want, texts(listed.Data)); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	replaced, err := s.Message(t.Context(), reader, "s-a1")
	if must(t, err); replaced.Text != "answer to question 1" {
		t.Errorf("the replaced answer is %q", replaced.Text)
	}
	third := begin(t, s, docent.Turn{RetryOf: "again", Answer: docent.Message{ID: "third", CreatedAt: moment(6)}})
	if third.User.ID != "s-q1" || third.Session.ID != "s" {
		t.Errorf("a retry of a retry asks %+v", third.User)
	}
}

func retryThatFails(t *testing.T, s ConversationStore) {
	for i, c := range []struct {
		why  docent.FinishReason
		text string
		want []string
	}{
		{docent.FinishFailed, "", []string{"answer to question 1"}},
		{docent.FinishFailed, "broken", []string{"answer to question 1"}},
		{docent.FinishCancelled, " ", []string{"answer to question 1"}},
		{docent.FinishCancelled, "half", []string{"half"}},
		{docent.FinishStop, "", []string{""}},
	} {
		id := fmt.Sprint("s", i)
		converse(t, s, id, 2)
		again := begin(t, s, docent.Turn{RetryOf: id + "-a1", Answer: docent.Message{ID: id + "-again", CreatedAt: moment(5)}}).Answer
		again.Text, again.FinishReason = c.text, c.why
		must(t, s.FinishTurn(t.Context(), reader, again, nil))
		listed, err := s.Messages(t.Context(), reader, id, docent.List{})
		must(t, err)
		if diff := cmp.Diff(slices.Concat([]string{"question 1"}, c.want, []string{"question 2", "answer to question 2"}), texts(listed.Data)); diff != "" {
			t.Errorf("%s, %q (-want +got):\n%s", c.why, c.text, diff)
		}
		once := begin(t, s, docent.Turn{RetryOf: again.ID, Answer: docent.Message{ID: id + "-once", CreatedAt: moment(6)}}).Answer
		once.Text, once.FinishReason = "better", docent.FinishStop
		must(t, s.FinishTurn(t.Context(), reader, once, nil))
		listed, err = s.Messages(t.Context(), reader, id, docent.List{})
		must(t, err)
		if diff := cmp.Diff([]string{"question 1", "better", "question 2", "answer to question 2"}, texts(listed.Data)); diff != "" {
			t.Errorf("retried once more (-want +got):\n%s", diff)
		}
	}
}

func retryNeedsAnswer(t *testing.T, s ConversationStore) {
	converse(t, s, "s", 1)
	running := begin(t, s, turn("s", 2))
	for name, check := range map[string]struct {
		turn docent.Turn
		want docent.Code
	}{
		"unknown":              {docent.Turn{RetryOf: "unknown"}, docent.CodeNotFound},
		"a question":           {docent.Turn{RetryOf: "s-q1"}, docent.CodeInvalid},
		"in the making":        {docent.Turn{RetryOf: running.Answer.ID}, docent.CodeConflict},
		"beside one":           {docent.Turn{RetryOf: "s-a1"}, docent.CodeConflict},
		"of another session's": {docent.Turn{RetryOf: "s-a1", Session: docent.Session{ID: "other"}}, docent.CodeNotFound},
	} {
		check.turn.Answer = docent.Message{ID: "again", CreatedAt: moment(3)}
		_, _, err := s.BeginTurn(t.Context(), reader, check.turn)
		if got := docent.CodeOf(err); got != check.want {
			t.Errorf("%s: code %q, want %q", name, got, check.want)
		}
	}
	history, err := s.History(t.Context(), reader, "s", running.User.ID, 10)
	must(t, err)
	if diff := cmp.Diff([]string{"question 1", "answer to question 1"}, texts(history)); diff != "" {
		t.Errorf("a refused retry changed the history (-want +got):\n%s", diff)
	}
}

func keyJoins(t *testing.T, s ConversationStore) {
	keyed := func(session string, at time.Time) docent.Turn {
		asked := turn(session, 1)
		asked.IdempotencyKey, asked.Answer.CreatedAt = "key", at
		return asked
	}
	first := begin(t, s, keyed("one", moment(1)))
	earlier, joined, err := s.BeginTurn(t.Context(), reader, keyed("two", moment(10)))
	must(t, err)
	if !joined || earlier.Session.ID != "one" || earlier.User.ID != first.User.ID || earlier.Answer.ID != first.Answer.ID {
		t.Errorf("joined %v: %+v", joined, earlier)
	}
	_, err = s.Session(t.Context(), reader, "two")
	code(t, err, docent.CodeNotFound)

	other := docent.Owner{Site: reader.Site, Subject: "other"}
	if _, joined, err := s.BeginTurn(t.Context(), other, keyed("theirs", moment(2))); err != nil || joined {
		t.Errorf("another's key: joined %v, %v", joined, err)
	}
	must(t, s.FinishTurn(t.Context(), reader, answered(first), nil))
	if earlier, joined, err = s.BeginTurn(t.Context(), reader, keyed("two", moment(10))); err != nil || !joined || earlier.Answer.Text != "answer to question 1" {
		t.Errorf("after its end: joined %v, %+v, %v", joined, earlier.Answer, err)
	}
	begin(t, s, keyed("two", moment(11)))
	must(t, s.DeleteSession(t.Context(), reader, "two"))
	begin(t, s, keyed("three", moment(12)))
}

// failedKeyRetries: the key of an answer that failed is that of its retry.
func failedKeyRetries(t *testing.T, s ConversationStore) {
	asked := turn("s", 1)
	asked.IdempotencyKey = "key"
	first := begin(t, s, asked)
	retry := docent.Turn{RetryOf: first.Answer.ID, IdempotencyKey: "key", Answer: docent.Message{ID: "again", CreatedAt: moment(2)}}
	if _, joined, err := s.BeginTurn(t.Context(), reader, retry); err != nil || !joined {
		t.Errorf("in the making: joined %v, %v", joined, err)
	}
	failed := first.Answer
	failed.FinishReason = docent.FinishFailed
	must(t, s.FinishTurn(t.Context(), reader, failed, nil))
	if again, joined, err := s.BeginTurn(t.Context(), reader, asked); err != nil || !joined || again.Answer.FinishReason != docent.FinishFailed {
		t.Errorf("after its failure: joined %v, %+v, %v", joined, again.Answer, err)
	}
	if second := begin(t, s, retry); second.User.ID != first.User.ID || second.RetryOf != first.Answer.ID {
		t.Errorf("its retry is %+v", second)
	}
	if again, joined, err := s.BeginTurn(t.Context(), reader, asked); err != nil || !joined || again.Answer.ID != "again" {
		t.Errorf("the key then leads to %+v: joined %v, %v", again.Answer, joined, err)
	}
}

func outlivesRestart(t *testing.T, open func() ConversationStore) {
	s := open()
	converse(t, s, "s", 2)
	must(t, s.SetFeedback(t.Context(), reader, "s-a2", docent.Feedback{Rating: "up"}))
	must(t, s.Close())
	must(t, s.Close())
	s = open()
	listed, err := s.Messages(t.Context(), reader, "s", docent.List{})
	must(t, err)
	want := []string{"question 1", "answer to question 1", "question 2", "answer to question 2"}
	if diff := cmp.Diff(want, texts(listed.Data)); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	if listed.Data[3].Feedback == nil {
		t.Error("the feedback is gone")
	}
	begin(t, s, turn("s", 3))
}

func endedContextStoresNothing(t *testing.T, s ConversationStore) {
	converse(t, s, "s", 1)
	ended, end := context.WithCancel(t.Context())
	end()
	_, _, err := s.BeginTurn(ended, reader, turn("s", 2))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("BeginTurn gives %v, want the context's error", err)
	}
	if err := s.DeleteSession(ended, reader, "s"); !errors.Is(err, context.Canceled) {
		t.Errorf("DeleteSession gives %v, want the context's error", err)
	}
	begin(t, s, turn("s", 2))
}
