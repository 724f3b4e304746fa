package storetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

func othersAreNotFound(t *testing.T, s ConversationStore) {
	converse(t, s, "s", 1)
	begin(t, s, turn("s", 2))
	ctx := t.Context()
	for _, o := range []docent.Owner{{Site: reader.Site, Subject: "other"}, {Site: "there", Subject: reader.Subject}, {}} {
		checks := map[string]error{}
		_, _, checks["BeginTurn"] = s.BeginTurn(ctx, o, turn("s", 3))
		_, _, checks["BeginTurn, retry"] = s.BeginTurn(ctx, o, docent.Turn{RetryOf: "s-a1", Answer: docent.Message{ID: "x"}})
		checks["FinishTurn"] = s.FinishTurn(ctx, o, docent.Message{ID: "s-a2", FinishReason: docent.FinishStop}, nil)
		_, checks["History"] = s.History(ctx, o, "s", "", 5)
		_, checks["Message"] = s.Message(ctx, o, "s-a1")
		_, checks["Events"] = s.Events(ctx, o, "s-a1")
		_, checks["Session"] = s.Session(ctx, o, "s")
		_, checks["RenameSession"] = s.RenameSession(ctx, o, "s", "mine")
		checks["DeleteSession"] = s.DeleteSession(ctx, o, "s")
		_, checks["Messages"] = s.Messages(ctx, o, "s", docent.List{})
		checks["SetFeedback"] = s.SetFeedback(ctx, o, "s-a1", docent.Feedback{Rating: "up"})
		for name, err := range checks {
			if got := docent.CodeOf(err); got != docent.CodeNotFound {
				t.Errorf("%s of %+v: code %q, want not_found", name, o, got)
			}
		}
		listed, err := s.Sessions(ctx, o, docent.List{})
		if must(t, err); len(listed.Data) != 0 {
			t.Errorf("%+v sees %v", o, listed.Data)
		}
	}
	m, err := s.Message(ctx, reader, "s-a1")
	must(t, err)
	session, err := s.Session(ctx, reader, "s")
	if must(t, err); session.Title != "about s" || m.Feedback != nil {
		t.Errorf("something of another's was changed: %+v, %+v", session, m)
	}
}

// pages reads a list to its end in parts of limit, and gives what it saw.
func pages[T any](t *testing.T, limit int, order string, list func(docent.List) (docent.Listed[T], error), name func(T) string) []string {
	t.Helper()
	var names []string
	for q := (docent.List{Limit: limit, Order: order}); ; {
		part, err := list(q)
		must(t, err)
		if part.Data == nil || part.HasMore != (part.After != "") || len(part.Data) > limit {
			t.Fatalf("a part of %d, more %v, after %q", len(part.Data), part.HasMore, part.After)
		}
		for _, row := range part.Data {
			names = append(names, name(row))
		}
		if !part.HasMore {
			return names
		}
		q.After = part.After
	}
}

func sessionsAreListed(t *testing.T, s ConversationStore) {
	list := func(q docent.List) (docent.Listed[docent.Session], error) { return s.Sessions(t.Context(), reader, q) }
	id := func(s docent.Session) string { return s.ID }
	if got := pages(t, 2, "", list, id); got != nil {
		t.Errorf("at first there is %v", got)
	}
	for _, session := range []string{"a", "b", "c", "d", "e"} {
		converse(t, s, session, 1) // all at one moment
	}
	again := begin(t, s, turn("b", 2))
	must(t, s.FinishTurn(t.Context(), reader, answered(again), nil))
	want := []string{"b", "e", "d", "c", "a"}
	for _, limit := range []int{1, 2, 4, 5, 100} {
		if diff := cmp.Diff(want, pages(t, limit, "", list, id)); diff != "" {
			t.Errorf("limit %d (-want +got):\n%s", limit, diff)
		}
	}
	slices.Reverse(want)
	if diff := cmp.Diff(want, pages(t, 2, "asc", list, id)); diff != "" {
		t.Errorf("ascending (-want +got):\n%s", diff)
	}
	part, err := list(docent.List{Limit: 2})
	must(t, err)
	must(t, s.DeleteSession(t.Context(), reader, "e")) // the row that the cursor stands on
	rest, err := list(docent.List{Limit: 2, After: part.After})
	must(t, err)
	if len(rest.Data) != 2 || rest.Data[0].ID != "d" {
		t.Errorf("after a deleted row comes %v", rest.Data)
	}
}

