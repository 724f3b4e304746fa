package request

import (
	"encoding/json"
	"fmt"
	"strings"

	"docent"
)

// values are what templates are filled with: the model's arguments, and what is
// known of the reader, which no argument can replace.
type values struct {
	arguments map[string]any
	who       docent.ToolCaller
}

// get gives a value as text; ok is false where there is none, or where it is a
// list or an object.
func (v values) get(name string) (text string, ok bool) {
	if ofReader(name) {
		return v.reader(name)
	}
	switch value := v.arguments[name].(type) {
	case string:
		return value, true
	case bool, json.Number:
		return fmt.Sprint(value), true
	}
	return "", false
}

// reader gives what is known of the reader.
func (v values) reader(name string) (string, bool) {
	var value string
	kind, key, _ := strings.Cut(name, ".")
	switch kind {
	case "subject":
		value = v.who.Subject
	case "site":
		value = v.who.Site
	case "claim":
		value = v.who.Claims[key]
	case "metadata":
		value = v.who.Metadata[key]
	}
	return value, value != ""
}

// ofReader reports whether a name means something known of the reader.
func ofReader(name string) bool {
	kind, key, dotted := strings.Cut(name, ".")
	if dotted {
		return key != "" && (kind == "claim" || kind == "metadata")
	}
	return kind == "subject" || kind == "site"
}

// filled gives a part of a body with its templates filled. A text that is one
// value alone becomes that value, of whatever type; has is false where a value is
// missing, and the part is left out.
func (v values) filled(part any) (filled any, has bool) {
	switch part := part.(type) {
	case map[string]any:
		object := map[string]any{}
		for name, field := range part {
			if value, has := v.filled(field); has {
				object[name] = value
			}
		}
		return object, true
	case []any:
		list := []any{}
		for _, item := range part {
			if value, has := v.filled(item); has {
				list = append(list, value)
			}
		}
		return list, true
	case string:
		t, err := parse(part)
		if err != nil {
			return part, true // checked when it was read: never here
		}
		if len(t) == 1 && t[0].name != "" && !ofReader(t[0].name) {
			value, has := v.arguments[t[0].name]
			return value, has
		}
		text, missing := t.fill(v.get, func(s string) string { return s })
		return text, missing == ""
	}
	return part, true
}

// bodyNames are the values that a body takes; the error is of a template in it.
func bodyNames(part any) (names []string, err error) {
	var parts []any
	switch part := part.(type) {
	case map[string]any:
		for _, field := range part {
			parts = append(parts, field)
		}
	case []any:
		parts = part
	case string:
		t, err := parse(part)
		return t.names(), err
	}
	for _, p := range parts {
		more, err := bodyNames(p)
		if err != nil {
			return nil, err
		}
		names = append(names, more...)
	}
	return names, nil
}
