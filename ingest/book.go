package ingest

import (
	"strings"
)

// bookKinds are the styles of GitBook's hints.
var bookKinds = map[string]string{"": "info", "info": "info", "warning": "warning", "danger": "danger", "success": "success", "working": "note"}

// bookTags show nothing themselves.
var bookTags = map[string]bool{
	"stepper": true, "columns": true, "column": true, "if": true, "else": true, "content-ref": true, "updates": true, "embed": true, "file": true,
	"raw": true, "prompt": true, "carousel": true,
}

// bookTag takes in a tag of GitBook.
func (t *template) bookTag() bool {
	words, end, ok := t.tagEnd()
	if !ok {
		return false
	}
	name, rest, _ := strings.Cut(words, " ")
	all := settings(rest)
	value := func(key string) string { return strings.TrimPrefix(all[key], "=") }
	closing, isEnd := strings.CutPrefix(name, "end")
	switch {
	case isEnd:
		t.endBook(end, closing)
		return true
	case strings.HasPrefix(name, "openapi"), end > t.lastEnd(name) && !bookTags[name]:
		return t.lonely(end, name, value)
	}
	switch name {
	case "hint":
		t.beginBook(end, name, bookKinds[value("style")], value("title"))
	case "tabs":
		t.beginBook(end, name, "tabs", "")
	case "tab":
		t.beginBook(end, name, "tab", value("title"))
	case "code":
		t.beginBook(end, name, "code", called(value("title")))
	case "step", "update":
		t.beginBook(end, name, "group", value("date"))
	default:
		if !bookTags[name] {
			return false
		}
		t.drop(end)
		if url := value("url") + value("src"); url != "" && (name == "embed" || name == "file") {
			t.put("<" + url + "> " + value("caption"))
		}
	}
	return true
}

func (t *template) beginBook(end int, name, kind, title string) {
	t.drop(end)
	t.blocks = append(t.blocks, templateTag{name: name, container: true})
	t.beginBlock(kind, title)
}

// endBook ends a block, and those that were left open in it.
func (t *template) endBook(end int, name string) {
	t.drop(end)
	for i := len(t.blocks) - 1; i >= 0; i-- {
		if t.blocks[i].name != name {
			continue
		}
		for range t.blocks[i:] {
			t.endBlock()
		}
		t.blocks = t.blocks[:i]
		return
	}
}

// lonely takes in a tag without an end: an interface that stands in a file of
// its own, or a tag that only looks like one.
func (t *template) lonely(end int, name string, value func(string) string) bool {
	switch {
	case strings.HasPrefix(name, "openapi"), name == "swagger":
		t.unknown("{% " + name + " " + value("src") + " %}")
	case name == "include", name == "reusable": // reported when it was looked for
	default:
		return false
	}
	t.drop(end)
	return true
}
