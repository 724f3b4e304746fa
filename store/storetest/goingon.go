package storetest

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// calling is the answer of a turn that ended with a call of the reader's page.
func calling(t docent.Turn) docent.Message {
	m := t.Answer
	m.Text, m.FinishReason = "Let me look.", docent.FinishClientTool
	m.ClientCall = &docent.ClientCall{ID: "call_1", Name: "get_page_context", Arguments: json.RawMessage(`{"a":null}`), Status: docent.CallPending}
	return m
}

// continued goes on with an answer.
func continued(answer, id string, output string) docent.Turn {
	t := docent.Turn{Continues: answer, Answer: docent.Message{ID: id, CreatedAt: moment(5)}}
	if output != "" {
		t.Output = json.RawMessage(output)
	}
	return t
}

func continuedAnswerStays(t *testing.T, s ConversationStore) {
	ctx := t.Context()
	must(t, s.FinishTurn(ctx, reader, calling(begin(t, s, turn("s", 1))), nil))
	put(t, s, item("s", "w"))
	next := begin(t, s, continued("s-a1", "s-b1", `{"title":"Home"}`))
	if next.User.ID != "s-q1" || next.User.Text != "question 1" || next.Session.ID != "s" || next.Session.Title != "about s" || next.NewSession {
		t.Errorf("it goes on with %+v in %+v", next.User, next.Session)
	}
	stands(t, s, "s", "s-q1", "s-a1", "w", "s-b1")
	must(t, s.FinishTurn(ctx, reader, answered(next), nil))
	third := begin(t, s, continued("s-b1", "s-c1", "")) // as after an action
	must(t, s.FinishTurn(ctx, reader, answered(third), nil))
	must(t, s.FinishTurn(ctx, reader, answered(begin(t, s, turn("s", 2))), nil))

	want := []string{"question 1", "Let me look.", "answer to question 1", "answer to question 1", "question 2", "answer to question 2"}
	history, err := s.History(ctx, reader, "s", "", 10)
	must(t, err)
	if diff := cmp.Diff(want, texts(history)); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	listed, err := s.Messages(ctx, reader, "s", docent.List{})
	must(t, err)
	if diff := cmp.Diff(want, texts(listed.Data)); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	before, err := s.History(ctx, reader, "s", "s-b1", 10)
	must(t, err)
	if diff := cmp.Diff(want[:2], texts(before)); diff != "" {
		t.Errorf("before the second answer (-want +got):\n%s", diff)
	}
}

// laterCallForgetsEarlier: what the reader asked past is not waited for.
func laterCallForgetsEarlier(t *testing.T, s ConversationStore) {
	ctx := t.Context()
	must(t, s.FinishTurn(ctx, reader, calling(begin(t, s, turn("s", 1))), nil))
	must(t, s.FinishTurn(ctx, reader, calling(begin(t, s, turn("s", 2))), nil))
	must(t, s.FinishTurn(ctx, reader, calling(begin(t, s, turn("other", 1))), nil))
	begin(t, s, continued("s-a2", "s-b2", `"done"`))
	for id, want := range map[string]string{"s-a1": "", "s-a2": docent.CallCompleted, "other-a1": docent.CallPending} {
		m, err := s.Message(ctx, reader, id)
		must(t, err)
		got := ""
		if m.ClientCall != nil {
			got = m.ClientCall.Status
		}
		if got != want {
			t.Errorf("the call of %s is %q, want %q", id, got, want)
		}
	}
}

func callComesBack(t *testing.T, s ConversationStore) {
	ctx := t.Context()
	asked := calling(begin(t, s, turn("s", 1)))
	must(t, s.FinishTurn(ctx, reader, asked, nil))
	check := func(want *docent.ClientCall) {
		t.Helper()
		got, err := s.Message(ctx, reader, "s-a1")
		must(t, err)
		if diff := cmp.Diff(want, got.ClientCall); diff != "" {
			t.Errorf("the call (-want +got):\n%s", diff)
		}
	}
	check(asked.ClientCall)
	begin(t, s, continued("s-a1", "s-b1", "null"))
	done := *asked.ClientCall
	done.Status, done.Output = docent.CallCompleted, json.RawMessage("null")
	check(&done)
	plain, err := s.Message(ctx, reader, "s-q1")
	if must(t, err); plain.ClientCall != nil {
		t.Errorf("a question has %+v", plain.ClientCall)
	}
}

