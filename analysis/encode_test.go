package analysis

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

func sample() *docent.Chunk {
	text := "Set the port.\n\n```sh\ndocent serve --port 9000\n```\n\nThe port is free."
	start := bytes.Index([]byte(text), []byte("```sh"))
	end := bytes.LastIndex([]byte(text), []byte("```")) + 3
	return &docent.Chunk{
		Unit: docent.Unit{Lang: "en"}, Title: "Serving", Headings: []string{"Options", "The port"}, Text: text,
		Blocks: []docent.Block{{Kind: docent.BlockParagraph, End: 13}, {Kind: docent.BlockCode, Start: start, End: end}},
		Called: []string{"choosing a port", "ports"}, About: "port numbers",
	}
}

func decode(t testing.TB, encoded []byte) map[string][NumFields]int {
	t.Helper()
	terms := make(map[string][NumFields]int)
	var order []string
	err := EachTerm(encoded, func(term string, tf [NumFields]int) error {
		terms[term] = tf
		order = append(order, term)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSorted(order) || len(order) != len(terms) {
		t.Errorf("terms are not in ascending order: %q", order)
	}
	return terms
}

func TestChunkTermsCountByField(t *testing.T) {
	encoded := ChunkTerms(sample())
	terms := decode(t, encoded)
	want := map[string][NumFields]int{
		"port":   {FieldHeadings: 1, FieldText: 2, FieldCode: 1, FieldLinks: 2, FieldAbout: 1},
		"serv":   {FieldTitle: 1, FieldCode: 1},
		"--port": {FieldCode: 1},
		"the":    {FieldHeadings: 1, FieldText: 2},
		"option": {FieldHeadings: 1},
		"number": {FieldAbout: 1},
	}
	for term, tf := range want {
		if terms[term] != tf {
			t.Errorf("%q: %v, want %v", term, terms[term], tf)
		}
	}
	length, err := FieldLengths(encoded)
	if err != nil {
		t.Fatal(err)
	}
	var sum [NumFields]int
	for _, tf := range terms {
		for f, n := range tf {
			sum[f] += n
		}
	}
	if length != sum || length[FieldTitle] != 1 || length[FieldHeadings] != 3 {
		t.Errorf("lengths %v, counted %v", length, sum)
	}
	if again := ChunkTerms(sample()); !bytes.Equal(encoded, again) {
		t.Error("equal chunks give different bytes")
	}
}

func TestChunkTermsSurviveWrongBlocks(t *testing.T) {
	c := sample()
	want := decode(t, ChunkTerms(&docent.Chunk{Title: c.Title, Headings: c.Headings, Text: c.Text, Unit: c.Unit, Called: c.Called, About: c.About}))
	c.Blocks = []docent.Block{
		{Kind: docent.BlockCode, Start: -1, End: 5}, {Kind: docent.BlockCode, Start: 9, End: 4}, {Kind: docent.BlockCode, Start: 3, End: 1000},
	}
	if diff := cmp.Diff(want, decode(t, ChunkTerms(c))); diff != "" {
		t.Errorf("blocks beyond the text are not ignored (-want +got):\n%s", diff)
	}
}

func TestEachTermStopsAtAnError(t *testing.T) {
	stop, n := errors.New("stop"), 0
	err := EachTerm(ChunkTerms(sample()), func(string, [NumFields]int) error { n++; return stop })
	if err != stop || n != 1 {
		t.Errorf("%d calls and %v", n, err)
	}
}

func TestBadTermsAreErrors(t *testing.T) {
	good := ChunkTerms(sample())
	bad := map[string][]byte{
		"nothing":         nil,
		"another version": append([]byte{9}, good[1:]...),
		"trailing bytes":  append(slices.Clone(good), 0),
		"huge number":     append([]byte{encoding}, bytes.Repeat([]byte{0xff}, 20)...),
		"not ascending":   {encoding, 0, 0, 2, 0, 0, 0, 2, 1, 'b', 4, 1, 1, 'a', 4, 1},
		"no field":        {encoding, 0, 0, 1, 0, 0, 0, 1, 1, 'a', 0},
		"unknown field":   {encoding, 0, 0, 1, 0, 0, 0, 1, 1, 'a', 64, 1},
	}
	for i := range good {
		bad[fmt.Sprintf("cut at %d", i)] = good[:i]
	}
	nothing := func(string, [NumFields]int) error { return nil }
	for name, b := range bad {
		if err := EachTerm(b, nothing); err == nil {
			t.Errorf("%s: no error", name)
		}
		var s Stats
		if err := s.Add(b); err == nil || s.Chunks != 0 {
			t.Errorf("%s: added to the statistics, %v", name, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	var s Stats
	s.Add(ChunkTerms(sample()))
	f.Add(ChunkTerms(sample()))
	f.Add(s.Encode())
	f.Add([]byte{1, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, b []byte) {
		var s Stats
		if s.Add(b) == nil && s.Remove(b) != nil {
			t.Error("what was added can't be removed")
		}
		FieldLengths(b)
		if s, err := DecodeStats(b); err == nil {
			if again, err := DecodeStats(s.Encode()); err != nil || !cmp.Equal(s, again) {
				t.Errorf("statistics change by being encoded: %v", err)
			}
		}
	})
}
