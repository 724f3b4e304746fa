package ingest

import (
	"bytes"
	"regexp"
	"strings"

	"docent/ingest/site"
)

// importOf is an import of one thing: a partial page, or a file's text.
var importOf = regexp.MustCompile(`(?m)^import[ \t]+(?:\*[ \t]+as[ \t]+)?([A-Za-z_$][\w$]*)[ \t]+from[ \t]*["']([^"'\n]+)["']`)

// imports says which names stand for the text of other files.
func (d *dialect) imports(src []byte) map[string]include {
	if !d.has(jsx) || !bytes.Contains(src, []byte("import ")) {
		return nil
	}
	var all map[string]include
	for _, m := range importOf.FindAllSubmatch(src, -1) {
		name, raw := strings.CutSuffix(strings.ReplaceAll(string(m[2]), `\`, ""), "?raw") // what is escaped needs not be
		if at := strings.LastIndex(name, "raw-loader!"); at >= 0 {
			name, raw = name[at+len("raw-loader!"):], true
		}
		if !raw && !site.IsMarkdown(name) {
			continue
		}
		if all == nil {
			all = map[string]include{}
		}
		all[string(m[1])] = include{name: name, code: raw, rebased: !raw}
	}
	return all
}

// imported puts the text of a file where its component stands; false where
// none begins here.
func (x *expansion) imported(w *rewriter, imports map[string]include, end, number int) bool {
	if len(imports) == 0 {
		return false
	}
	line := w.src[w.at:end]
	_, marks := opening(line)
	start := w.at + marks
	if start >= end || w.src[start] != '<' {
		return false
	}
	m := mdx{rewriter: rewriter{src: w.src, at: start}, whole: true}
	t, ok := m.parseTag()
	if !ok || t.closing {
		return false
	}
	stop, inner := t.end, ""
	if !t.empty {
		n := bytes.Index(w.src[t.end:], []byte("</"+t.name+">"))
		if n < 0 {
			return false
		}
		inner = strings.TrimSpace(string(w.src[t.end : t.end+n]))
		stop = t.end + n + len(t.name) + 3
	}
	i, ok := imports[t.name]
	if ok && !i.code {
		i.params = t.props(inner)
	} else if i, ok = t.shownCode(imports, inner); !ok {
		return false
	}
	lead, _ := opening(line)
	w.copyTo(start)
	lines := bytes.Count(w.src[w.at:stop], []byte("\n"))
	x.put(w, i, stop, number, lead, false)
	w.note(lineRun{at: w.wrote() + 2, from: number + lines + 1})
	return true
}

// props are what a partial page is given.
func (t jsxTag) props(children string) map[string]string {
	all := map[string]string{"props.children": children}
	for _, a := range t.attrs {
		if a.quoted {
			all["props."+a.name] = a.value
		}
	}
	return all
}

// shownCode reads a component that shows an imported file as code:
// <CodeBlock>{File}</CodeBlock>, <Code code={File} />.
func (t jsxTag) shownCode(imports map[string]include, inner string) (i include, ok bool) {
	if name := t.name; name != "CodeBlock" && name != "Code" {
		return i, false
	}
	for _, expression := range append([]string{inner}, t.expressions()...) {
		if i, ok = imports[strings.Trim(expression, "{} \t\n")]; ok && i.code {
			i.lang = t.attr("language")
			if l := t.attr("lang"); l != "" {
				i.lang = l
			}
			i.title = t.attr("title")
			return i, true
		}
	}
	return i, false
}
