package openai

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"docent"
)

// fields is a body, with all that it has.
type fields map[string]json.RawMessage

// unhonoured is a field that asks for what Docent does not do.
type unhonoured struct {
	harmless []string // values, as compact JSON, that ask for nothing of it; null is always one
	instead  string   // what to do
}

// Functions may be offered, and a model may always choose to call none: so does
// Docent. That it must call one is refused.
var noCalls = unhonoured{[]string{`"auto"`, `"none"`}, "must be auto or none: Docent answers in text and calls no functions of its clients"}

// refused are the fields of either endpoint that are refused, unless they ask for
// nothing.
var refused = map[string]unhonoured{
	"n":                  {[]string{"1"}, "must be 1: one question has one answer"},
	"logprobs":           {[]string{"false"}, "must be false: Docent knows no probabilities"},
	"top_logprobs":       {[]string{"0"}, "must be 0: Docent knows no probabilities"},
	"response_format":    {[]string{`{"type":"text"}`}, "must be of the type text: Docent answers in Markdown"},
	"modalities":         {[]string{`["text"]`}, `must be ["text"]`},
	"audio":              {nil, "is not supported: Docent answers in text"},
	"web_search_options": {nil, "is not supported: Docent searches its documentation alone"},
	"tool_choice":        noCalls,
	"function_call":      noCalls,
	"background":         {[]string{"false"}, "must be false"},
	"conversation":       {nil, "is not supported: use previous_response_id"},
	"prompt":             {nil, "is not supported: send the text as input"},
}

// ranges are those of numbers that are taken and have no effect.
var ranges = map[string][2]float64{
	"temperature": {0, 2}, "top_p": {0, 1}, "frequency_penalty": {-2, 2}, "presence_penalty": {-2, 2},
}

// check refuses what can't be honoured, by the name of the first of it.
func (f fields) check() error {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		sent := compact(f[name])
		if u, is := refused[name]; is && sent != "null" && !slices.Contains(u.harmless, sent) && !emptyChoice(name, sent) {
			return wrong(name, u.instead)
		}
		if r, is := ranges[name]; is && sent != "null" {
			var number float64
			if json.Unmarshal(f[name], &number) != nil || number < r[0] || number > r[1] {
				return wrong(name, "must be a number from "+compactNumber(r[0])+" to "+compactNumber(r[1]))
			}
		}
	}
	return nil
}

// emptyChoice reports whether a choice among tools leaves it open to call none, in the
// longer form.
func emptyChoice(name, sent string) bool {
	var choice struct {
		Type string `json:"type"`
		Mode string `json:"mode"`
	}
	return name == "tool_choice" && strings.HasPrefix(sent, "{") && json.Unmarshal([]byte(sent), &choice) == nil &&
		choice.Type == "allowed_tools" && choice.Mode == "auto"
}

// compact is JSON without blanks, as the harmless values are written.
func compact(raw json.RawMessage) string {
	var b bytes.Buffer
	_ = json.Compact(&b, raw) // it was decoded
	return b.String()
}

func compactNumber(f float64) string {
	encoded, _ := json.Marshal(f) // of a finite number
	return string(encoded)
}

// Bounds of metadata, as OpenAI has them.
const (
	maxPairs = 16
	maxKey   = 64
	maxValue = 512
)

// checkMetadata holds metadata to its bounds.
func checkMetadata(m map[string]string) error {
	if len(m) > maxPairs {
		return wrong("metadata", "has more than 16 pairs")
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if len([]rune(key)) > maxKey || len([]rune(m[key])) > maxValue {
			return wrong("metadata", "has keys above 64 or values above 512 characters")
		}
	}
	return nil
}

// number is a bound that a client may set, 0 where it does not.
func number(name string, sent *int) (int, error) {
	if sent == nil {
		return 0, nil
	}
	if *sent < 1 {
		return 0, wrong(name, "must be 1 or more")
	}
	return *sent, nil
}

// maxStops is how many texts can end an answer.
const maxStops = 4

// stops reads the texts that end an answer: one or a list.
func stops(raw json.RawMessage) ([]string, error) {
	var list []string
	var one string
	switch {
	case raw == nil, compact(raw) == "null":
		return nil, nil
	case json.Unmarshal(raw, &one) == nil:
		list = []string{one}
	case json.Unmarshal(raw, &list) != nil:
		return nil, wrong("stop", "must be a string or a list of strings")
	}
	if len(list) > maxStops {
		return nil, wrong("stop", "has more than 4 texts")
	}
	return slices.DeleteFunc(list, func(s string) bool { return s == "" }), nil
}

// sessionOf is the session that a request names, and its metadata without that.
func sessionOf(header string, metadata map[string]string) (session string, rest map[string]string, err error) {
	rest = maps.Clone(metadata)
	session = rest["session_id"]
	delete(rest, "session_id")
	if header != "" {
		session = header
	}
	if session != "" && !saneID(session) {
		return "", nil, docent.Errorf(docent.CodeNotFound, "there is no such conversation")
	}
	return session, rest, nil
}

// saneID reports whether s could be an ID of ours.
func saneID(s string) bool {
	return s != "" && len(s) <= 80 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") == ""
}
