package storetest

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"docent"
)

// brought is a session from elsewhere: a greeting, a question with two answers and an
// item, and a question without an answer.
func brought() (docent.Session, []docent.Entry) {
	message := func(id, role, text string, n int) docent.Entry {
		m := &docent.Message{ID: id, SessionID: "thr_1", Role: role, Text: text, CreatedAt: moment(n)}
		if role == docent.RoleAssistant {
			m.FinishReason = docent.FinishStop
			m.Citations = []docent.Citation{{N: 1, Title: "T", URL: "https://docs.example/t", Start: 3}}
		}
		return docent.Entry{Message: m}
	}
	note := item("thr_1", "note")
	note.Type, note.Hidden, note.CreatedAt = "hidden_context_item", true, moment(-1)
	return docent.Session{ID: "thr_1", Title: "Before", CreatedAt: moment(-9), Status: docent.StatusLocked, StatusReason: "moved"}, []docent.Entry{
		{Item: &note},
		message("hello", docent.RoleAssistant, "Hello!", 0), message("q1", docent.RoleUser, "one?", 1),
		message("a1", docent.RoleAssistant, "It is.", 2), message("b1", docent.RoleAssistant, "It really is.", 3),
		message("q2", docent.RoleUser, "two?", 4),
	}
}

func bring(t *testing.T, s ConversationStore, session docent.Session, entries []docent.Entry, want docent.Imported) {
	t.Helper()
	got, err := s.Import(t.Context(), reader, session, entries, false)
	must(t, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the import (-want +got):\n%s", diff)
	}
}

func importComesBack(t *testing.T, s ConversationStore) {
	ctx := t.Context()
	session, all := brought()
	tried, err := s.Import(ctx, reader, session, all, true)
	must(t, err)
	if diff := cmp.Diff(docent.Imported{New: true, Added: []int{0, 1, 2, 3, 4, 5}}, tried); diff != "" {
		t.Errorf("tried (-want +got):\n%s", diff)
	}
	_, err = s.Session(ctx, reader, "thr_1")
	code(t, err, docent.CodeNotFound)

	bring(t, s, session, all, docent.Imported{New: true, Added: []int{0, 1, 2, 3, 4, 5}})
	got, err := s.Session(ctx, reader, "thr_1")
	must(t, err)
	session.UpdatedAt = moment(4)
	if diff := cmp.Diff(session, got); diff != "" {
		t.Errorf("the session (-want +got):\n%s", diff)
	}
	listed, err := s.Entries(ctx, reader, "thr_1", docent.List{Order: "asc"})
	must(t, err)
	if diff := cmp.Diff(all, listed.Data, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("what stands in it (-want +got):\n%s", diff)
	}
}

func importingAgain(t *testing.T, s ConversationStore) {
	ctx := t.Context()
	session, all := brought()
	bring(t, s, session, all[:4], docent.Imported{New: true, Added: []int{0, 1, 2, 3}})
	_, err := s.RenameSession(ctx, reader, "thr_1", "Mine")
	must(t, err)
	bring(t, s, session, all[:4], docent.Imported{})
	bring(t, s, session, all, docent.Imported{Added: []int{4, 5}}) // what came later
	bring(t, s, session, all, docent.Imported{})
	stands(t, s, "thr_1", "note", "hello", "q1", "a1", "b1", "q2")
	got, err := s.Session(ctx, reader, "thr_1")
	if must(t, err); got.Title != "Mine" || !got.UpdatedAt.Equal(moment(4)) {
		t.Errorf("the session is %+v", got)
	}
}

func importGoesOn(t *testing.T, s ConversationStore) {
	ctx := t.Context()
	session, all := brought()
	session.Status, session.StatusReason = "", ""
	bring(t, s, session, all[:5], docent.Imported{New: true, Added: []int{0, 1, 2, 3, 4}})
	retried := begin(t, s, docent.Turn{RetryOf: "a1", Answer: docent.Message{ID: "again", CreatedAt: moment(10)}})
	if retried.User.ID != "q1" {
		t.Errorf("a retry asks %+v", retried.User)
	}
	must(t, s.FinishTurn(ctx, reader, answered(retried), nil))
	asked := turn("thr_1", 2)
	must(t, s.FinishTurn(ctx, reader, answered(begin(t, s, asked)), nil))
	stands(t, s, "thr_1", "note", "hello", "q1", "again", "thr_1-q2", "thr_1-a2")
	before, err := s.History(ctx, reader, "thr_1", "hello", 10)
	if must(t, err); len(before) != 0 {
		t.Errorf("before the greeting there is %v", texts(before))
	}
	_, _, err = s.BeginTurn(ctx, reader, docent.Turn{RetryOf: "hello", Answer: docent.Message{ID: "x"}})
	code(t, err, docent.CodeNotFound) // it answers no question
}

func takenIsNotImported(t *testing.T, s ConversationStore) {
	ctx := t.Context()
	session, all := brought()
	other := docent.Owner{Site: reader.Site, Subject: "other"}
	_, err := s.Import(ctx, other, session, all, false)
	must(t, err)
	_, err = s.Import(ctx, reader, session, all, false)
	code(t, err, docent.CodeConflict)
	_, err = s.Session(ctx, reader, "thr_1")
	code(t, err, docent.CodeNotFound)
	session.ID = "thr_2"
	own := item("thr_2", "own")
	bring(t, s, session, append(slices.Clone(all), docent.Entry{Item: &own}), docent.Imported{New: true, Added: []int{6}, Taken: []int{0, 1, 2, 3, 4, 5}})
	stands(t, s, "thr_2", "own")
	ended, end := context.WithCancel(ctx)
	end()
	session.ID = "thr_3"
	if _, err := s.Import(ended, reader, session, nil, false); err == nil {
		t.Error("an ended context stores")
	}
	_, err = s.OwnerOf(ctx, "thr_3")
	code(t, err, docent.CodeNotFound)
}
