package storetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// item is a widget of a session.
func item(session, id string) docent.Item {
	return docent.Item{ID: id, SessionID: session, Type: "widget", Body: json.RawMessage(`{"of":"` + id + `","n":null}`), CreatedAt: moment(9)}
}

func put(t *testing.T, s ConversationStore, items ...docent.Item) {
	t.Helper()
	for _, i := range items {
		must(t, s.PutItem(t.Context(), reader, i))
	}
}

func entryID(e docent.Entry) string {
	if e.Item != nil {
		return e.Item.ID
	}
	return e.Message.ID
}

// entries gives the IDs of what stands in a session, oldest first, read in parts.
func entries(t *testing.T, s ConversationStore, session string) []string {
	t.Helper()
	return pages(t, 3, "asc", func(q docent.List) (docent.Listed[docent.Entry], error) {
		return s.Entries(t.Context(), reader, session, q)
	}, entryID)
}

// stands fails the test unless a session has exactly that, oldest first.
func stands(t *testing.T, s ConversationStore, session string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, entries(t, s, session)); diff != "" {
		t.Errorf("in %s (-want +got):\n%s", session, diff)
	}
}

func threadsAreListed(t *testing.T, s ConversationStore) {
	list := func(q docent.List) (docent.Listed[docent.Session], error) { return s.Threads(t.Context(), reader, q) }
	id := func(s docent.Session) string { return s.ID }
	if got := pages(t, 2, "", list, id); got != nil {
		t.Errorf("at first there is %v", got)
	}
	for n, session := range []string{"c", "a", "e", "d", "b"} {
		asked := turn(session, 1)
		asked.Answer.CreatedAt = moment(n / 2)
		must(t, s.FinishTurn(t.Context(), reader, answered(begin(t, s, asked)), nil))
	}
	must(t, s.FinishTurn(t.Context(), reader, answered(begin(t, s, turn("c", 2))), nil)) // a change moves nothing
	want := []string{"b", "e", "d", "c", "a"}
	for _, limit := range []int{1, 2, 5, 100} {
		if diff := cmp.Diff(want, pages(t, limit, "", list, id)); diff != "" {
			t.Errorf("limit %d (-want +got):\n%s", limit, diff)
		}
	}
	slices.Reverse(want)
	if diff := cmp.Diff(want, pages(t, 2, "asc", list, id)); diff != "" {
		t.Errorf("ascending (-want +got):\n%s", diff)
	}
	first, err := list(docent.List{Limit: 2})
	if must(t, err); first.After != "e" {
		t.Errorf("it goes on after %q, want the last row's ID", first.After)
	}
	for name, q := range map[string]docent.List{
		"an unknown row": {After: "unknown"}, "too many": {Limit: 101}, "a negative limit": {Limit: -1}, "an unknown order": {Order: "up"},
	} {
		if _, err := list(q); docent.CodeOf(err) != docent.CodeInvalid {
			t.Errorf("%s: %v, want invalid", name, err)
		}
	}
	_, err = s.Threads(t.Context(), docent.Owner{Site: reader.Site, Subject: "other"}, docent.List{After: "e"})
	code(t, err, docent.CodeInvalid)
}

