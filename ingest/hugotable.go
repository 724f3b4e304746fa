package ingest

import (
	"strconv"
	"strings"
)

// alertKinds are shortcodes that speak to the reader, and what their types and
// colors mean.
var alertKinds = map[string]string{
	"alert": "", "callout": "", "admonition": "", "notice": "", "hint": "", "note": "note", "tip": "tip", "warning": "warning", "caution": "caution",
	"info": "info", "danger": "danger", "important": "important", "attention": "attention", "quote": "quote", "primary": "note", "secondary": "note",
	"success": "success", "light": "note", "dark": "note", "error": "error", "default": "note", "question": "question", "example": "example", "bug": "bug",
	"emoji": "note", "warn": "warning",
}

// quietShortcodes show nothing that is text.
var quietShortcodes = map[string]bool{
	"toc": true, "table-of-contents": true, "children": true, "section-index": true, "icon": true, "fa": true, "youtube": true, "vimeo": true, "video": true,
	"tweet": true, "x": true, "instagram": true, "gist": true, "asciinema": true, "br": true, "comment": true, "readfile": true, "include": true, "clear": true,
	"blocks/link-down": true, "blocks/feature-icon": true, "iframe": true, "audio": true, "google-map": true, "disqus": true,
}

// pair begins a shortcode that holds something.
func (h *hugo) pair(s shortcode) {
	name := s.name[strings.LastIndexByte(s.name, '/')+1:]
	kind, isAlert := alertKinds[name]
	switch {
	case name == "comment":
		_, end := h.inner(s)
		h.drop(end)
	case name == "highlight", name == "code", name == "codeblock", name == "code-block":
		h.code(s, s.first(0, "lang", "language", "codelang"), s.first(-1, "title", "filename", "caption"))
	case name == "mermaid", name == "plantuml", name == "chart", name == "drawio", name == "markmap", name == "math", name == "d2":
		h.code(s, name, "")
	case name == "katex" && len(h.open) < maxDepth:
		h.begin(s, "", "", "$$")
		h.put("$$")
	case strings.HasPrefix(name, "tabpane"), name == "tabs", name == "tabset", name == "code-toggle", name == "codetabs":
		h.begin(s, "tabs", "", "")
		o := &h.open[len(h.open)-1]
		o.text = name != "tabpane" || s.named["text"] == "true"
		if items := s.named["items"]; items != "" {
			o.labels = strings.Split(items, ",")
		}
	case name == "tab", name == "tabs-item", name == "code-tab":
		h.tab(s)
	case isAlert:
		h.alert(s, kind)
	case name == "details", name == "expand", name == "collapse", name == "collapsible", name == "accordion", name == "accordionitem", name == "accordion-item":
		h.begin(s, "details", s.first(0, "title", "summary", "label"), "")
	case name == "imgproc", name == "figure":
		h.begin(s, "", "", "")
		h.put(s.picture())
	case name == "conditional-text", name == "if", name == "only":
		h.begin(s, "", "", "")
	default:
		if h.custom(s, name) {
			return
		}
	}
}

// begin drops a tag, and notes what is open. With a kind what it holds is a
// container.
func (h *hugo) begin(s shortcode, kind, title, after string) {
	h.drop(s.end)
	h.open = append(h.open, openShortcode{shortcode: s, container: kind != "", after: after})
	if kind != "" {
		h.beginBlock(kind, shown(title))
	}
}

// alert begins a note to the reader. A title that only says what it is is its
// label.
func (h *hugo) alert(s shortcode, kind string) {
	title := s.first(-1, "title", "heading", "text")
	if title == "" && len(s.args) > 1 {
		title = s.args[1]
	}
	if kind == "" {
		given := strings.ToLower(s.first(0, "type", "context", "color", "style", "kind", "icon"))
		if kind = alertKinds[given]; kind == "" {
			kind = "note"
		}
	}
	if bare := strings.ToLower(strings.TrimRight(title, ":! ")); admonitions[bare] {
		kind, title = bare, ""
	}
	h.begin(s, kind, title, "")
}

// tab begins a tab. What Docsy's tabs hold is code, unless they say otherwise.
func (h *hugo) tab(s shortcode) {
	label := s.first(0, "header", "name", "title", "label", "text", "tabname")
	var parent *openShortcode
	if n := len(h.open); n > 0 {
		parent = &h.open[n-1]
		if len(parent.labels) > 0 {
			if label == "" {
				label = strings.TrimSpace(parent.labels[0])
			}
			parent.labels = parent.labels[1:]
		}
	}
	lang := s.first(-1, "lang", "codelang")
	isCode := s.named["codelang"] != ""
	if parent != nil && parent.name == "tabpane" && !parent.text && !s.markup && s.named["text"] != "true" {
		isCode = true
		if lang == "" {
			lang = parent.first(-1, "lang")
		}
	}
	if !isCode || h.wasted > maxWasted {
		h.begin(s, "tab", label, "")
		return
	}
	inner, end := h.inner(s)
	if strings.Contains(string(inner), "```") {
		h.wasted += len(inner)
		h.begin(s, "tab", label, "")
		return
	}
	if text := strings.Trim(string(inner), "\n"); strings.TrimSpace(text) != "" {
		h.drop(s.end)
		h.beginBlock("tab", shown(label))
		h.putBlock(string(include{lang: lang}.fenced([]byte(text), "")), end)
		h.endBlock()
		return
	}
	h.drop(end)
}