func messagesAreListed(t *testing.T, s ConversationStore) {
	converse(t, s, "s", 13)
	converse(t, s, "other", 1)
	list := func(q docent.List) (docent.Listed[docent.Message], error) {
		return s.Messages(t.Context(), reader, "s", q)
	}
	id := func(m docent.Message) string { return m.ID }
	var want []string
	for n := 1; n <= 13; n++ {
		want = append(want, fmt.Sprintf("s-q%d", n), fmt.Sprintf("s-a%d", n))
	}
	first, err := list(docent.List{})
	if must(t, err); len(first.Data) != 20 || !first.HasMore {
		t.Errorf("a part is 20, not %d, more %v", len(first.Data), first.HasMore)
	}
	for _, limit := range []int{1, 3, 26, 100} {
		if diff := cmp.Diff(want, pages(t, limit, "asc", list, id)); diff != "" {
			t.Errorf("limit %d (-want +got):\n%s", limit, diff)
		}
	}
	slices.Reverse(want)
	if diff := cmp.Diff(want, pages(t, 7, "desc", list, id)); diff != "" {
		t.Errorf("descending (-want +got):\n%s", diff)
	}
	_, err = s.Messages(t.Context(), reader, "unknown", docent.List{})
	code(t, err, docent.CodeNotFound)
}

func listRefuses(t *testing.T, s ConversationStore) {
	converse(t, s, "s", 2)
	converse(t, s, "other", 2)
	ctx := t.Context()
	messages, err := s.Messages(ctx, reader, "s", docent.List{Limit: 1})
	must(t, err)
	sessions, err := s.Sessions(ctx, reader, docent.List{Limit: 1})
	must(t, err)
	for name, q := range map[string]docent.List{
		"too many":               {Limit: 101},
		"a negative limit":       {Limit: -1},
		"an unknown order":       {Order: "random"},
		"no cursor":              {After: "x"},
		"bytes":                  {After: "\xff\x00"},
		"a changed cursor":       {After: messages.After[:len(messages.After)-2]},
		"a cursor of sessions":   {After: sessions.After},
		"a cursor of that order": {After: messages.After, Order: "desc"},
		"a long cursor":          {After: strings.Repeat("A", 100000)},
	} {
		_, err := s.Messages(ctx, reader, "s", q)
		if got := docent.CodeOf(err); got != docent.CodeInvalid {
			t.Errorf("%s: code %q, want invalid", name, got)
		}
	}
	_, err = s.Messages(ctx, reader, "other", docent.List{After: messages.After})
	code(t, err, docent.CodeInvalid)
	_, err = s.Sessions(ctx, docent.Owner{Site: reader.Site, Subject: "other"}, docent.List{After: sessions.After})
	code(t, err, docent.CodeInvalid)
	_, err = s.Sessions(ctx, reader, docent.List{Limit: 101})
	code(t, err, docent.CodeInvalid)
}

func sessionIsRenamed(t *testing.T, s ConversationStore) {
	converse(t, s, "s", 1)
	renamed, err := s.RenameSession(t.Context(), reader, "s", "another title")
	must(t, err)
	stored, err := s.Session(t.Context(), reader, "s")
	must(t, err)
	if diff := cmp.Diff(stored, renamed); diff != "" || stored.Title != "another title" || !stored.UpdatedAt.Equal(moment(1)) {
		t.Errorf("renamed to %+v (-stored +got):\n%s", stored, diff)
	}
	_, err = s.RenameSession(t.Context(), reader, "unknown", "x")
	code(t, err, docent.CodeNotFound)
}

