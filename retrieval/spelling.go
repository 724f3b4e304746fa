package retrieval

import (
	"cmp"
	"math/bits"
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"

	"docent/analysis"
	"docent/embedding"
)

const (
	maxMeant     = 2  // terms that one unknown term may be meant as
	minMisspelt  = 4  // letters: of shorter terms each letter makes another word
	minTwoErrors = 8  // letters: of shorter terms one is wrong at most
	maxMisspelt  = 32 // letters
	minPart      = 3  // letters of a word that stands in two
)

// spelling knows the words of a release, to tell what a term that no chunk holds
// was meant as. It is a fallback: what is known is never corrected, and neither
// is a common English word, which the documentation just does not have. Without
// that rule 56 terms of the manual's questions were corrected, most of them wrongly;
// with it 16 are, and 3 wrongly. Nothing in it changes.
type spelling struct {
	stats    *analysis.Stats
	byLength [maxMisspelt + 3][]spelt // by letters
}

// spelt is a known word. letters has a bit for each letter in it, by which most
// of those that are too far from a term are told without comparing them.
type spelt struct {
	letters uint64
	term    string
}

// newSpelling reads all terms of the statistics, which takes some 100 ms where
// there are half a million. Identifiers, versions and numbers are no words.
func newSpelling(stats *analysis.Stats) *spelling {
	s := &spelling{stats: stats}
	for term := range stats.DF {
		if letters, n := lettersOf(term); n > 0 && n < len(s.byLength) {
			s.byLength[n] = append(s.byLength[n], spelt{letters, term})
		}
	}
	return s
}

// common are the terms of English words that are hardly misspelt.
var common = sync.OnceValue(func() map[string]bool {
	terms := make(map[string]bool, 20000)
	for word := range embedding.Builtin().Words() {
		for _, term := range analysis.Terms(word, embedding.Language) {
			terms[term] = true
		}
	}
	return terms
})

// lettersOf gives the letters of a word and how many it has; 0 for what is no
// word.
func lettersOf(term string) (letters uint64, n int) {
	for _, r := range term {
		if !unicode.IsLetter(r) {
			return 0, 0
		}
		letters |= 1 << (r % 64)
		n++
	}
	return letters, n
}

// respelled gives the known terms that each of a question's terms was meant as
// which no chunk holds; nothing for those that it can't tell of. terms are in the
// order of the question.
func (s *spelling) respelled(terms []string) map[string][]string {
	meant := map[string][]string{}
	for i, term := range terms {
		if s.stats.DF[term] > 0 {
			continue
		}
		for _, whole := range []string{before(terms, i) + term, term + after(terms, i)} {
			if _, n := lettersOf(whole); n >= 2*minPart && len(meant[term]) < maxMeant && s.stats.DF[whole] > 0 {
				meant[term] = append(meant[term], whole)
			}
		}
		if meant[term] == nil {
			meant[term] = s.corrected(term)
		}
	}
	return meant
}

func before(terms []string, i int) string {
	if i == 0 {
		return ""
	}
	return terms[i-1]
}

func after(terms []string, i int) string {
	if i+1 == len(terms) {
		return ""
	}
	return terms[i+1]
}

// corrected gives the known terms that an unknown one was meant as: its two
// halves, where it is two words written as one, or else the nearest words, at
// most two. Of words that are equally near those with its first letter come
// first, and then those that most chunks hold.
func (s *spelling) corrected(term string) []string {
	letters, n := lettersOf(term)
	if n < minMisspelt || n > maxMisspelt || common()[term] {
		return nil
	}
	if halves := s.halves(term); halves != nil {
		return halves
	}
	most := 1
	if n >= minTwoErrors {
		most = 2
	}
	var near []nearWord
	asked, first := []rune(term), firstOf(term)
	for length := max(n-most, minPart); length <= n+most; length++ {
		for _, w := range s.byLength[length] {
			if bits.OnesCount64(w.letters^letters) > 2*most {
				continue
			}
			if d := distance(asked, []rune(w.term)); d <= most {
				near = append(near, nearWord{w.term, d, firstOf(w.term) != first, s.stats.DF[w.term]})
			}
		}
	}
	slices.SortFunc(near, nearWord.order)
	var out []string
	for _, w := range near {
		if len(out) < maxMeant && w.errors == near[0].errors && w.otherFirst == near[0].otherFirst {
			out = append(out, w.term)
		}
	}
	return out
}

// nearWord is a known word that may be meant.
type nearWord struct {
	term       string
	errors     int
	otherFirst bool // it begins with another letter
	chunks     int  // that hold it
}

func (w nearWord) order(o nearWord) int {
	if w.otherFirst != o.otherFirst {
		if o.otherFirst {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(w.errors, o.errors), cmp.Compare(o.chunks, w.chunks), cmp.Compare(w.term, o.term))
}

// halves gives the two known words that a term is; of several pairs the one
// whose rarer word is the most common.
func (s *spelling) halves(term string) []string {
	most, at := 0, 0
	for i := range term {
		if utf8.RuneCountInString(term[:i]) < minPart || utf8.RuneCountInString(term[i:]) < minPart {
			continue
		}
		if both := min(s.stats.DF[term[:i]], s.stats.DF[term[i:]]); both > most {
			most, at = both, i
		}
	}
	if most == 0 {
		return nil
	}
	return []string{term[:at], term[at:]}
}

func firstOf(term string) rune {
	r, _ := utf8.DecodeRuneInString(term)
	return r
}

// distance is how many letters have to be put in, taken out, replaced, or
// exchanged with their neighbours to make b of a: Damerau and Levenshtein's, with
// no letter touched twice.
func distance(a, b []rune) int {
	var rows [3][maxMisspelt + 3]int
	two, one, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		one[j] = j
	}
	for i, x := range a {
		row[0] = i + 1
		for j, y := range b {
			cost := 1
			if x == y {
				cost = 0
			}
			row[j+1] = min(one[j+1]+1, row[j]+1, one[j]+cost)
			if i > 0 && j > 0 && x == b[j-1] && a[i-1] == y {
				row[j+1] = min(row[j+1], two[j-1]+1)
			}
		}
		two, one, row = one, row, two
	}
	return one[len(b)]
}

// spellings keeps the spelling of the statistics that were searched last. The
// zero value is ready.
type spellings struct {
	mu   sync.Mutex
	kept []*spelling // the newest last
}

// of gives the spelling of statistics, which must not change.
func (k *spellings) of(stats *analysis.Stats) *spelling {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, s := range k.kept {
		if s.stats == stats {
			return s
		}
	}
	if len(k.kept) == maxMerged {
		k.kept = slices.Delete(k.kept, 0, 1)
	}
	s := newSpelling(stats)
	k.kept = append(k.kept, s)
	return s
}