// code makes a code block of what a shortcode holds.
func (h *hugo) code(s shortcode, lang, title string) {
	if h.wasted > maxWasted {
		h.begin(s, "", "", "")
		return
	}
	inner, end := h.inner(s)
	if strings.Contains(string(inner), "```") {
		h.wasted += len(inner)
		h.begin(s, "", "", "")
		return
	}
	h.putBlock(string(include{lang: lang, title: title}.fenced(inner, "")), end)
}

// custom takes in a shortcode of a site's own: what it holds is kept, after
// what it was given to say.
func (h *hugo) custom(s shortcode, name string) bool {
	title := s.words()
	if s.first(-1, "title", "header", "heading", "summary") != "" {
		h.begin(s, "group", title, "")
		return true
	}
	h.begin(s, "", "", "")
	return true
}

// words are what a shortcode of a site's own says.
func (s *shortcode) words() string {
	var says []string
	for _, name := range []string{"title", "header", "heading", "text", "label", "name", "subtitle", "summary", "content", "description", "caption", "alt"} {
		if v := strings.Join(strings.Fields(s.named[name]), " "); v != "" {
			says = append(says, v)
		}
	}
	return strings.Join(says, ": ")
}

// picture is what is said of one.
func (s *shortcode) picture() string {
	text := s.first(-1, "title")
	for _, name := range []string{"caption", "alt"} {
		if v := s.first(-1, name); v != "" && !strings.Contains(text, v) {
			text = strings.TrimPrefix(text+". "+v, ". ")
		}
	}
	return text
}

// alone takes in a shortcode without content.
func (h *hugo) alone(s shortcode) {
	name := s.name[strings.LastIndexByte(s.name, '/')+1:]
	switch words := s.words(); {
	case name == "figure" || name == "imgproc" || name == "image" || name == "img" || name == "screenshot":
		h.inlineText(s, shown(s.picture()))
	case quietShortcodes[s.name]:
		h.drop(s.end)
	case name == "swaggerui" || name == "redoc" || name == "openapi":
		h.unknown(s)
		h.drop(s.end)
	case name == "badge":
		h.inlineText(s, "("+shown(s.first(0, "content", "text", "title"))+")")
	case words != "" && s.first(-1, "link", "url", "href") != "":
		first, rest, _ := strings.Cut(words, ": ")
		text := "[" + shown(first) + "](<" + s.first(-1, "link", "url", "href") + ">)"
		if rest != "" {
			text += ": " + shown(rest)
		}
		h.inlineText(s, text)
	case words != "" && name != "ref" && name != "relref":
		h.inlineText(s, shown(words))
	default:
		h.inline(s)
	}
}

func (h *hugo) inlineText(s shortcode, text string) {
	h.drop(s.end)
	h.putLines([]byte(text), "")
}

// parameter is what a parameter of the site or the page says, whose names have no case,
// with the further arguments in the places of $1, $2 and so on, as Docsy does it.
func (h *hugo) parameter(name string, args []string) string {
	value, known := h.scope.lookup(name)
	if !known {
		value, _ = h.scope.lookup(strings.ToLower(name))
	}
	text := shownValue(value)
	for i := 1; i < 10 && strings.Contains(text, "$"); i++ {
		arg := ""
		if i < len(args) {
			arg = args[i]
		}
		text = strings.ReplaceAll(text, "$"+strconv.Itoa(i), arg)
	}
	return text
}

// inline takes in a shortcode that stands for a word: a link's target, a
// variable. Of one that can't be told its name is kept, and reported.
func (h *hugo) inline(s shortcode) {
	text := ""
	switch name := s.name; {
	case name == "ref" || name == "relref":
		text = s.first(0, "path")
	case quietShortcodes[name] || alertKinds[name] != "" || s.closing:
	case name == "param" || strings.HasSuffix(name, "param") || len(s.args) == 0 && len(s.named) == 0:
		wanted := s.first(0, "name", "key")
		if wanted == "" {
			wanted = name
		}
		text = h.parameter(wanted, s.args)
		if text == "" {
			h.unknown(s)
		}
		if text == "" && len(s.args) < 2 { // else its arguments go into what can't be told, such as an icon
			text = wanted
		}
	default:
		h.unknown(s)
		if text = s.first(0, "term_id"); strings.ContainsAny(text, "/.#=") {
			text = ""
		}
	}
	h.inlineText(s, text)
}
