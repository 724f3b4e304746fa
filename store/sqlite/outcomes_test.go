package sqlite

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
)

func TestOutcomesAreOfOneSiteAndOfAllItsReaders(t *testing.T) {
	c, err := OpenConversations(filepath.Join(t.TempDir(), "docent.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	n := int64(0)
	ask := func(site, subject, text string, reason docent.FinishReason, rating string, cited ...docent.Citation) {
		t.Helper()
		n++
		o, id, at := docent.Owner{Site: site, Subject: subject}, subject+text, time.Unix(n, 0)
		turn := docent.Turn{
			Session: docent.Session{ID: "ses" + id}, NewSession: true,
			User:   docent.Message{ID: "q" + id, SessionID: "ses" + id, Role: docent.RoleUser, Text: text, CreatedAt: at},
			Answer: docent.Message{ID: "a" + id, SessionID: "ses" + id, Role: docent.RoleAssistant, CreatedAt: at},
		}
		turn, _, err := c.BeginTurn(t.Context(), o, turn)
		if err != nil {
			t.Fatal(err)
		}
		answer := turn.Answer
		answer.FinishReason, answer.Citations = reason, cited
		if reason == docent.FinishRefused {
			answer.Gap = &docent.Gap{Question: text, Searched: "found " + text, AskedAt: at}
		}
		if err := c.FinishTurn(t.Context(), o, answer, nil); err != nil {
			t.Fatal(err)
		}
		if rating == "" {
			return
		}
		if err := c.SetFeedback(t.Context(), o, answer.ID, docent.Feedback{Rating: rating}); err != nil {
			t.Fatal(err)
		}
	}
	cited := docent.Citation{N: 1, URL: "/docs/a"}
	ask("default", "ann", "soup?", docent.FinishRefused, "")
	ask("default", "ann", "port?", docent.FinishStop, "")
	ask("default", "bob", "host?", docent.FinishStop, "up", cited)
	ask("default", "bob", "salt?", docent.FinishRefused, "down")
	ask("labs", "ann", "lab?", docent.FinishRefused, "")
	got, err := c.Outcomes(t.Context(), "default", 10)
	if err != nil {
		t.Fatal(err)
	}
	want := []Outcome{
		{Question: "salt?", Searched: "found salt?", Gap: true, Rating: "down"},
		{Question: "host?", Rating: "up", Citations: []docent.Citation{cited}},
		{Question: "soup?", Searched: "found soup?", Gap: true},
	}
	for i := range got {
		if len(got[i].Citations) == 0 {
			got[i].Citations = nil
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if few, err := c.Outcomes(t.Context(), "default", 1); err != nil || len(few) != 1 || few[0].Question != "salt?" {
		t.Errorf("one of them: %+v, %v", few, err)
	}
}
