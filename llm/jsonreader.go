package llm

import (
	"slices"
	"strings"
)

// jsonReader goes through JSON without making anything of it. Its methods
// report false for what is broken, or unusual, and at then stands anywhere.
type jsonReader struct {
	data  []byte
	at    int
	depth int // of objects and arrays
}

// maxDepth is deeper than any chunk.
const maxDepth = 32

// peek gives the next byte that is no blank; 0 at the end.
func (r *jsonReader) peek() byte {
	for ; r.at < len(r.data); r.at++ {
		switch c := r.data[r.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// ended reports whether nothing but blanks is left.
func (r *jsonReader) ended() bool { return r.peek() == 0 && r.at == len(r.data) }

// take goes past c, if it comes next.
func (r *jsonReader) take(c byte) bool {
	if r.peek() != c {
		return false
	}
	r.at++
	return true
}

// literal goes past a word, if it comes next.
func (r *jsonReader) literal(word string) bool {
	r.peek()
	if rest := r.data[r.at:]; len(rest) < len(word) || string(rest[:len(word)]) != word {
		return false
	}
	r.at += len(word)
	return true
}

// object goes through an object; value goes past the value of each name. A name
// with capitals, escapes or bytes beyond ASCII is unusual: encoding/json may
// take it for another one.
func (r *jsonReader) object(value func(name []byte) bool) bool {
	return r.items('{', '}', func() bool {
		name, escaped, ok := r.str()
		return ok && !escaped && !slices.ContainsFunc(name, unusual) && r.take(':') && value(name)
	})
}

func unusual(c byte) bool { return 'A' <= c && c <= 'Z' || c >= 0x80 }

// items goes through an object or array; item goes past each item.
func (r *jsonReader) items(begin, end byte, item func() bool) bool {
	if r.depth++; r.depth > maxDepth || !r.take(begin) {
		return false
	}
	for first := true; !r.take(end); first = false {
		if !first && !r.take(',') || !item() {
			return false
		}
	}
	r.depth--
	return true
}

// skip goes past a value.
func (r *jsonReader) skip() bool {
	switch c := r.peek(); c {
	case '{':
		return r.object(func([]byte) bool { return r.skip() })
	case '[':
		return r.items('[', ']', r.skip)
	case '"':
		_, _, ok := r.str()
		return ok
	case 'n':
		return r.literal("null")
	case 't':
		return r.literal("true")
	case 'f':
		return r.literal("false")
	}
	return r.number()
}

// str goes past a string, and gives what stands between its quotes, and whether
// that has escapes.
func (r *jsonReader) str() (inner []byte, escaped, ok bool) {
	if !r.take('"') {
		return nil, false, false
	}
	for from := r.at; ; r.at++ {
		for r.at < len(r.data) && !special[r.data[r.at]] {
			r.at++
		}
		switch {
		case r.at == len(r.data) || r.data[r.at] < ' ':
			return nil, false, false
		case r.data[r.at] == '"':
			r.at++
			return r.data[from : r.at-1], escaped, true
		}
		if escaped = true; !r.escape() {
			return nil, false, false
		}
	}
}

// special are the bytes of a string that are not simply its text.
var special = func() (bytes [256]bool) {
	for c := range byte(' ') {
		bytes[c] = true
	}
	bytes['"'], bytes['\\'] = true, true
	return bytes
}()

// escape goes to the last byte of an escape that begins here.
func (r *jsonReader) escape() bool {
	if r.at++; r.at == len(r.data) {
		return false
	}
	switch r.data[r.at] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		r.at += 4
		return r.at < len(r.data) && !slices.ContainsFunc(r.data[r.at-3:r.at+1], notHex)
	}
	return false
}

func notHex(c byte) bool {
	return !('0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F')
}

// number goes past a number.
func (r *jsonReader) number() bool {
	r.sign("-")
	if r.at < len(r.data) && r.data[r.at] == '0' {
		r.at++
	} else if !r.digits() {
		return false
	}
	if r.sign(".") && !r.digits() {
		return false
	}
	if r.sign("eE") {
		r.sign("+-")
		return r.digits()
	}
	return true
}

// sign goes past one of the bytes, if it comes here.
func (r *jsonReader) sign(of string) bool {
	if r.at < len(r.data) && strings.IndexByte(of, r.data[r.at]) >= 0 {
		r.at++
		return true
	}
	return false
}

// digits goes past the digits that come here, at least one.
func (r *jsonReader) digits() bool {
	from := r.at
	for r.at < len(r.data) && '0' <= r.data[r.at] && r.data[r.at] <= '9' {
		r.at++
	}
	return r.at > from
}
