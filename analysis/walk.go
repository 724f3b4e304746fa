package analysis

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// walk goes over the terms of an encoded chunk from the first to the last,
// without copying any.
type walk struct {
	encoded    []byte
	at         int            // the next byte
	left       int            // terms to come
	length     [NumFields]int // of the fields
	start, end int            // of the term
	tf         [NumFields]int // its frequency in each field
	bad        bool           // the bytes are not what ChunkTerms writes
}

// walkOf stands before the first term.
func walkOf(encoded []byte) walk {
	w := walk{encoded: encoded, at: 1, bad: len(encoded) == 0 || encoded[0] != encoding}
	if w.bad {
		return w
	}
	for f := range w.length {
		w.length[f] = w.number()
	}
	w.left = w.number()
	return w
}

// next goes to the next term; false where there is none, or what there is
// can't be read.
func (w *walk) next() bool {
	if w.left == 0 || w.bad {
		return false
	}
	w.left--
	rest := w.encoded[w.at:]
	if len(rest) == 0 || len(rest) < int(rest[0])+2 {
		w.bad = true
		return false
	}
	size := int(rest[0])
	w.start = w.at + 1
	w.end = w.start + size
	w.at = w.end + 1
	mask := rest[1+size]
	w.bad = mask == 0 || mask >= 1<<NumFields
	w.tf = [NumFields]int{}
	for ; mask != 0 && !w.bad; mask &= mask - 1 {
		w.tf[bits.TrailingZeros8(mask)] = w.number()
	}
	return !w.bad
}

func (w *walk) term() []byte { return w.encoded[w.start:w.end] }

// complete says that all terms were read, and no bytes are left.
func (w *walk) complete() bool { return !w.bad && w.left == 0 && w.at == len(w.encoded) }

// number reads a uvarint.
func (w *walk) number() int {
	if w.at < len(w.encoded) && w.encoded[w.at] < 0x80 { // nearly always
		w.at++
		return int(w.encoded[w.at-1])
	}
	n, size := binary.Uvarint(w.encoded[w.at:])
	if size <= 0 || n > maxNumber {
		w.bad = true
		return 0
	}
	w.at += size
	return int(n)
}

// Lookup finds terms, which have to ascend, in an encoded chunk: it sets
// found[i] to the frequencies of terms[i], and leaves what is of a term that is
// not there. It gives the lengths of the fields, in terms. Bytes that
// ChunkTerms did not write are an error; what follows the last of the terms is
// not looked at.
func Lookup(encoded []byte, terms []string, found [][NumFields]int) (length [NumFields]int, err error) {
	w := walkOf(encoded)
	i := 0
	for i < len(terms) && w.next() {
		term := w.term()
		for i < len(terms) && terms[i] < string(term) {
			i++
		}
		if i < len(terms) && terms[i] == string(term) {
			found[i] = w.tf
			i++
		}
	}
	if w.bad {
		return [NumFields]int{}, errBad
	}
	return w.length, nil
}

// Alike reports whether two encoded chunks have mostly the same terms, however
// often: their Jaccard index, the share of the common ones among all, is at
// least share. Bytes that ChunkTerms did not write are like nothing.
func Alike(a, b []byte, share float64) bool {
	x, y := walkOf(a), walkOf(b)
	if x.bad || y.bad {
		return false
	}
	all, common := x.left+y.left, 0
	enough := func(common int) bool { return float64(common) >= share*float64(all-common) }
	hasX, hasY := x.next(), y.next()
	for hasX && hasY && enough(common+1+min(x.left, y.left)) {
		switch order := bytes.Compare(x.term(), y.term()); {
		case order < 0:
			hasX = x.next()
		case order > 0:
			hasY = y.next()
		default:
			common++
			hasX, hasY = x.next(), y.next()
		}
	}
	return !x.bad && !y.bad && enough(common)
}
