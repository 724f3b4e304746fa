package access

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
)

func TestAKeyIsWhoItWasMadeFor(t *testing.T) {
	keys := &heldKeys{}
	shown, k := keys.add(func(k *Key) { k.Site, k.Scopes = "other", []string{ScopeIngest, ScopeSearch} })
	g := newGate(t, newWatch(), settings(), keys)
	for _, header := range []string{"Bearer " + shown, "bearer " + shown, "  Bearer   " + shown + "  ", "BEARER\t" + shown} {
		p, err := g.Identify(t.Context(), Call{Authorization: []string{header}})
		want := Principal{Site: "other", Subject: "key_" + k.ID, Scopes: []string{ScopeIngest, ScopeSearch}}
		if diff := cmp.Diff(want, p); err != nil || diff != "" {
			t.Errorf("%q: %v (-want +got):\n%s", header, err, diff)
		}
	}
	if !regexp.MustCompile(`^dk_[a-z2-7]{10}_[a-z2-7]{40}_[a-z2-7]{6}$`).MatchString(shown) {
		t.Errorf("a key looks like %s", shown)
	}
}

func TestWhatIsNoKeyIsToldApart(t *testing.T) {
	keys := &heldKeys{}
	shown, k := keys.add(nil)
	otherSecret, _ := NewKeySecret(k.ID)
	unknown, _ := NewKeySecret(NewKeyID())
	g := newGate(t, newWatch(), settings(), keys)
	for name, tt := range map[string]struct{ key, words string }{
		"another secret":      {otherSecret, "not known"},
		"an unknown key":      {unknown, "not known"},
		"cut":                 {shown[:len(shown)-1], "incomplete or mistyped"},
		"the prefix":          {"dk_", "incomplete or mistyped"},
		"too long":            {shown + "a", "incomplete or mistyped"},
		"huge":                {"dk_" + strings.Repeat("a", 1<<20), "incomplete or mistyped"},
		"upper case":          {"dk_" + strings.ToUpper(shown[3:]), "incomplete or mistyped"},
		"white space":         {shown[:20] + " " + shown[20:], "white space"},
		"a line break":        {shown[:20] + "\n" + shown[21:], "white space"},
		"a non-breaking one":  {shown[:20] + "\u00a0" + shown[20:], "white space"},
		"two keys":            {shown + " " + shown, "white space"},
		"underscores instead": {"dk_" + strings.Repeat("_", keyLen-3), "incomplete or mistyped"},
	} {
		p, err := g.Identify(t.Context(), Call{}.with(tt.key))
		wantRefused(t, err, docent.CodeUnauthorized, tt.words)
		if p.Subject != "" || err != nil && strings.Contains(err.Error(), shown[14:54]) {
			t.Errorf("%s: gives %+v, %v", name, p, err)
		}
	}
}

// TestATypingErrorIsFoundWithoutTheStore changes every character of a key, and
// swaps every two neighbours.
func TestATypingErrorIsFoundWithoutTheStore(t *testing.T) {
	shown, _ := NewKeySecret(NewKeyID())
	for i := len(keyPrefix); i < len(shown); i++ {
		typed := []byte(shown)
		if typed[i]++; typed[i] == shown[i] {
			continue
		}
		if _, _, err := splitKey(string(typed)); err == nil {
			t.Errorf("%s is taken for %s", typed, shown)
		}
		if copy(typed, shown); i+1 < len(shown) && shown[i] != shown[i+1] {
			typed[i], typed[i+1] = typed[i+1], typed[i]
			if _, _, err := splitKey(string(typed)); err == nil {
				t.Errorf("%s is taken for %s", typed, shown)
			}
		}
	}
}

func TestAKeyEnds(t *testing.T) {
	w, keys := newWatch(), &heldKeys{}
	shown, k := keys.add(func(k *Key) { k.ExpiresAt = noon.Add(time.Hour) })
	g := newGate(t, w, settings(), keys)
	w.advance(time.Hour - 1)
	if _, err := g.Identify(t.Context(), Call{}.with(shown)); err != nil {
		t.Errorf("before its end: %v", err)
	}
	w.advance(1)
	_, err := g.Identify(t.Context(), Call{}.with(shown))
	wantRefused(t, err, docent.CodeUnauthorized, "the API key has expired")
	k.ExpiresAt, k.RevokedAt = time.Time{}, noon
	keys.keys[k.ID] = k
	_, err = g.Identify(t.Context(), Call{}.with(shown))
	wantRefused(t, err, docent.CodeUnauthorized, "the API key was revoked")
	k.RevokedAt, k.Site = time.Time{}, "gone"
	keys.keys[k.ID] = k
	_, err = g.Identify(t.Context(), Call{}.with(shown))
	wantRefused(t, err, docent.CodeUnauthorized, "a site that this server does not have")
}

func TestARotatedKeyCountsUntilItsGraceEnds(t *testing.T) {
	w, keys := newWatch(), &heldKeys{}
	before, k := keys.add(nil)
	k.Before, k.BeforeEnd = k.Digest, noon.Add(time.Hour)
	var after string
	after, k.Digest = NewKeySecret(k.ID)
	keys.keys[k.ID] = k
	g := newGate(t, w, settings(), keys)
	for _, shown := range []string{before, after} {
		if p, err := g.Identify(t.Context(), Call{}.with(shown)); err != nil || p.Subject != k.Subject() {
			t.Errorf("within the grace: %+v, %v", p, err)
		}
	}
	w.advance(time.Hour)
	if _, err := g.Identify(t.Context(), Call{}.with(after)); err != nil {
		t.Error(err)
	}
	_, err := g.Identify(t.Context(), Call{}.with(before))
	wantRefused(t, err, docent.CodeUnauthorized, "not known")
}

