package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/access"
)

// Uses runs the contract of what limits counted. open closes the store when the
// test ends.
func Uses(t *testing.T, open func(t *testing.T, place string) access.Uses) {
	place := t.TempDir()
	s := open(t, place)
	use := func(limit string, n int) access.Use {
		return access.Use{Limit: limit, Who: [16]byte{byte(n), 0, 255}, At: moment(n)}
	}
	must(t, s.SaveUses(t.Context(), []access.Use{use("a", 3), use("a", 1), use("b", 2)}))
	must(t, s.SaveUses(t.Context(), []access.Use{use("a", 2), use("a", 2)}))
	check := func(limit string, since int, want ...access.Use) {
		t.Helper()
		got, err := open(t, place).LoadUses(t.Context(), limit, moment(since))
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("uses of %s after %d (-want +got):\n%s", limit, since, diff)
		}
	}
	check("a", 0, use("a", 1), use("a", 2), use("a", 2), use("a", 3))
	check("a", 1, use("a", 2), use("a", 2), use("a", 3))
	check("c", 0)
	must(t, s.ForgetUses(t.Context(), "a", moment(2)))
	check("a", 0, use("a", 3))
	check("b", 0, use("b", 2))
}

// asked begins and ends a question of o at moment n, within bounds.
func asked(t *testing.T, s ConversationStore, o docent.Owner, session string, n int, b docent.Bounds) (docent.Turn, error) {
	t.Helper()
	q := turn(session, 1)
	q.User.ID, q.Answer.ID = session+"-q", session+"-a"
	q.Answer.CreatedAt, q.Bounds = moment(n), b
	stored, _, err := s.BeginTurn(t.Context(), o, q)
	if err != nil {
		return stored, err
	}
	return stored, s.FinishTurn(t.Context(), o, answered(stored), nil)
}

func questionsAreCounted(t *testing.T, s ConversationStore) {
	two := docent.Bounds{PerHour: 2}
	for n := 1; n <= 2; n++ {
		stored, err := asked(t, s, reader, fmt.Sprint("s", n), 10*n, two)
		must(t, err)
		want := &docent.Quota{Policy: "questions", Limit: 2, Window: time.Hour, Remaining: 2 - n, Reset: time.Hour - time.Duration(n-1)*10*time.Minute}
		if diff := cmp.Diff(want, stored.Questions); diff != "" {
			t.Errorf("question %d (-want +got):\n%s", n, diff)
		}
	}
	_, err := asked(t, s, reader, "s3", 30, two)
	var told *docent.Error
	if !errors.As(err, &told) || told.Code != docent.CodeRateLimited || told.RetryAfter != 40*time.Minute || told.Quota == nil || told.Quota.Remaining != 0 {
		t.Fatalf("the third question of two: %v, %+v", err, told)
	}
	_, err = s.Session(t.Context(), reader, "s3")
	code(t, err, docent.CodeNotFound)
	must(t, s.DeleteSession(t.Context(), reader, "s1"))
	_, err = asked(t, s, reader, "s3", 30, two)
	code(t, err, docent.CodeRateLimited) // deleting gives no question back
	_, err = asked(t, s, docent.Owner{Site: reader.Site, Subject: "other"}, "s4", 30, two)
	must(t, err)
	_, err = asked(t, s, docent.Owner{Site: "other", Subject: reader.Subject}, "s5", 30, two)
	must(t, err)
	_, err = asked(t, s, reader, "s6", 70, two) // an hour after the first
	must(t, err)
	_, err = asked(t, s, reader, "s7", 71, two)
	code(t, err, docent.CodeRateLimited)
	_, err = asked(t, s, reader, "s7", 2, two) // the clock was put back
	must(t, err)
}

func joiningIsNotCounted(t *testing.T, s ConversationStore) {
	q := turn("s", 1)
	q.IdempotencyKey, q.Bounds = "key", docent.Bounds{PerHour: 1, AtOnce: 1}
	begin(t, s, q)
	_, joined, err := s.BeginTurn(t.Context(), reader, q)
	if must(t, err); !joined {
		t.Error("the same key did not join")
	}
}

func questionsAtOnceAreCountedExactly(t *testing.T, s ConversationStore) {
	var all sync.WaitGroup
	var mu sync.Mutex
	got := map[docent.Code]int{}
	for i := range 50 {
		all.Go(func() {
			_, err := asked(t, s, reader, fmt.Sprint("s", i), 1, docent.Bounds{PerHour: 20})
			mu.Lock()
			defer mu.Unlock()
			got[docent.CodeOf(err)]++
		})
	}
	all.Wait()
	if diff := cmp.Diff(map[docent.Code]int{"": 20, docent.CodeRateLimited: 30}, got); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
}

func answersInTheMakingAreBounded(t *testing.T, s ConversationStore) {
	first := begin(t, s, turn("one", 1))
	begin(t, s, turn("two", 1))
	third := turn("three", 1)
	third.Bounds.AtOnce = 2
	_, _, err := s.BeginTurn(t.Context(), reader, third)
	code(t, err, docent.CodeRateLimited)
	_, _, err = s.BeginTurn(t.Context(), docent.Owner{Site: reader.Site, Subject: "other"}, third)
	must(t, err)
	must(t, s.FinishTurn(t.Context(), reader, answered(first), nil))
	fourth := turn("four", 1)
	fourth.Bounds.AtOnce = 2
	begin(t, s, fourth)
}

func fullSessionTakesNoMore(t *testing.T, s ConversationStore) {
	converse(t, s, "s", 2)
	more := turn("s", 3)
	more.Bounds.Messages = 5
	_, _, err := s.BeginTurn(t.Context(), reader, more)
	code(t, err, docent.CodeConflict)
	listed, err := s.Messages(t.Context(), reader, "s", docent.List{})
	must(t, err)
	if len(listed.Data) != 4 {
		t.Errorf("%d messages are kept of a session that refused one", len(listed.Data))
	}
	more.Bounds.Messages = 6
	begin(t, s, more)
}
