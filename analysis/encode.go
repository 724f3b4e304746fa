package analysis

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"

	"docent"
)

// encoding is the first byte of encoded terms.
const encoding = 2

// errBad says that bytes are not what this package wrote.
var errBad = errors.New("analysis: the bytes are not encoded terms or statistics of this version")

// ChunkTerms gives the terms of a chunk with how often each stands in each
// field, and the fields' lengths in terms, encoded. Equal chunks give equal
// bytes.
//
// The form: a version byte, the lengths as uvarints, the number of terms, and
// for each term in ascending order its length and bytes, a mask of the fields
// it stands in, and a count for each of these.
func ChunkTerms(c *docent.Chunk) []byte {
	var counted []counts
	place := make(map[string]int, len(c.Text)/8) // of each term in counted
	var length [NumFields]int
	a := borrow(c.Unit.Lang)
	defer a.giveBack()
	count := func(f Field, text string) {
		a.each(text, func(tokens []token) {
			for _, t := range tokens {
				at, known := place[t.term]
				if !known {
					at = len(counted)
					place[t.term] = at
					counted = append(counted, counts{term: t.term})
				}
				counted[at].tf[f]++
				length[f]++
			}
		})
	}
	count(FieldTitle, c.Title)
	count(FieldHeadings, strings.Join(c.Headings, "\n"))
	prose, code := divideCode(c)
	for _, s := range prose {
		count(FieldText, s)
	}
	for _, s := range code {
		count(FieldCode, s)
	}
	count(FieldLinks, strings.Join(c.Called, "\n"))
	count(FieldAbout, c.About)
	return encodeTerms(counted, length)
}

// divideCode gives a chunk's text without its code blocks, and these.
func divideCode(c *docent.Chunk) (prose, code []string) {
	at := 0
	for _, b := range c.Blocks {
		if b.Kind != docent.BlockCode || b.Start < at || b.End < b.Start || b.End > len(c.Text) {
			continue
		}
		prose = append(prose, c.Text[at:b.Start])
		code = append(code, c.Text[b.Start:b.End])
		at = b.End
	}
	return append(prose, c.Text[at:]), code
}

// counts are a term's frequencies.
type counts struct {
	term string
	tf   [NumFields]int
}

func encodeTerms(terms []counts, length [NumFields]int) []byte {
	slices.SortFunc(terms, func(a, b counts) int { return strings.Compare(a.term, b.term) })
	out := make([]byte, 0, 16+len(terms)*12)
	out = append(out, encoding)
	for _, n := range length {
		out = binary.AppendUvarint(out, uint64(n))
	}
	out = binary.AppendUvarint(out, uint64(len(terms)))
	for _, t := range terms {
		out = append(out, byte(len(t.term)))
		out = append(out, t.term...)
		mask := len(out)
		out = append(out, 0)
		for f, n := range t.tf {
			if n > 0 {
				out[mask] |= 1 << f
				out = binary.AppendUvarint(out, uint64(n))
			}
		}
	}
	return out
}

// EachTerm calls fn for each distinct term of encoded, in ascending order, with
// its frequency in each field. It stops at fn's first error and returns it.
// Bytes that ChunkTerms did not write are an error, found before or between
// calls. Terms share one copy of encoded: clone what outlives it.
func EachTerm(encoded []byte, fn func(term string, tf [NumFields]int) error) error {
	text := string(encoded)
	w := walkOf(encoded)
	last := ""
	for w.next() {
		term := text[w.start:w.end]
		if term <= last {
			return errBad
		}
		if err := fn(term, w.tf); err != nil {
			return err
		}
		last = term
	}
	if !w.complete() {
		return errBad
	}
	return nil
}

// FieldLengths gives the number of terms in each field of encoded.
func FieldLengths(encoded []byte) ([NumFields]int, error) {
	w := walkOf(encoded)
	if w.bad {
		return [NumFields]int{}, errBad
	}
	return w.length, nil
}

// reader takes encoded statistics apart. After the first mistake it gives zeros,
// and bad is set.
type reader struct {
	rest string
	bad  bool
}

func (r *reader) check(ok bool) {
	if !ok {
		r.bad, r.rest = true, ""
	}
}

func (r *reader) header(version byte) { r.check(r.octet() == version) }

func (r *reader) octet() byte {
	s := r.take(1)
	if s == "" {
		return 0
	}
	return s[0]
}

func (r *reader) take(n int) string {
	if n > len(r.rest) {
		r.check(false)
		return ""
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

// maxNumber is far above any count, and far below an overflow of their sums.
const maxNumber = 1 << 50

// number reads a uvarint.
func (r *reader) number() int {
	var n uint64
	for shift := 0; shift < 63; shift += 7 {
		b := r.octet()
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			if r.check(n <= maxNumber); r.bad {
				return 0
			}
			return int(n)
		}
	}
	r.check(false)
	return 0
}

// end reports what was wrong, trailing bytes included.
func (r *reader) end() error {
	if r.bad || r.rest != "" {
		return errBad
	}
	return nil
}