func itemsStandAmongMessages(t *testing.T, s ConversationStore) {
	ctx := t.Context()
	converse(t, s, "s", 1)
	hidden := item("s", "note")
	hidden.Type, hidden.Hidden = "hidden_context_item", true
	put(t, s, item("s", "w1"), hidden)
	second := begin(t, s, turn("s", 2))
	put(t, s, item("s", "w2"))
	stands(t, s, "s", "s-q1", "s-a1", "w1", "note", "s-q2", "s-a2", "w2")
	must(t, s.FinishTurn(ctx, reader, answered(second), nil))

	latest, err := s.Entries(ctx, reader, "s", docent.List{Limit: 2})
	must(t, err)
	if len(latest.Data) != 2 || entryID(latest.Data[0]) != "w2" || latest.After != "s-a2" || !latest.HasMore {
		t.Errorf("latest first: %+v", latest)
	}
	rest, err := s.Entries(ctx, reader, "s", docent.List{After: "note"}) // a hidden one's place counts
	if must(t, err); len(rest.Data) != 3 || entryID(rest.Data[0]) != "w1" || rest.HasMore || rest.After != "" {
		t.Errorf("before the note: %+v", rest)
	}
	got, err := s.Entry(ctx, reader, "s", "note")
	must(t, err)
	if diff := cmp.Diff(docent.Entry{Item: &hidden}, got); diff != "" {
		t.Errorf("an item (-want +got):\n%s", diff)
	}
	got, err = s.Entry(ctx, reader, "s", "s-a2")
	if must(t, err); got.Message == nil || got.Message.Text != "answer to question 2" || got.Item != nil {
		t.Errorf("a message: %+v", got)
	}
	history, err := s.History(ctx, reader, "s", "", 10)
	must(t, err)
	listed, err := s.Messages(ctx, reader, "s", docent.List{})
	if must(t, err); len(history) != 4 || len(listed.Data) != 4 {
		t.Errorf("items are no messages: %d in the history, %d listed", len(history), len(listed.Data))
	}
	must(t, s.DeleteSession(ctx, reader, "s"))
	converse(t, s, "s", 1)
	stands(t, s, "s", "s-q1", "s-a1")
}

func itemTakesPlace(t *testing.T, s ConversationStore) {
	ctx := t.Context()
	converse(t, s, "s", 1)
	put(t, s, item("s", "form"))
	converse(t, s, "other", 1)
	must(t, s.FinishTurn(ctx, reader, answered(begin(t, s, turn("s", 2))), nil))
	changed := item("s", "form")
	changed.Type, changed.Body, changed.CreatedAt = "structured_input", json.RawMessage(`{"status":"answered"}`), moment(20)
	put(t, s, changed)
	stands(t, s, "s", "s-q1", "s-a1", "form", "s-q2", "s-a2")
	got, err := s.Entry(ctx, reader, "s", "form")
	must(t, err)
	changed.CreatedAt = moment(9) // its own stays
	if diff := cmp.Diff(docent.Entry{Item: &changed}, got); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
	code(t, s.PutItem(ctx, reader, item("other", "form")), docent.CodeConflict)
	code(t, s.PutItem(ctx, reader, item("s", "s-a1")), docent.CodeConflict)
	must(t, s.DeleteItem(ctx, reader, "s", "form"))
	code(t, s.DeleteItem(ctx, reader, "s", "form"), docent.CodeNotFound)
	code(t, s.DeleteItem(ctx, reader, "s", "s-a1"), docent.CodeNotFound)
	put(t, s, item("other", "form"))
	now := item("s", "now")
	now.CreatedAt = time.Time{}
	put(t, s, now)
	if got, err = s.Entry(ctx, reader, "s", "now"); err != nil || got.Item.CreatedAt.Before(moment(0)) {
		t.Errorf("without a time it is of %v, %v", got.Item, err)
	}
}

func itemsAreOwners(t *testing.T, s ConversationStore) {
	ctx := t.Context()
	converse(t, s, "s", 1)
	put(t, s, item("s", "w"))
	for _, o := range []docent.Owner{{Site: reader.Site, Subject: "other"}, {Site: "there", Subject: reader.Subject}, {}} {
		_, err := s.Entries(ctx, o, "s", docent.List{})
		code(t, err, docent.CodeNotFound)
		for _, id := range []string{"w", "s-a1"} {
			_, err = s.Entry(ctx, o, "s", id)
			code(t, err, docent.CodeNotFound)
		}
		code(t, s.PutItem(ctx, o, item("s", "w")), docent.CodeNotFound)
		code(t, s.PutItem(ctx, o, item("s", "theirs")), docent.CodeNotFound)
		code(t, s.DeleteItem(ctx, o, "s", "w"), docent.CodeNotFound)
	}
	converse(t, s, "second", 1)
	for _, id := range []string{"w", "s-a1", "unknown", ""} {
		_, err := s.Entry(ctx, reader, "second", id)
		code(t, err, docent.CodeNotFound)
	}
	code(t, s.DeleteItem(ctx, reader, "second", "w"), docent.CodeNotFound)
	stands(t, s, "s", "s-q1", "s-a1", "w")
}

