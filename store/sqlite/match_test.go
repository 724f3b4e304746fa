package sqlite

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/analysis"
)

func itoa(n int) string { return strconv.Itoa(n) }

func TestRareTermsLead(t *testing.T) {
	counts := map[string]int{"rare": 5, "some": 60, "many": 900, "most": 5000, "all": 9000, `a"b`: 1}
	for _, check := range []struct {
		terms       []string
		titled, all string
	}{
		{nil, "", ""},
		{[]string{"unknown"}, "", ""},
		{[]string{"many", "rare", "unknown", "some"}, "", `"rare" OR "some" OR "many"`},
		{[]string{"most", "many", "some"}, "", `("some" OR "many") AND ("some" OR "many" OR "most")`},
		{[]string{"most"}, `({title headings} : "most") AND ("most")`, `"most"`},
		{[]string{"all", "most"}, `({title headings} : "most") AND ("most" OR "all")`, `("most") AND ("most" OR "all")`},
		{[]string{"most", `a"b`}, "", `("a""b") AND ("a""b" OR "most")`},
	} {
		got := matchExpressions(check.terms, func(term string) int { return counts[term] }, 1000, 4000)
		want := expressions{check.titled, check.all}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(expressions{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", check.terms, diff)
		}
	}
}

func TestVectorsComeBack(t *testing.T) {
	for _, v := range [][]float32{nil, {0, 1.5, -3e-9}} {
		got, err := decodeVector(encodeVector(v))
		if err != nil || !cmp.Equal(v, got) {
			t.Errorf("%v came back as %v, %v", v, got, err)
		}
	}
	if _, err := decodeVector([]byte{1, 2, 3}); err == nil {
		t.Error("a cut vector was read")
	}
}

// FuzzUnpack holds that stored bytes, whatever they are, are events or an error.
func FuzzUnpack(f *testing.F) {
	c := openStore(f, f.TempDir())
	packed, err := c.pack([]docent.Event{{ID: 1, Name: docent.EventDelta, Data: []byte(`{"text":"a"}`)}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed)
	f.Add(packed[:len(packed)-2])
	f.Add([]byte{})
	f.Add([]byte{0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, stored []byte) {
		events, err := unpack(stored)
		if err != nil {
			return
		}
		again, err := c.pack(events)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := unpack(again); err != nil || !cmp.Equal(events, back) {
			t.Errorf("%v came back as %v, %v", events, back, err)
		}
	})
}

// FuzzCursor holds that a cursor, whatever it is, leads on or is refused.
func FuzzCursor(f *testing.F) {
	p, err := paging[string](docent.List{}, "sessions", "desc", owner, "")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(p.cursor(1714564800123456789, "ses_1"))
	f.Add("e30")
	f.Add("")
	f.Fuzz(func(t *testing.T, after string) {
		q, err := paging[string](docent.List{After: after}, "sessions", "desc", owner, "")
		if (err != nil) != (docent.CodeOf(err) == docent.CodeInvalid) {
			t.Errorf("%q: %v", after, err)
		}
		if err == nil && q.after != nil && q.after.Scope != p.scope {
			t.Errorf("%q is of another list", after)
		}
	})
}

// TestACommonTermInTitlesLeads holds that a list is filled from titles and
// headings where that is enough, and from all of the text where it is not.
func TestACommonTermInTitlesLeads(t *testing.T) {
	x := openIndex(t, t.TempDir())
	b, err := x.Begin(t.Context(), unit)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	_, _, stats := b.Base()
	const titled = 5
	for i := range maxScored + titled + 1 {
		c := docent.IndexedChunk{Chunk: docent.Chunk{ID: itoa(i), Unit: unit, Path: itoa(i), Text: "apple and a few other words"}}
		if i > maxScored {
			c.Title = "apple"
		}
		c.Terms = analysis.ChunkTerms(&c.Chunk)
		if err := stats.Add(c.Terms); err != nil {
			t.Fatal(err)
		}
		if err := b.Put(t.Context(), docent.Page{Path: c.Path, Chunks: 1}, []docent.IndexedChunk{c}, nil); err != nil {
			t.Fatal(err)
		}
	}
	r, err := b.Publish(t.Context(), stats)
	if err != nil {
		t.Fatal(err)
	}
	for _, limit := range []int{titled - 1, titled, titled + 1} {
		found, err := x.Candidates(t.Context(), docent.CandidateQuery{
			Releases: []docent.Release{r}, Terms: analysis.QueryTerms("apple", "en"), Limit: limit,
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(found) != limit {
			t.Fatalf("%d candidates, want %d", len(found), limit)
		}
		for i, c := range found {
			if n, _ := strconv.Atoi(c.Path); (n > maxScored) != (i < titled) || c.Lexical != i+1 {
				t.Errorf("place %d of %d holds %s, place %d", i+1, limit, c.Path, c.Lexical)
			}
		}
	}
}
