package storetest

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// caching is how an answer is kept for an hour under a key, beside at most 1 MB.
func caching(key string) *docent.CacheEntry {
	return &docent.CacheEntry{Key: key, Until: time.Now().Add(time.Hour), MaxBytes: 1 << 20}
}

// finishAs ends the n-th answer of a session and keeps it as entry says. It gives
// the answer's ID.
func finishAs(t *testing.T, s ConversationStore, session string, n int, entry *docent.CacheEntry, events ...docent.Event) string {
	t.Helper()
	m := answered(begin(t, s, turn(session, n)))
	m.Cache = entry
	must(t, s.FinishTurn(t.Context(), reader, m, events))
	return m.ID
}

// isCached holds what is kept under a key against an answer's ID; "" is nothing.
func isCached(t *testing.T, s ConversationStore, site, key, want string) []docent.Event {
	t.Helper()
	id, events, err := s.Cached(t.Context(), site, key)
	if want == "" {
		code(t, err, docent.CodeNotFound)
		return nil
	}
	must(t, err)
	if id != want {
		t.Errorf("under %q is %q, want %q", key, id, want)
	}
	return events
}

func answerIsCached(t *testing.T, s ConversationStore) {
	events := []docent.Event{{ID: 1, Name: docent.EventDelta, Data: []byte(`{"text":"x"}`)}}
	first := finishAs(t, s, "s", 1, caching("a"), events...)
	if diff := cmp.Diff(events, isCached(t, s, reader.Site, "a", first)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	isCached(t, s, "there", "a", "")
	isCached(t, s, reader.Site, "b", "")

	second := finishAs(t, s, "s", 2, caching("a"))
	isCached(t, s, reader.Site, "a", second)
	ended := caching("ended")
	ended.Until = time.Now().Add(-time.Second)
	finishAs(t, s, "s", 3, ended)
	isCached(t, s, reader.Site, "ended", "")
	finishAs(t, s, "s", 4, nil)
	finishAs(t, s, "s", 5, &docent.CacheEntry{Key: "a", MaxBytes: 1 << 20})
	isCached(t, s, reader.Site, "a", second)

	must(t, s.DeleteSession(t.Context(), reader, "s"))
	isCached(t, s, reader.Site, "a", "")
}

func badAnswerIsNotCached(t *testing.T, s ConversationStore) {
	vote := func(id, rating string) {
		t.Helper()
		must(t, s.SetFeedback(t.Context(), reader, id, docent.Feedback{Rating: rating}))
	}
	id := finishAs(t, s, "s", 1, caching("a"))
	other := finishAs(t, s, "s", 2, caching("b"))
	vote(id, "up")
	isCached(t, s, reader.Site, "a", id)
	vote(id, "down")
	isCached(t, s, reader.Site, "a", "")
	isCached(t, s, reader.Site, "b", other)

	id = finishAs(t, s, "s", 3, caching("a"))
	taken := finishAs(t, s, "s", 4, &docent.CacheEntry{Key: "a"})
	isCached(t, s, reader.Site, "a", id)
	vote(taken, "down")
	isCached(t, s, reader.Site, "a", "")

	again := turn("s", 5)
	again.RetryOf = other
	begin(t, s, again)
	isCached(t, s, reader.Site, "b", "")
}

func cachedIsBounded(t *testing.T, s ConversationStore) {
	noise := rand.New(rand.NewPCG(1, 2))
	long := docent.Event{ID: 1, Name: docent.EventDelta}
	for range 10_000 { // what repeats itself takes no room
		long.Data = append(long.Data, byte(noise.Uint32()))
	}
	keep := func(key string, n int, most int, end time.Duration) string {
		return finishAs(t, s, "s", n, &docent.CacheEntry{Key: key, Until: time.Now().Add(end), MaxBytes: most}, long)
	}
	first := keep("first", 1, 1<<20, time.Hour)
	keep("ends first", 2, 1<<20, time.Minute)
	last := keep("last", 3, 1<<20, 3*time.Hour)
	isCached(t, s, reader.Site, "first", first)

	keep("too large", 4, 1000, 2*time.Hour)
	isCached(t, s, reader.Site, "too large", "")
	isCached(t, s, reader.Site, "first", first)

	small := finishAs(t, s, "s", 5, &docent.CacheEntry{Key: "small", Until: time.Now().Add(4 * time.Hour), MaxBytes: 25_000})
	isCached(t, s, reader.Site, "small", small)
	isCached(t, s, reader.Site, "last", last)
	isCached(t, s, reader.Site, "ends first", "")
}
