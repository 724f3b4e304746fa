package analysis

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"strings"
)

// Field is a part of a chunk that is weighted on its own.
type Field int

// The fields of a chunk.
const (
	FieldTitle    Field = iota // the page's title
	FieldHeadings              // the heading path
	FieldText                  // everything but code blocks
	FieldCode                  // code blocks
	FieldLinks                 // what other pages call the section
	FieldAbout                 // what else is said of the page, see docent.Chunk.About
	NumFields
)

// Stats are what BM25 needs to know of a release as a whole: how many chunks,
// how long each field is in sum, and how many chunks hold each term in any
// field. Added and removed chunk by chunk, they come out the same whatever the
// order of ingests. The zero value is of an empty release.
type Stats struct {
	Chunks int
	Length [NumFields]int64
	DF     map[string]int
}

// Add counts a chunk in. On an error nothing has changed.
func (s *Stats) Add(encoded []byte) error {
	length, err := FieldLengths(encoded)
	if err == nil {
		err = EachTerm(encoded, func(string, [NumFields]int) error { return nil })
	}
	if err != nil {
		return err
	}
	if s.DF == nil {
		s.DF = make(map[string]int)
	}
	s.Chunks++
	for f, n := range length {
		s.Length[f] += int64(n)
	}
	return EachTerm(encoded, func(term string, _ [NumFields]int) error {
		s.add(term, 1)
		return nil
	})
}

// add counts n chunks more for term. The map keeps a copy of a new term, so
// that it does not hold a whole chunk's bytes.
func (s *Stats) add(term string, n int) {
	if _, known := s.DF[term]; !known {
		term = strings.Clone(term)
	}
	s.DF[term] += n
}

// Remove counts out a chunk that was added. One that can't have been is an
// error, and nothing has changed.
func (s *Stats) Remove(encoded []byte) error {
	length, err := FieldLengths(encoded)
	if err != nil {
		return err
	}
	missing := errors.New("analysis: a chunk to be removed from the statistics was never added")
	for f, n := range length {
		if s.Chunks == 0 || s.Length[f] < int64(n) {
			return missing
		}
	}
	err = EachTerm(encoded, func(term string, _ [NumFields]int) error {
		if s.DF[term] == 0 {
			return missing
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.Chunks--
	for f, n := range length {
		s.Length[f] -= int64(n)
	}
	return EachTerm(encoded, func(term string, _ [NumFields]int) error {
		if s.DF[term]--; s.DF[term] == 0 {
			delete(s.DF, term)
		}
		return nil
	})
}

// Merge counts in all of other, which stays as it is.
func (s *Stats) Merge(other *Stats) {
	if s.DF == nil {
		s.DF = make(map[string]int, len(other.DF))
	}
	s.Chunks += other.Chunks
	for f, n := range other.Length {
		s.Length[f] += n
	}
	for term, n := range other.DF {
		s.DF[term] += n
	}
}

// Clone gives a copy that shares nothing.
func (s *Stats) Clone() *Stats {
	c := *s
	c.DF = maps.Clone(s.DF)
	return &c
}

// statsEncoding is the first byte of encoded statistics.
const statsEncoding = 2

// Encode gives the statistics as bytes; equal statistics give equal bytes.
//
// The form: a version byte, the chunks and lengths as uvarints, the number of
// terms, and for each term in ascending order how many bytes it shares with
// the one before, how many follow, these, and its count.
func (s *Stats) Encode() []byte {
	out := make([]byte, 0, 32+8*len(s.DF))
	out = append(out, statsEncoding)
	out = binary.AppendUvarint(out, uint64(s.Chunks))
	for _, n := range s.Length {
		out = binary.AppendUvarint(out, uint64(n))
	}
	out = binary.AppendUvarint(out, uint64(len(s.DF)))
	last := ""
	for _, term := range slices.Sorted(maps.Keys(s.DF)) {
		shared := sharedPrefix(last, term)
		out = append(out, byte(shared), byte(len(term)-shared))
		out = append(out, term[shared:]...)
		out = binary.AppendUvarint(out, uint64(s.DF[term]))
		last = term
	}
	return out
}

func sharedPrefix(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// DecodeStats reads what Encode wrote; anything else is an error.
func DecodeStats(encoded []byte) (*Stats, error) {
	r := reader{rest: string(encoded)}
	r.header(statsEncoding)
	s := &Stats{Chunks: r.number()}
	for f := range s.Length {
		s.Length[f] = int64(r.number())
	}
	n := r.number()
	s.DF = make(map[string]int, min(n, len(r.rest)/4)) // a term takes 4 bytes at least
	last := ""
	for i := 0; i < n && !r.bad; i++ {
		shared, size := int(r.octet()), int(r.octet())
		r.check(shared <= len(last))
		suffix := r.take(size)
		count := r.number()
		if r.bad {
			break
		}
		term := last[:shared] + suffix
		r.check(term > last && count > 0 && count <= s.Chunks)
		s.DF[term] = count
		last = term
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	return s, nil
}
