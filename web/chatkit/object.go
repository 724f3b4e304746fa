package chatkit

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"docent"
)

// object is an object of a request. Its methods read its fields, unknown ones are never
// looked at; those that are missing or of a wrong type are collected, and err tells them
// all. A field that is "optional" may be absent or null.
type object struct {
	at       string // "params.input."
	fields   map[string]any
	wrong    *[]docent.FieldError
	metadata map[string]string // of the request; in params only
}

// err is what was wrong so far, with the request as a whole; nil of nothing.
func (o object) err() error {
	if len(*o.wrong) == 0 {
		return nil
	}
	said := make([]string, len(*o.wrong))
	for i, f := range *o.wrong {
		said[i] = f.Field + " " + f.Message
	}
	return &docent.Error{Code: docent.CodeInvalid, Message: "the request does not fit: " + strings.Join(said, "; "), Fields: *o.wrong}
}

// maxWrong is how many fields are told to be wrong.
const maxWrong = 20

// refuse says what is wrong with a field.
func (o object) refuse(key, format string, args ...any) {
	if len(*o.wrong) == maxWrong {
		return
	}
	*o.wrong = append(*o.wrong, docent.FieldError{Field: o.at + key, Message: fmt.Sprintf(format, args...)})
}

// has reports whether a field is there, and is not null.
func (o object) has(key string) bool { return o.fields[key] != nil }

// missing reports whether a field is absent, and may be.
func (o object) missing(key string) bool {
	_, there := o.fields[key]
	return !there
}

// text is a required string.
func (o object) text(key string) string {
	s, is := o.fields[key].(string)
	if !is {
		o.refuse(key, "must be a string")
	}
	return s
}

// optionalText is a string; "" where it is absent or null.
func (o object) optionalText(key string) string {
	if !o.has(key) {
		return ""
	}
	return o.text(key)
}

// oneOf is one of the values; the first where the field is absent.
func (o object) oneOf(key string, values ...string) string {
	if o.missing(key) {
		return values[0]
	}
	s, is := o.fields[key].(string)
	if !is || !slices.Contains(values, s) {
		o.refuse(key, "must be one of %s", strings.Join(values, ", "))
	}
	return s
}

// number is a required whole number, also as a string, with a fraction of zero or as a
// truth value. One beyond int64 is the nearest.
func (o object) number(key string) int64 {
	var n int64
	ok := false
	switch v := o.fields[key].(type) {
	case bool:
		n, ok = map[bool]int64{true: 1}[v], true
	case json.Number:
		n, ok = whole(v.String())
		if f, err := v.Float64(); !ok && err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<63 {
			n, ok = int64(f), true
		}
	case string:
		n, ok = whole(strings.TrimSpace(v))
	}
	if !ok {
		o.refuse(key, "must be a whole number")
	}
	return n
}

var wholeNumber = regexp.MustCompile(`^[+-]?[0-9]+(_[0-9]+)*(\.0*)?$`)

// whole reads a number without an exponent.
func whole(s string) (int64, bool) {
	if !wholeNumber.MatchString(s) {
		return 0, false
	}
	s, _, _ = strings.Cut(strings.ReplaceAll(s, "_", ""), ".")
	n, _ := strconv.ParseInt(s, 10, 64) // out of range it is the nearest
	return n, true
}

// truth is a boolean, also as a word or a number; fallback where it is absent.
func (o object) truth(key string, fallback bool) bool {
	if o.missing(key) {
		return fallback
	}
	word := ""
	switch v := o.fields[key].(type) {
	case bool:
		return v
	case json.Number:
		word = strings.TrimSuffix(v.String(), ".0")
	case string:
		word = strings.ToLower(v)
	}
	switch word {
	case "1", "true", "t", "yes", "y", "on":
		return true
	case "0", "false", "f", "no", "n", "off":
		return false
	}
	o.refuse(key, "must be true or false")
	return false
}

// object is a required object.
func (o object) object(key string) object {
	fields, is := o.fields[key].(map[string]any)
	if !is {
		o.refuse(key, "must be an object")
	}
	return object{at: o.at + key + ".", fields: fields, wrong: o.wrong}
}

// objects is a required list of objects.
func (o object) objects(key string) []object {
	var list []object
	for i, v := range o.list(key) {
		at := fmt.Sprintf("%s[%d]", key, i)
		fields, is := v.(map[string]any)
		if !is {
			o.refuse(at, "must be an object")
		}
		list = append(list, object{at: o.at + at + ".", fields: fields, wrong: o.wrong})
	}
	return list
}

// texts is a required list of strings.
func (o object) texts(key string) []string {
	list := []string{}
	for i, v := range o.list(key) {
		s, is := v.(string)
		if !is {
			o.refuse(fmt.Sprintf("%s[%d]", key, i), "must be a string")
		}
		list = append(list, s)
	}
	return list
}

func (o object) list(key string) []any {
	list, is := o.fields[key].([]any)
	if !is {
		o.refuse(key, "must be a list")
	}
	return list
}

// raw is any JSON, which has to be there; null is.
func (o object) raw(key string) json.RawMessage {
	if o.missing(key) {
		o.refuse(key, "is required")
	}
	b, _ := json.Marshal(o.fields[key]) // it was decoded
	return b
}

// maxMetadata is how many bytes of metadata reach prompts.
const maxMetadata = 4096

// flat gives the strings, numbers and truth values of an object, which reach
// prompts; what else there is has no name there.
func (o object) flat(key string) map[string]string {
	if o.missing(key) {
		return nil
	}
	flat, size := map[string]string{}, 0
	for name, v := range o.object(key).fields {
		switch v := v.(type) {
		case string:
			flat[name] = v
		case json.Number, bool:
			flat[name] = fmt.Sprint(v)
		}
		size += len(name) + len(flat[name])
	}
	if size > maxMetadata {
		o.refuse(key, "has %d bytes; at most %d are taken", size, maxMetadata)
	}
	return flat
}