func entriesRefuse(t *testing.T, s ConversationStore) {
	ctx := t.Context()
	converse(t, s, "s", 1)
	converse(t, s, "other", 1)
	again := begin(t, s, docent.Turn{RetryOf: "s-a1", Answer: docent.Message{ID: "again", CreatedAt: moment(3)}})
	must(t, s.FinishTurn(ctx, reader, answered(again), nil))
	for name, q := range map[string]docent.List{
		"too many": {Limit: 101}, "a negative limit": {Limit: -1}, "an unknown order": {Order: "up"}, "an unknown row": {After: "x"},
		"another session's row": {After: "other-q1"}, "a replaced answer": {After: "s-a1"}, "bytes": {After: "\xff\x00"},
	} {
		if _, err := s.Entries(ctx, reader, "s", q); docent.CodeOf(err) != docent.CodeInvalid {
			t.Errorf("%s: %v, want invalid", name, err)
		}
	}
	_, err := s.Entries(ctx, reader, "unknown", docent.List{})
	code(t, err, docent.CodeNotFound)
	stands(t, s, "s", "s-q1", "again")
}

// rewound retries an answer, with all that stands behind its turn.
func rewound(answer, by string, n int) docent.Turn {
	return docent.Turn{RetryOf: answer, Rewind: true, Answer: docent.Message{ID: by, CreatedAt: moment(n)}}
}

func rewindingDeletes(t *testing.T, s ConversationStore) {
	ctx := t.Context()
	for n := 1; n <= 3; n++ {
		must(t, s.FinishTurn(ctx, reader, answered(begin(t, s, turn("s", n))), nil))
		put(t, s, item("s", fmt.Sprint("w", n)))
	}
	must(t, s.SetFeedback(ctx, reader, "s-a3", docent.Feedback{Rating: "up"}))
	must(t, s.FinishTurn(ctx, reader, answered(begin(t, s, rewound("s-a2", "again", 5))), nil))
	stands(t, s, "s", "s-q1", "s-a1", "w1", "s-q2", "again")
	_, err := s.Message(ctx, reader, "s-q3")
	code(t, err, docent.CodeNotFound)
	must(t, s.FinishTurn(ctx, reader, answered(begin(t, s, turn("s", 3))), nil))
	put(t, s, item("s", "w3"))
	stands(t, s, "s", "s-q1", "s-a1", "w1", "s-q2", "again", "s-q3", "s-a3", "w3")
	must(t, s.FinishTurn(ctx, reader, answered(begin(t, s, rewound("s-a1", "first", 7))), nil))
	stands(t, s, "s", "s-q1", "first")
}

func refusedRewindDeletesNothing(t *testing.T, s ConversationStore) {
	ctx := t.Context()
	converse(t, s, "s", 1)
	put(t, s, item("s", "w"))
	counted := turn("s", 2)
	counted.Bounds = docent.Bounds{PerHour: 1}
	running := begin(t, s, counted)
	_, _, err := s.BeginTurn(ctx, reader, rewound("s-a1", "again", 5))
	code(t, err, docent.CodeConflict)
	must(t, s.FinishTurn(ctx, reader, answered(running), nil))
	bounded := rewound("s-a1", "again", 2)
	bounded.Bounds = counted.Bounds
	_, _, err = s.BeginTurn(ctx, reader, bounded)
	code(t, err, docent.CodeRateLimited)
	stands(t, s, "s", "s-q1", "s-a1", "w", "s-q2", "s-a2")
}
