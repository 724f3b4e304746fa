package mcp

import (
	"net/url"
	"strings"

	"docent"
)

// scheme begins the names that pages have as resources: docent://SOURCE/PATH, with
// ?version= and lang= where the source has several. They are names, not addresses:
// pages of one source can have any address, or none.
const scheme = "docent://"

// name is a page's, taken apart.
type name struct{ source, path, version, lang, section string }

// nameOf is the name of a page of a unit.
func nameOf(u docent.Unit, path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	text := scheme + url.PathEscape(u.Source) + "/" + strings.Join(parts, "/")
	query := url.Values{}
	if u.Version != "" {
		query.Set("version", u.Version)
	}
	if u.Lang != "" {
		query.Set("lang", u.Lang)
	}
	if len(query) > 0 {
		text += "?" + query.Encode()
	}
	return text
}

// parseName takes a name apart; false where text is none.
func parseName(text string) (name, bool) {
	rest, is := strings.CutPrefix(text, scheme)
	if !is {
		return name{}, false
	}
	rest, section, _ := strings.Cut(rest, "#")
	rest, query, _ := strings.Cut(rest, "?")
	source, path, found := strings.Cut(rest, "/")
	values, qerr := url.ParseQuery(query)
	source, serr := url.PathUnescape(source)
	path, perr := url.PathUnescape(path)
	if !found || path == "" || qerr != nil || serr != nil || perr != nil {
		return name{}, false
	}
	return name{source, path, values.Get("version"), values.Get("lang"), section}, true
}