func deletingDeletesAll(t *testing.T, s ConversationStore) {
	converse(t, s, "s", 1)
	converse(t, s, "stays", 1)
	must(t, s.SetFeedback(t.Context(), reader, "s-a1", docent.Feedback{Rating: "down"}))
	running := begin(t, s, turn("s", 2))
	must(t, s.DeleteSession(t.Context(), reader, "s"))
	code(t, s.DeleteSession(t.Context(), reader, "s"), docent.CodeNotFound)
	_, err := s.Session(t.Context(), reader, "s")
	code(t, err, docent.CodeNotFound)
	for _, id := range []string{"s-q1", "s-a1", "s-a2"} {
		_, err := s.Message(t.Context(), reader, id)
		code(t, err, docent.CodeNotFound)
		_, err = s.Events(t.Context(), reader, id)
		code(t, err, docent.CodeNotFound)
	}
	code(t, s.FinishTurn(t.Context(), reader, answered(running), nil), docent.CodeNotFound)
	code(t, s.SetFeedback(t.Context(), reader, "s-a1", docent.Feedback{Rating: "up"}), docent.CodeNotFound)
	if _, err := s.Message(t.Context(), reader, "stays-a1"); err != nil {
		t.Errorf("another session's message: %v", err)
	}
	converse(t, s, "s", 1) // the names are free again
	m, err := s.Message(t.Context(), reader, "s-a1")
	if must(t, err); m.Feedback != nil {
		t.Errorf("feedback outlived its message: %+v", m.Feedback)
	}
}

func titleIsImproved(t *testing.T, s ConversationStore) {
	converse(t, s, "s", 1)
	ctx := t.Context()
	title := func() string {
		t.Helper()
		session, err := s.Session(ctx, reader, "s")
		must(t, err)
		return session.Title
	}
	must(t, s.ImproveTitle(ctx, reader, "s", "better"))
	if got := title(); got != "better" {
		t.Errorf("the title is %q", got)
	}
	_, err := s.RenameSession(ctx, reader, "s", "mine")
	must(t, err)
	must(t, s.ImproveTitle(ctx, reader, "s", "later"))
	if got := title(); got != "mine" {
		t.Errorf("the reader's title became %q", got)
	}
	code(t, s.ImproveTitle(ctx, docent.Owner{Site: reader.Site, Subject: "other"}, "s", "stolen"), docent.CodeNotFound)
	code(t, s.ImproveTitle(ctx, reader, "unknown", "x"), docent.CodeNotFound)
}

func usageAddsUp(t *testing.T, s ConversationStore) {
	converse(t, s, "s", 1)
	ctx := t.Context()
	before, err := s.Message(ctx, reader, "s-a1")
	must(t, err)
	must(t, s.AddUsage(ctx, reader, "s-a1", docent.Usage{InputTokens: 5, OutputTokens: 2, CachedTokens: 1, CostUSD: .25}))
	after, err := s.Message(ctx, reader, "s-a1")
	must(t, err)
	want := before.Usage
	want.InputTokens, want.OutputTokens, want.CachedTokens, want.CostUSD = want.InputTokens+5, want.OutputTokens+2, want.CachedTokens+1, want.CostUSD+.25
	if after.Usage != want {
		t.Errorf("%+v and 5, 2, 1 tokens became %+v", before.Usage, after.Usage)
	}
	code(t, s.AddUsage(ctx, docent.Owner{Site: reader.Site, Subject: "other"}, "s-a1", docent.Usage{InputTokens: 1}), docent.CodeNotFound)
	code(t, s.AddUsage(ctx, reader, "unknown", docent.Usage{}), docent.CodeNotFound)
}

