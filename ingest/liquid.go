package ingest

import (
	"bytes"
	"strings"
)

// tagEnd gives the words of the tag {% ... %} that begins here, and the offset
// after it; ok is false where it does not end.
func (t *template) tagEnd() (words string, end int, ok bool) {
	n := bytes.Index(t.src[t.at:min(len(t.src), t.at+2000)], []byte("%}"))
	if n < 2 {
		return "", 0, false
	}
	return strings.TrimSpace(strings.Trim(string(t.src[t.at+2:t.at+n]), "-+")), t.at + n + 2, true
}

// tag takes in a tag of Liquid or Jinja.
func (t *template) tag() bool {
	words, end, ok := t.tagEnd()
	if !ok {
		return false
	}
	name, rest, _ := strings.Cut(words, " ")
	rest = strings.TrimSpace(rest)
	if t.fence != "" && !knownTags[strings.TrimPrefix(name, "end")] {
		return false // a sample, more likely than not
	}
	switch name {
	case "": // {%- -%} takes white space away, and nothing else
	case "raw", "verbatim":
		return t.raw(end, name)
	case "comment":
		t.dropBlock(end, name)
		return true
	case "highlight":
		return t.highlighted(end, rest)
	case "link", "post_url":
		t.put(linkedFile(name, rest))
	case "assign", "set":
		if left, right, found := strings.Cut(rest, "="); found {
			if v, known := t.scope.evaluate(strings.TrimSpace(right)); known {
				t.scope[0][strings.TrimSpace(left)] = v
			}
		}
	case "if", "unless", "ifversion", "case":
		t.branch(name, rest)
	case "elsif", "elif", "else", "when":
		t.otherwise(name, rest)
	case "for", "tablerow", "macro", "capture", "call":
		if end <= t.lastEnd(name) {
			if t.muted == 0 && name != "capture" && name != "macro" {
				t.unknown("{% " + name + " " + rest + " %}")
			}
			t.muted++
			t.blocks = append(t.blocks, templateTag{name: name, mutes: true})
		}
	default:
		if before, isEnd := strings.CutPrefix(name, "end"); isEnd {
			t.endTag(before)
		} else if t.muted == 0 && !quietTags[name] {
			t.unknown("{% " + name + " %}")
		}
	}
	t.drop(end)
	return true
}

// knownTags are evaluated in code, too.
var knownTags = map[string]bool{"raw": true, "verbatim": true, "comment": true, "if": true, "unless": true, "else": true, "elsif": true, "elif": true, "for": true, "assign": true, "set": true, "link": true, "post_url": true, "highlight": true}

// quietTags show nothing.
var quietTags = map[string]bool{"toc": true, "seo": true, "feed_meta": true, "break": true, "continue": true, "cycle": true, "increment": true, "decrement": true, "block": true, "extends": true, "import": true, "from": true, "with": true, "filter": true, "autoescape": true, "do": true}

// raw copies what is to be shown as it is.
func (t *template) raw(end int, name string) bool {
	stop := t.endOf(end, name)
	t.drop(end)
	if stop != nil {
		t.show(stop[0])
		t.drop(stop[1])
	}
	return true
}

// endOf finds the tag that ends a block, from an offset on; nil where none
// does.
func (t *template) endOf(from int, name string) []int {
	if from > t.lastEnd(name) {
		return nil
	}
	for at := from; ; at += 3 {
		n := bytes.Index(t.src[at:], []byte("end"+name))
		if n < 0 {
			return nil
		}
		at += n
		open := bytes.LastIndex(t.src[max(from, at-16):at], []byte("{%"))
		end := bytes.Index(t.src[at:min(len(t.src), at+len(name)+32)], []byte("%}"))
		if open >= 0 && end >= 0 {
			return []int{max(from, at-16) + open, at + end + 2}
		}
	}
}

// lastEnd is where the last tag that ends a block of a name may stand; -1 where
// there is none.
func (t *template) lastEnd(name string) int {
	at, known := t.ends[name]
	if !known {
		at = bytes.LastIndex(t.src, []byte("end"+name))
		if t.ends == nil {
			t.ends = map[string]int{}
		}
		t.ends[name] = at
	}
	return at
}

// dropBlock drops a block with its tags.
func (t *template) dropBlock(end int, name string) {
	if stop := t.endOf(end, name); stop != nil {
		end = stop[1]
	}
	t.drop(end)
}

// highlighted makes a code block of {% highlight go %}.
func (t *template) highlighted(end int, rest string) bool {
	stop := t.endOf(end, "highlight")
	if stop == nil || t.muted > 0 || t.fence != "" {
		t.drop(end)
		return true
	}
	lang, _, _ := strings.Cut(rest, " ")
	code := bytes.Trim(t.src[end:stop[0]], "\n")
	fence := "\n```" + lang + "\n" + string(code) + "\n```"
	lead, marks := opening(t.out[1+bytes.LastIndexByte(t.out, '\n'):])
	if marks == len(lead) {
		fence = fence[1:]
	}
	t.putLines([]byte(strings.ReplaceAll(fence, "\n", "\n"+string(lead))), "")
	t.drop(stop[1])
	return true
}

// linkedFile is where {% link %} leads.
func linkedFile(name, rest string) string {
	rest = strings.Trim(rest, `"' `)
	if name == "post_url" {
		return "/_posts/" + rest + ".md"
	}
	return "/" + strings.TrimPrefix(rest, "/")
}

// branch begins a condition. Of one that can't be decided the first branch is
// shown.
func (t *template) branch(name, condition string) {
	b := templateTag{name: name}
	holds, known := t.scope.condition(condition)
	switch {
	case name == "case":
		b.mutes = true
	case !known:
		holds = true
	case name == "unless":
		holds = !holds
	}
	if name != "case" {
		b.mutes, b.done = !holds, holds
	}
	t.blocks = append(t.blocks, b)
	if b.mutes {
		t.muted++
	}
}

// otherwise begins a further branch.
func (t *template) otherwise(name, condition string) {
	if len(t.blocks) == 0 {
		return
	}
	b := &t.blocks[len(t.blocks)-1]
	if b.name == "for" || b.name == "macro" {
		return
	}
	show := !b.done
	if show && name != "else" && name != "when" {
		holds, known := t.scope.condition(condition)
		show = holds || !known
	}
	if b.mutes {
		t.muted--
	}
	if b.mutes = !show; b.mutes {
		t.muted++
	}
	b.done = b.done || show
}

// endTag ends a block.
func (t *template) endTag(name string) {
	for i := len(t.blocks) - 1; i >= 0; i-- {
		if t.blocks[i].name != name {
			continue
		}
		for _, b := range t.blocks[i:] {
			if b.mutes {
				t.muted--
			}
		}
		t.blocks = t.blocks[:i]
		return
	}
}
