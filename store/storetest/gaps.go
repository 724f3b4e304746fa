package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"docent"
)

// gap stores question n of a session with an answer that says that the
// documentation does not hold it.
func gap(t *testing.T, s ConversationStore, o docent.Owner, session string, n int) docent.Gap {
	t.Helper()
	asked := turn(session, n)
	stored, _, err := s.BeginTurn(t.Context(), o, asked)
	must(t, err)
	g := docent.Gap{
		Question: asked.User.Text, Searched: asked.User.Text + "\nquestion 0 of " + session, AskedAt: moment(n), Answerable: 0.25,
		Nearest: []docent.Source{{N: 1, ID: "c", Title: "T", URL: "/u#a", Source: "guide"}},
	}
	answer := stored.Answer
	answer.Text, answer.FinishReason, answer.Gap = "It is not there.", docent.FinishRefused, &g
	must(t, s.FinishTurn(t.Context(), o, answer, nil))
	return g
}

func gapsAreListed(t *testing.T, s ConversationStore) {
	other := docent.Owner{Site: reader.Site, Subject: "other"}
	first := gap(t, s, reader, "s", 1)
	must(t, s.FinishTurn(t.Context(), reader, answered(begin(t, s, turn("s", 2))), nil))
	third := gap(t, s, other, "others", 1)
	third.AskedAt = first.AskedAt
	second := gap(t, s, reader, "s", 3)
	gap(t, s, docent.Owner{Site: "labs", Subject: reader.Subject}, "elsewhere", 1)
	list := func(limit int) []docent.Gap {
		t.Helper()
		gaps, err := s.Gaps(t.Context(), reader.Site, limit)
		must(t, err)
		return gaps
	}
	if diff := cmp.Diff([]docent.Gap{second, third, first}, list(10), cmpopts.SortSlices(func(a, b docent.Gap) bool { return a.Searched < b.Searched })); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
	if newest := list(1); len(newest) != 1 || newest[0].Searched != second.Searched {
		t.Errorf("the newest is %+v", newest)
	}
	if m, err := s.Message(t.Context(), reader, "s-a1"); err != nil || m.Gap != nil {
		t.Errorf("a reader gets %+v back: %v", m.Gap, err)
	}

	must(t, s.FinishTurn(t.Context(), reader, answered(begin(t, s, docent.Turn{RetryOf: "s-a1", Answer: docent.Message{ID: "again", CreatedAt: moment(5)}})), nil))
	if left := list(10); len(left) != 2 {
		t.Errorf("what a retry answered is no gap any more: %+v", left)
	}
	must(t, s.DeleteSession(t.Context(), reader, "s"))
	if left := list(10); len(left) != 1 || left[0].Searched != third.Searched {
		t.Errorf("a gap outlived its session: %+v", left)
	}
}