// TestAStoreThatFailsIsNoRefusal: a client that is told 401 throws its key away.
func TestAStoreThatFailsIsNoRefusal(t *testing.T) {
	keys := &heldKeys{}
	shown, _ := keys.add(nil)
	g := newGate(t, newWatch(), settings(), keys)
	keys.err = docent.Errorf(docent.CodeStore, "the disk failed")
	_, err := g.Identify(t.Context(), Call{}.with(shown))
	wantRefused(t, err, docent.CodeStore, "disk")
	if _, err := NewGate(t.Context(), settings(), nil, keys); docent.CodeOf(err) != docent.CodeStore {
		t.Errorf("a Gate whose keys can't be read: %v", err)
	}
}

func TestALastUseIsWrittenOnceAMinute(t *testing.T) {
	w, keys := newWatch(), &heldKeys{}
	shown, k := keys.add(nil)
	g := newGate(t, w, settings(), keys)
	use := func() {
		if _, err := g.Identify(t.Context(), Call{}.with(shown)); err != nil {
			t.Error(err)
		}
		g.uses.writing.Wait()
	}
	for range 100 {
		use()
		w.advance(time.Second)
	}
	if keys.used != 2 || !keys.keys[k.ID].UsedAt.Equal(noon.Add(time.Minute)) {
		t.Errorf("in 100 s it was written %d times, last %v", keys.used, keys.keys[k.ID].UsedAt)
	}
}

// TestASlowStoreDelaysNoRequest: the note of a key's use hangs until the end.
func TestASlowStoreDelaysNoRequest(t *testing.T) {
	w, keys := newWatch(), &heldKeys{}
	shown, _ := keys.add(nil)
	release := make(chan struct{})
	keys.note = func(context.Context, error) { <-release }
	g := newGate(t, w, settings(), keys)
	for range 10 {
		if _, err := g.Identify(t.Context(), Call{}.with(shown)); err != nil {
			t.Error(err)
		}
		w.advance(time.Second)
	}
	close(release)
	g.Close()
	if keys.used != 1 {
		t.Errorf("it was written %d times at once", keys.used)
	}
	w.advance(time.Hour)
	if _, err := g.Identify(t.Context(), Call{}.with(shown)); err != nil {
		t.Errorf("after Close: %v", err)
	}
	if g.uses.writing.Wait(); keys.used != 1 {
		t.Error("after Close it is written")
	}
}

func TestALostNoteOfUseRefusesNobody(t *testing.T) {
	keys := &heldKeys{}
	shown, _ := keys.add(nil)
	g := newGate(t, newWatch(), settings(), keys)
	keys.note = func(context.Context, error) { keys.err = errors.New("the disk is full") }
	for range 2 {
		if _, err := g.Identify(t.Context(), Call{}.with(shown)); err != nil {
			t.Error(err)
		}
		g.uses.writing.Wait()
		keys.err = nil
	}
}

func TestScopesAreNamedOnce(t *testing.T) {
	for _, good := range [][]string{nil, {ScopeChat}, AllScopes()} {
		if err := CheckScopes(good); err != nil {
			t.Errorf("%v: %v", good, err)
		}
	}
	for _, bad := range [][]string{{"write"}, {""}, {"chat", "chat"}, {"Chat"}, {"chat search"}} {
		if err := CheckScopes(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestAKeyIsFoundByWhatIsAtHand(t *testing.T) {
	id := NewKeyID()
	shown, _ := NewKeySecret(id)
	for _, typed := range []string{id, "key_" + id, "dk_" + id, shown, " " + id + "\n"} {
		if got := KeyID(typed); got != id {
			t.Errorf("%q gives %q, want %q", typed, got, id)
		}
	}
}

// FuzzKey holds that a text is taken as a key only where it is exactly what was
// shown for that ID and secret.
func FuzzKey(f *testing.F) {
	shown, _ := NewKeySecret(NewKeyID())
	for _, seed := range []string{shown, shown[:len(shown)-1], "dk_", "", strings.Repeat("_", keyLen), "dk_" + strings.Repeat("é", keyLen/2), shown + "\x00", " " + shown} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		KeyID(text)
		id, secret, err := splitKey(text)
		if err != nil {
			if docent.CodeOf(err) != docent.CodeUnauthorized {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if joinKey(id, secret) != text || len(id) != keyIDLen || len(secret) != keySecretLen {
			t.Errorf("%q is taken as %q, %q", text, id, secret)
		}
	})
}

func TestKeysAreNeverTheSame(t *testing.T) {
	seen := map[string]bool{}
	for range 10_000 {
		id := NewKeyID()
		shown, digest := NewKeySecret(id)
		if seen[id] || seen[shown] || seen[string(digest)] {
			t.Fatalf("%s was made twice", id)
		}
		seen[id], seen[shown], seen[string(digest)] = true, true, true
		if got, secret, err := splitKey(shown); err != nil || got != id || !slices.Equal(keyDigest(secret), digest) {
			t.Fatalf("%s: %v", id, err)
		}
	}
}
