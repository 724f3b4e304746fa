package ingest

import (
	"bytes"
	"html"
	"regexp"
)

// Tags of HTML, an id in one, and comments that only kramdown hides.
var (
	anyTag        = regexp.MustCompile(`</?([a-z][\w-]*)((?:\s[^<>]*)?)>`)
	markdownAttr  = regexp.MustCompile(`\smarkdown(?:\s*=\s*["']?(\w+)["']?)?(?:\s|/?$)`)
	markdownWord  = regexp.MustCompile(`markdown(?:=["'\w]|>|[ \t][^<\n]*>)`)
	tagIDPattern  = regexp.MustCompile(`\sid\s*=\s*["']?([^"'\s>]+)`)
	contentsList  = regexp.MustCompile(`(?m)^[ \t]*(?:[-*+]|\d+\.)[ \t]+\S[^\n]*\n[ \t]*\{:[^{}\n]*\btoc\b[^{}\n]*\}[ \t]*$`)
	hiddenComment = regexp.MustCompile(`(?s)\{::comment\}.*?\{:/(?:comment)?\}|\{::(?:nomarkdown|options)[^{}]*/?\}|\{:/nomarkdown\}`)
)

// takeMarkdownTags takes the tags off the text between which Markdown stands:
// a parser of Markdown would take what follows them for HTML.
func (d *dialect) takeMarkdownTags(s *source) {
	if d.has(kramdownLists) && bytes.Contains(s.text, []byte("{::")) {
		s.text = hiddenComment.ReplaceAllFunc(s.text, func(m []byte) []byte {
			return bytes.Repeat([]byte("\n"), bytes.Count(m, []byte("\n")))
		})
	}
	if d.has(kramdownLists) && bytes.Contains(s.text, []byte("toc")) && bytes.Contains(s.text, []byte("{:")) {
		s.text = contentsList.ReplaceAll(s.text, []byte("\n"))
	}
	if !d.has(attributeLists|kramdownLists) || !markdownWord.Match(s.text) {
		return
	}
	var out []byte
	var open markdownTags
	fence := ""
	for line := range bytes.Lines(s.text) {
		if m := fenceMark(line, fence); m == endOfFence {
			fence = ""
		} else if m != "" {
			fence = m
		}
		if fence == "" && bytes.IndexByte(line, '<') >= 0 {
			line = anyTag.ReplaceAllFunc(line, open.without)
		}
		out = append(out, line...)
	}
	s.text = out
}

// markdownTags are those that are open, with how many of their name are open
// within each.
type markdownTags []struct {
	name  string
	depth int
}

// without gives a tag as it is left in the text.
func (open *markdownTags) without(tag []byte) []byte {
	m := anyTag.FindSubmatch(tag)
	name, top := string(m[1]), len(*open)-1
	switch {
	case tag[1] != '/' && markdownAttr.Match(m[2]):
		if top < maxDepth {
			*open = append(*open, struct {
				name  string
				depth int
			}{name: name})
		}
		if id := tagIDPattern.FindSubmatch(m[2]); id != nil {
			return []byte(`<a id="` + html.EscapeString(string(id[1])) + `"></a>`)
		}
		return nil
	case top < 0 || bytes.HasSuffix(m[2], []byte("/")):
	case (*open)[top].name != name:
		if wrappers[name] {
			return nil
		}
	case tag[1] != '/':
		(*open)[top].depth++
		return nil
	case (*open)[top].depth > 0:
		(*open)[top].depth--
		return nil
	default:
		*open = (*open)[:top]
		return nil
	}
	return tag
}
