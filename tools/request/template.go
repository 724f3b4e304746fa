package request

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// part is a piece of a template: text as it is, or the name of a value.
type part struct{ text, name string }

// template is a text with values in braces.
type template []part

// parse reads a template; a brace that stands for itself is not known.
func parse(text string) (template, error) {
	var parts template
	for text != "" {
		before, rest, has := strings.Cut(text, "{")
		if strings.Contains(before, "}") {
			return nil, fmt.Errorf("%q has a brace that nothing opens", text)
		}
		if before != "" {
			parts = append(parts, part{text: before})
		}
		if !has {
			break
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed || name == "" || strings.ContainsAny(name, "{/?&= ") {
			return nil, fmt.Errorf("%q has a brace that names no value", text)
		}
		parts = append(parts, part{name: name})
		text = after
	}
	return parts, nil
}

// fill gives the text with each value as escape writes it; missing is the name of
// the first value that there is none of, "" where all are there.
func (t template) fill(values func(string) (string, bool), escape func(string) string) (text, missing string) {
	var b strings.Builder
	for _, p := range t {
		if p.name == "" {
			b.WriteString(p.text)
			continue
		}
		value, has := values(p.name)
		if !has {
			return "", p.name
		}
		b.WriteString(escape(value))
	}
	return b.String(), ""
}

// address is a URL whose path segments and query values are templates.
type address struct {
	origin   string // https://host
	segments []template
	query    []parameter
}

type parameter struct {
	name  string // as it stands in the URL
	value template
}

// parseAddress reads a URL with values in braces: in its path and in the values
// of its query, nowhere else.
func parseAddress(text string) (*address, error) {
	scheme, rest, has := strings.Cut(text, "://")
	if !has || strings.Contains(rest, "#") {
		return nil, fmt.Errorf("%q is no URL without a fragment", text)
	}
	rest, query, asks := strings.Cut(rest, "?")
	host, path, _ := strings.Cut(rest, "/")
	if host == "" || strings.ContainsAny(host, "{}@\\") {
		return nil, fmt.Errorf("%q has no host, or one that varies", text)
	}
	a := &address{origin: scheme + "://" + host}
	for segment := range strings.SplitSeq(path, "/") {
		t, err := parse(segment)
		if err != nil {
			return nil, err
		}
		a.segments = append(a.segments, t)
	}
	if !asks {
		return a, nil
	}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if strings.ContainsAny(name, "{}") {
			return nil, fmt.Errorf("%q has a query whose names vary", text)
		}
		t, err := parse(value)
		if err != nil {
			return nil, err
		}
		a.query = append(a.query, parameter{name, t})
	}
	return a, nil
}

// fill gives the URL. A value of the path must be there, and stays within its
// segment; a parameter of the query whose value is not there is left out.
func (a *address) fill(values func(string) (string, bool)) (*url.URL, error) {
	path := make([]string, len(a.segments))
	for i, segment := range a.segments {
		for _, p := range segment {
			if value, has := values(p.name); p.name != "" && has && climbs(value) {
				return nil, fmt.Errorf("%s can't be a part of a path", p.name)
			}
		}
		text, missing := segment.fill(values, url.PathEscape)
		if missing != "" {
			return nil, fmt.Errorf("%s is missing", missing)
		}
		if len(segment) > 0 && climbs(text) {
			return nil, fmt.Errorf("the path would lead elsewhere")
		}
		path[i] = text
	}
	var query []string
	for _, p := range a.query {
		if value, missing := p.value.fill(values, url.QueryEscape); missing == "" {
			query = append(query, p.name+"="+value)
		}
	}
	full := a.origin + "/" + strings.Join(path, "/")
	if len(query) > 0 {
		full += "?" + strings.Join(query, "&")
	}
	return url.Parse(full)
}

// climbs reports whether a value is nothing, or would lead out of its place in
// a path where a server takes it apart: at encoded slashes, too.
func climbs(value string) bool {
	if value == "" || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return true
	}
	steps := strings.FieldsFunc(value, func(r rune) bool { return r == '/' || r == '\\' || r == ';' })
	return len(steps) == 0 || slices.Contains(steps, ".") || slices.Contains(steps, "..")
}

// names are the values that a template takes.
func (t template) names() []string {
	var names []string
	for _, p := range t {
		if p.name != "" {
			names = append(names, p.name)
		}
	}
	return names
}

func (a *address) names() []string {
	var names []string
	for _, t := range a.segments {
		names = append(names, t.names()...)
	}
	for _, p := range a.query {
		names = append(names, p.value.names()...)
	}
	return names
}