func continuingNeedsLastAnswer(t *testing.T, s ConversationStore) {
	ctx := t.Context()
	must(t, s.FinishTurn(ctx, reader, calling(begin(t, s, turn("s", 1))), nil))
	converse(t, s, "plain", 1)
	running := begin(t, s, turn("busy", 1))
	refused := func(name string, o docent.Owner, again docent.Turn, want docent.Code) {
		t.Helper()
		_, _, err := s.BeginTurn(ctx, o, again)
		if got := docent.CodeOf(err); got != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	elsewhere := continued("s-a1", "x", "1")
	elsewhere.Session.ID = "plain"
	refused("unknown", reader, continued("unknown", "x", ""), docent.CodeNotFound)
	refused("another's", docent.Owner{Site: reader.Site, Subject: "other"}, continued("s-a1", "x", "1"), docent.CodeNotFound)
	refused("of another session", reader, elsewhere, docent.CodeNotFound)
	refused("a question", reader, continued("s-q1", "x", ""), docent.CodeInvalid)
	refused("in the making", reader, continued(running.Answer.ID, "x", ""), docent.CodeConflict)
	refused("nothing where a call waits", reader, continued("s-a1", "x", ""), docent.CodeConflict)
	refused("something where none waits", reader, continued("plain-a1", "x", "1"), docent.CodeConflict)
	full := continued("s-a1", "x", "1")
	full.Bounds.Messages = 2
	refused("a full session", reader, full, docent.CodeConflict)
	stands(t, s, "s", "s-q1", "s-a1")

	must(t, s.FinishTurn(ctx, reader, answered(begin(t, s, continued("s-a1", "s-b1", "1"))), nil)) // nothing of what was refused stayed
	refused("twice", reader, continued("s-a1", "x", "1"), docent.CodeConflict)
	again := begin(t, s, docent.Turn{RetryOf: "plain-a1", Answer: docent.Message{ID: "again", CreatedAt: moment(6)}})
	must(t, s.FinishTurn(ctx, reader, calling(again), nil))
	refused("a replaced one", reader, continued("plain-a1", "x", ""), docent.CodeConflict)

	// A question may be asked while a call waits, which then waits for nothing.
	must(t, s.FinishTurn(ctx, reader, answered(begin(t, s, turn("plain", 2))), nil))
	m, err := s.Message(ctx, reader, "again")
	if must(t, err); m.ClientCall.Status != docent.CallPending {
		t.Errorf("the call became %+v", m.ClientCall)
	}
	refused("after another question", reader, continued("again", "x", "1"), docent.CodeConflict)
}

func retryReplacesTurn(t *testing.T, s ConversationStore) {
	ctx := t.Context()
	must(t, s.FinishTurn(ctx, reader, calling(begin(t, s, turn("s", 1))), nil))
	put(t, s, item("s", "w1"))
	must(t, s.FinishTurn(ctx, reader, answered(begin(t, s, continued("s-a1", "s-b1", "1"))), nil))
	put(t, s, item("s", "w2"))
	must(t, s.FinishTurn(ctx, reader, answered(begin(t, s, turn("s", 2))), nil))
	put(t, s, item("s", "w3"))
	again := begin(t, s, docent.Turn{RetryOf: "s-b1", Answer: docent.Message{ID: "again", CreatedAt: moment(6)}})
	must(t, s.FinishTurn(ctx, reader, answered(again), nil))
	stands(t, s, "s", "s-q1", "again", "s-q2", "s-a2", "w3")
	history, err := s.History(ctx, reader, "s", "", 10)
	must(t, err)
	if len(history) != 4 {
		t.Errorf("the history has %v", texts(history))
	}
}

func lockedTakesNoTurn(t *testing.T, s ConversationStore) {
	ctx := t.Context()
	converse(t, s, "s", 1)
	begun := begin(t, s, turn("late", 1))
	for _, status := range []string{docent.StatusLocked, docent.StatusClosed} {
		set, err := s.SetStatus(ctx, reader, "s", status, "the release is out")
		must(t, err)
		stored, err := s.Session(ctx, reader, "s")
		must(t, err)
		if diff := cmp.Diff(stored, set); diff != "" || set.Status != status || set.StatusReason != "the release is out" {
			t.Errorf("set to %+v (-stored +got):\n%s", set, diff)
		}
		for name, asked := range map[string]docent.Turn{
			"a question": turn("s", 2), "a retry": {RetryOf: "s-a1", Answer: docent.Message{ID: "x"}}, "a continuation": continued("s-a1", "x", ""),
		} {
			_, _, err := s.BeginTurn(ctx, reader, asked)
			var told *docent.Error
			if !errors.As(err, &told) || told.Code != docent.CodeConflict || !strings.Contains(told.Message, status) || !strings.Contains(told.Message, "the release is out") {
				t.Errorf("%s in a session that is %s: %v", name, status, err)
			}
		}
	}
	stands(t, s, "s", "s-q1", "s-a1")
	listed, err := s.Threads(ctx, reader, docent.List{Order: "desc"})
	if must(t, err); len(listed.Data) != 2 || listed.Data[0].StatusReason == "" {
		t.Errorf("listed: %+v", listed.Data)
	}
	_, err = s.SetStatus(ctx, reader, "late", docent.StatusClosed, "")
	must(t, err)
	must(t, s.FinishTurn(ctx, reader, answered(begun), nil)) // what was begun ends

	_, err = s.SetStatus(ctx, reader, "s", "open", "")
	code(t, err, docent.CodeInvalid)
	_, err = s.SetStatus(ctx, docent.Owner{Site: reader.Site, Subject: "other"}, "s", docent.StatusActive, "")
	code(t, err, docent.CodeNotFound)
	_, err = s.SetStatus(ctx, reader, "unknown", docent.StatusActive, "")
	code(t, err, docent.CodeNotFound)
	_, err = s.SetStatus(ctx, reader, "s", docent.StatusActive, "")
	must(t, err)
	begin(t, s, turn("s", 2))
	must(t, s.DeleteSession(ctx, reader, "late"))
}

func allSessionsAreSeen(t *testing.T, s ConversationStore) {
	ctx := t.Context()
	other, there := docent.Owner{Site: reader.Site, Subject: "other"}, docent.Owner{Site: "there", Subject: reader.Subject}
	for n, o := range []docent.Owner{reader, other, there} {
		asked := turn([]string{"mine", "theirs", "elsewhere"}[n], 1)
		asked.Answer.CreatedAt = moment(n)
		_, _, err := s.BeginTurn(ctx, o, asked)
		must(t, err)
	}
	check := func(site, subject string, want ...string) {
		t.Helper()
		var got []string
		must(t, s.EachSession(ctx, site, subject, func(o docent.Owner, session docent.Session) error {
			whose, err := s.OwnerOf(ctx, session.ID)
			if err != nil || whose != o {
				t.Errorf("%s is of %v, %v, listed as %v's", session.ID, whose, err, o)
			}
			got = append(got, session.ID)
			return nil
		}))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("of %q, %q (-want +got):\n%s", site, subject, diff)
		}
	}
	check("", "", "elsewhere", "theirs", "mine")
	check(reader.Site, "", "theirs", "mine")
	check("", reader.Subject, "elsewhere", "mine")
	check("there", "other")
	_, err := s.OwnerOf(ctx, "unknown")
	code(t, err, docent.CodeNotFound)
	enough := errors.New("enough")
	if err := s.EachSession(ctx, "", "", func(docent.Owner, docent.Session) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("an error of the function becomes %v", err)
	}
}
