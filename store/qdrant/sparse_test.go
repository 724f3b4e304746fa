package qdrant

import (
	"fmt"
	"strings"
	"testing"

	"docent"
	"docent/analysis"
)

func TestTermsOfOneHashAreOneTerm(t *testing.T) {
	seen := map[uint32]string{}
	var one, other string
	for i := 0; one == ""; i++ {
		term := strings.Map(func(digit rune) rune { return 'b' + digit - '0' }, fmt.Sprint(i*7919)) + "k"
		if earlier, collides := seen[hash(term)]; collides {
			one, other = earlier, term
		}
		seen[hash(term)] = term
	}
	terms := func(text string) []byte { return analysis.ChunkTerms(&docent.Chunk{Text: text}) }
	indices, values, err := sparse(terms(one + " " + other))
	if err != nil || len(indices) != 1 {
		t.Fatalf("%q and %q give %v, %v", one, other, indices, err)
	}
	_, twice, _ := sparse(terms(one + " " + one))
	if values[0] != twice[0] {
		t.Errorf("together they count %v, one of them twice %v", values[0], twice[0])
	}
	if indices, values = sparseQuery([]string{one, "else", other, one}); len(indices) != 2 || len(values) != 2 {
		t.Errorf("a question of them gives %v, %v", indices, values)
	}
}

func TestRepetitionCountsLessAndLess(t *testing.T) {
	value := func(c docent.Chunk) float32 {
		indices, values, err := sparse(analysis.ChunkTerms(&c))
		if err != nil {
			t.Fatal(err)
		}
		for i, at := range indices {
			if at == hash("quinc") {
				return values[i]
			}
		}
		t.Fatalf("%+v has no such term", c)
		return 0
	}
	once, twice := value(docent.Chunk{Text: "quince"}), value(docent.Chunk{Text: "quince quince"})
	often := value(docent.Chunk{Text: "quince quince quince quince quince quince quince quince quince"})
	if !(once < twice && twice < often && often < 1 && twice-once > often-twice-0.2) {
		t.Errorf("once %v, twice %v, nine times %v", once, twice, often)
	}
	if title := value(docent.Chunk{Title: "quince"}); title <= once {
		t.Errorf("in the title %v, in the text %v", title, once)
	}
}

func TestTermsThatCannotBeReadAreAnError(t *testing.T) {
	for _, bad := range [][]byte{nil, {9}, []byte("terms")} {
		if _, _, err := sparse(bad); err == nil {
			t.Errorf("%q gives no error", bad)
		}
	}
}
