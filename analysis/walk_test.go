package analysis

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// encodedText gives the terms of a chunk that says text.
func encodedText(text string) []byte {
	return ChunkTerms(&docent.Chunk{Unit: docent.Unit{Lang: "en"}, Text: text})
}

func TestLookupGivesWhatEachTermGives(t *testing.T) {
	encoded := ChunkTerms(sample())
	terms := []string{"", "--port", "absent", "docent", "free", "option", "port", "serv", "the", "zzz"}
	all := decode(t, encoded)
	want := make([][NumFields]int, len(terms))
	for i, term := range terms {
		want[i] = all[term]
	}
	found := make([][NumFields]int, len(terms))
	length, err := Lookup(encoded, terms, found)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if stored, _ := FieldLengths(encoded); length != stored {
		t.Errorf("lengths %v, want %v", length, stored)
	}
}

func TestLookupOfNothingGivesTheLengths(t *testing.T) {
	length, err := Lookup(ChunkTerms(sample()), nil, nil)
	if err != nil || length[FieldTitle] != 1 {
		t.Errorf("%v, %v", length, err)
	}
}

// TestAlikeIsJaccard holds it against sets of words.
func TestAlikeIsJaccard(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("apple birch cedar dogwood elm fir gorse hazel ivy juniper kale lime maple nettle oak pine quince rose sloe thyme")
	some := func() []string {
		n := random.IntN(len(words) + 1)
		if random.IntN(3) > 0 {
			n = len(words) - random.IntN(4) // mostly nearly all of them
		}
		var list []string
		for _, i := range random.Perm(len(words))[:n] {
			list = append(list, words[i])
		}
		return list
	}
	yes := 0
	for range 3000 {
		a, b, share := some(), some(), []float64{0, 0.5, 0.8, 0.9, 1}[random.IntN(5)]
		common := 0
		for _, w := range a {
			if slices.Contains(b, w) {
				common++
			}
		}
		want := float64(common) >= share*float64(len(a)+len(b)-common)
		if got := Alike(encodedText(strings.Join(a, " ")), encodedText(strings.Join(b, " ")), share); got != want {
			t.Fatalf("%q and %q at %v: %v", a, b, share, got)
		}
		if want {
			yes++
		}
	}
	if yes < 300 || yes > 2700 {
		t.Errorf("%d of 3000 are alike: that tells little", yes)
	}
}

func TestUnreadableTermsAreFoundNowhereAndLikeNothing(t *testing.T) {
	good := ChunkTerms(sample())
	for i := range good {
		found := make([][NumFields]int, 1)
		if _, err := Lookup(good[:i], []string{"zzz"}, found); err == nil {
			t.Errorf("cut at %d: no error", i)
		}
		if Alike(good[:i], good, 0.9) && i < len(good)*9/10 {
			t.Errorf("cut at %d: alike", i)
		}
	}
	if Alike(nil, nil, 0) || Alike([]byte{9, 0, 0, 0, 0, 0}, good, 0) {
		t.Error("what is no encoding is like something")
	}
}

// FuzzLookup holds that foreign bytes are read as EachTerm reads them, or are
// an error.
func FuzzLookup(f *testing.F) {
	f.Add(ChunkTerms(sample()), "port")
	f.Add([]byte{encoding, 0, 0, 2, 0, 2, 1, 'b', 4, 1, 1, 'a', 4, 1}, "a")
	f.Add([]byte{1, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f}, "")
	f.Fuzz(func(t *testing.T, encoded []byte, term string) {
		found := make([][NumFields]int, 1)
		_, err := Lookup(encoded, []string{term}, found)
		var want [NumFields]int
		if EachTerm(encoded, func(s string, tf [NumFields]int) error {
			if s == term {
				want = tf
			}
			return nil
		}) == nil && (err != nil || found[0] != want) {
			t.Errorf("found %v, %v, want %v", found[0], err, want)
		}
		Alike(encoded, ChunkTerms(sample()), 0.9)
		Alike(encoded, encoded, 1)
	})
}

func BenchmarkLookup(b *testing.B) {
	encoded := ChunkTerms(&docent.Chunk{Title: "Serving", Headings: []string{"Options"}, Text: manual()[:1600]})
	terms := []string{"configur", "log", "server", "version", "zzz"}
	found := make([][NumFields]int, len(terms))
	b.ReportAllocs()
	for b.Loop() {
		Lookup(encoded, terms, found)
	}
}

func BenchmarkAlike(b *testing.B) {
	text := manual()
	one := encodedText(text[:1600])
	for name, other := range map[string][]byte{"same": one, "other": encodedText(text[2000:3600])} {
		b.Run(fmt.Sprint(name), func(b *testing.B) {
			for b.Loop() {
				Alike(one, other, 0.9)
			}
		})
	}
}