func feedbackReplaces(t *testing.T, s ConversationStore) {
	converse(t, s, "s", 1)
	ctx := t.Context()
	for _, f := range []docent.Feedback{
		{Rating: "down", Reasons: []string{"wrong", "old"}, Comment: "no «such» flag"},
		{Rating: "up", Reasons: []string{}},
	} {
		must(t, s.SetFeedback(ctx, reader, "s-a1", f))
		m, err := s.Message(ctx, reader, "s-a1")
		must(t, err)
		if diff := cmp.Diff(&f, m.Feedback); diff != "" {
			t.Errorf("feedback (-want +got):\n%s", diff)
		}
	}
	must(t, s.SetFeedback(ctx, reader, "s-a1", docent.Feedback{Rating: "up"}))
	listed, err := s.Messages(ctx, reader, "s", docent.List{})
	must(t, err)
	if f := listed.Data[1].Feedback; f == nil || f.Reasons == nil {
		t.Errorf("listed with %+v: reasons are empty, never nil", f)
	}
	code(t, s.SetFeedback(ctx, reader, "s-a1", docent.Feedback{Rating: "great"}), docent.CodeInvalid)
	code(t, s.SetFeedback(ctx, reader, "s-q1", docent.Feedback{Rating: "up"}), docent.CodeInvalid)
	code(t, s.SetFeedback(ctx, reader, "unknown", docent.Feedback{Rating: "up"}), docent.CodeNotFound)
}

func eventsComeBack(t *testing.T, s ConversationStore) {
	stored := begin(t, s, turn("s", 1))
	_, err := s.Events(t.Context(), reader, stored.Answer.ID)
	code(t, err, docent.CodeConflict)
	events := []docent.Event{
		{ID: 1, Name: docent.EventSession, Data: []byte(`{"session_id":"s"}`)},
		{ID: 2, Name: docent.EventDelta, Data: []byte(`{ "text" : "<b> & \u003c \u2028 ` + "\u2028 🙂" + `" }`)},
		{ID: 3, Name: docent.EventDelta, Data: []byte(`{"text":"` + strings.Repeat("long ", 50000) + `"}`)},
		{ID: 300, Name: docent.EventDone, Data: []byte(`{}`)},
	}
	must(t, s.FinishTurn(t.Context(), reader, answered(stored), events))
	got, err := s.Events(t.Context(), reader, stored.Answer.ID)
	must(t, err)
	if diff := cmp.Diff(events, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	_, err = s.Events(t.Context(), reader, stored.User.ID)
	code(t, err, docent.CodeNotFound)
}

func manyWriteAtOnce(t *testing.T, s ConversationStore) {
	const sessions, turns = 16, 4
	var writing sync.WaitGroup
	for i := range sessions {
		writing.Go(func() {
			session := fmt.Sprintf("s%02d", i)
			for n := 1; n <= turns; n++ {
				stored, _, err := s.BeginTurn(t.Context(), reader, turn(session, n))
				if err == nil {
					err = s.FinishTurn(t.Context(), reader, answered(stored), nil)
				}
				if err != nil {
					t.Errorf("%s, turn %d: %v", session, n, err)
					return
				}
			}
		})
	}
	begun := make(chan error)
	begin(t, s, turn("busy", 1))
	for range sessions { // of many at once in one session none comes through
		go func() {
			_, _, err := s.BeginTurn(t.Context(), reader, turn("busy", 2))
			begun <- err
		}()
	}
	for range sessions {
		code(t, <-begun, docent.CodeConflict)
	}
	writing.Wait()
	for i := range sessions {
		messages, err := s.Messages(t.Context(), reader, fmt.Sprintf("s%02d", i), docent.List{Limit: 100})
		must(t, err)
		if len(messages.Data) != 2*turns {
			t.Errorf("session %d has %d messages", i, len(messages.Data))
		}
	}
}
