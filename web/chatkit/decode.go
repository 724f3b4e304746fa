package chatkit

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"docent"
)

// maxDepth is how deep a body may be nested.
const maxDepth = 200

// decode reads a body as the reference server does: UTF-8 without a byte order mark,
// one object and nothing behind it, of duplicate keys the last, no half of a surrogate
// pair, not nested too deep.
func decode(body []byte) (object, error) {
	if !utf8.Valid(body) {
		return object{}, malformed("it is not UTF-8")
	}
	if err := scan(body); err != nil {
		return object{}, err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return object{}, malformed(syntax(err))
	}
	if _, err := d.Token(); err != io.EOF {
		return object{}, malformed("something stands behind it")
	}
	fields, is := tree.(map[string]any)
	if !is {
		return object{}, malformed("it must be an object")
	}
	return object{fields: fields, wrong: new([]docent.FieldError)}, nil
}

func malformed(why string) error {
	return docent.Errorf(docent.CodeMalformed, "the body is not JSON of ChatKit: %s", why)
}

func syntax(err error) string {
	var wrong *json.SyntaxError
	if errors.As(err, &wrong) {
		return "byte " + strconv.FormatInt(wrong.Offset, 10) + ": " + wrong.Error()
	}
	return "it broke off"
}

// scan refuses what encoding/json would take: nesting without bounds, and escapes that
// are half of a pair, which it replaces.
func scan(body []byte) error {
	depth := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '{', '[':
			if depth++; depth > maxDepth {
				return malformed("it is nested deeper than 200 levels")
			}
		case '}', ']':
			depth--
		case '"':
			end, whole := scanString(body, i+1)
			if !whole {
				return malformed("a string has half of a surrogate pair")
			}
			i = end
		}
	}
	return nil
}

// scanString gives the place of the quote that ends the string which begins at i, and
// false where one of its escapes is half of a pair.
func scanString(body []byte, i int) (end int, whole bool) {
	for ; i < len(body) && body[i] != '"'; i++ {
		if body[i] != '\\' {
			continue
		}
		unit := escaped(body, i)
		switch i++; { // beyond the backslash: what is escaped ends no string
		case !utf16.IsSurrogate(unit):
		case utf16.DecodeRune(unit, escaped(body, i+5)) == utf8.RuneError:
			return i, false
		default:
			i += 10
		}
	}
	return i, true
}

// escaped is the unit that \uXXXX at i means, 0 where there is no such escape.
func escaped(body []byte, i int) rune {
	if i+6 > len(body) || body[i] != '\\' || body[i+1] != 'u' {
		return 0
	}
	unit, err := strconv.ParseUint(string(body[i+2:i+6]), 16, 16)
	if err != nil {
		return 0
	}
	return rune(unit)
}
