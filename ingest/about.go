package ingest

import (
	"path"
	"strings"
	"unicode"

	"docent/ingest/site"
)

// maxAbout bounds Chunk.About, in bytes.
const maxAbout = 4000

// namings are the keys of front matter under which a page has further words to
// be found by.
var namings = []string{
	"keywords", "tags", "categories", "topics", "summary", "excerpt", "subtitle",
	"title", "linkTitle", "sidebar_label", "sidebarTitle", "nav_title", "short_title", "former_titles",
	"redirect_from", "redirects", "aliases", "html_meta", "myst", "sidebar",
}

// about gives what is said of a page beside its own words, a line each: its
// description, where it stands, what the navigation calls it, its keywords, and
// the words of its addresses, former ones included.
func about(file string, made site.Page, meta map[string]any) string {
	lines := []string{made.Description, strings.Join(made.Breadcrumbs, " "), made.Label}
	for _, key := range namings {
		lines = metaWords(lines, meta[key])
	}
	for _, alias := range append(made.Aliases, strings.TrimSuffix(file, path.Ext(file))) {
		lines = append(lines, addressWords(alias))
	}
	seen := map[string]bool{"": true, made.Title: true}
	var b strings.Builder
	for _, line := range lines {
		if seen[line] || b.Len()+len(line) >= maxAbout {
			continue
		}
		if seen[line] = true; b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(line)
	}
	return b.String()
}

// metaWords appends the texts of a value of front matter, however deep.
func metaWords(lines []string, value any) []string {
	switch v := value.(type) {
	case []any:
		for _, one := range v {
			lines = metaWords(lines, one)
		}
	case map[string]any:
		for _, key := range []string{"label", "name", "keywords", "description", "html_meta"} {
			lines = metaWords(lines, v[key])
		}
	default:
		text := site.Text(v)
		if strings.Contains(text, "/") && !strings.Contains(text, " ") {
			text = addressWords(text)
		}
		lines = append(lines, text)
	}
	return lines
}

// addressWords are the words of a path or of an address, whose scheme and host
// say nothing.
func addressWords(address string) string {
	if _, rest, whole := strings.Cut(address, "://"); whole {
		_, address, _ = strings.Cut(rest, "/")
	}
	address = strings.TrimSuffix(strings.TrimSuffix(unescape(address), "/"), ".html")
	return strings.Join(strings.FieldsFunc(address, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}
