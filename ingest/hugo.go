package ingest

import (
	"bytes"
	"strings"
)

// hugo brings a page with shortcodes into Markdown. Hugo runs them before it
// reads Markdown, in code too.
type hugo struct {
	rewriter
	source  *source
	dialect *dialect
	start   int
	fence   string
	open    []openShortcode
	ends    map[string]int // where the last tag that closes a shortcode stands; nil until that was looked for
	scope   scope
	missing unevaluated
	wasted  int // bytes that were looked through for ends, and are read again
}

// openShortcode is one that holds something.
type openShortcode struct {
	shortcode
	container bool
	after     string // what is written where it ends
	labels    []string
	text      bool // tabs hold Markdown
}

// shortcodes takes in the shortcodes of a page.
func (d *dialect) shortcodes(s *source) {
	if !d.has(shortcodes) || !bytes.Contains(s.text, []byte("{{<")) && !bytes.Contains(s.text, []byte("{{%")) {
		return
	}
	params := subMap(d.Vars, "params")
	if params == nil {
		params = d.Vars
	}
	h := &hugo{rewriter: rewriter{src: s.text}, source: s, dialect: d,
		scope: scope{s.meta, subMap(s.meta, "params"), params}}
	for h.at < len(h.src) {
		h.next()
	}
	for range h.open {
		h.closeLast()
	}
	h.missing.report(s)
	s.rewritten(h.out, h.moved, nil)
}

// next takes in a line, or further to the end of what begins on it.
func (h *hugo) next() {
	h.start = h.at
	end := h.lineEnd(h.at)
	if m := fenceMark(h.src[h.at:end], h.fence); m == endOfFence {
		h.fence = ""
	} else if m != "" {
		h.fence = m
	}
	for h.at < end {
		n := bytes.Index(h.src[h.at:end], []byte("{{"))
		if n < 0 {
			break
		}
		h.copyTo(h.at + n)
		if s, ok := parseShortcode(h.src, h.at); ok {
			h.take(s)
		} else {
			h.copyTo(h.at + 2)
		}
		if h.at > end {
			h.start = 1 + bytes.LastIndexByte(h.src[:h.at], '\n')
			end = h.lineEnd(h.at)
		}
	}
	h.copyTo(end)
}

func (h *hugo) inCode() bool {
	return h.fence != "" || bytes.Count(h.src[h.start:h.at], []byte("`"))%2 == 1
}

// take takes in one shortcode.
func (h *hugo) take(s shortcode) {
	switch {
	case s.literal:
		h.sample(s)
	case s.closing:
		h.drop(s.end)
		h.leave(s.name)
	case h.inCode():
		h.inline(s)
	case s.empty || !h.closes(s):
		h.alone(s)
	default:
		h.pair(s)
	}
}

// sample shows a shortcode that is only spoken of.
func (h *hugo) sample(s shortcode) {
	open, close := "{{< ", " >}}"
	if s.markup {
		open, close = "{{% ", " %}}"
	} else if !h.inCode() {
		open = `{{\< `
	}
	h.putLines([]byte(open+s.name+close), "")
	h.at = s.end
}

// closes reports whether a tag that closes s follows.
func (h *hugo) closes(s shortcode) bool {
	if h.ends == nil {
		h.ends = map[string]int{}
		for at := 0; ; at += 2 {
			n := bytes.Index(h.src[at:], []byte("{{"))
			if n < 0 {
				break
			}
			at += n
			if rest := h.src[at:min(len(h.src), at+6)]; bytes.IndexByte(rest, '/') < 0 {
				continue
			}
			if c, ok := parseShortcode(h.src, at); ok && c.closing {
				h.ends[c.name] = at
			}
		}
	}
	at, known := h.ends[s.name]
	return known && at >= s.end
}

// leave ends what the shortcode of a name holds, and what was left open in it.
func (h *hugo) leave(name string) {
	for i := len(h.open) - 1; i >= 0; i-- {
		if h.open[i].name != name {
			continue
		}
		for len(h.open) > i {
			h.closeLast()
		}
		return
	}
}

func (h *hugo) closeLast() {
	o := h.open[len(h.open)-1]
	h.open = h.open[:len(h.open)-1]
	if o.after != "" {
		h.putLines([]byte(o.after), "")
	}
	if o.container {
		h.endBlock()
	}
}

// unknown notes what can't be evaluated.
func (h *hugo) unknown(s shortcode) { h.missing.note("{{< "+s.name+" >}}", h.line()) }

// inner gives what stands up to the tag that closes s, and the offset after
// that.
func (h *hugo) inner(s shortcode) (text []byte, end int) {
	for at := s.end; ; at += 3 {
		n := bytes.Index(h.src[at:], []byte("/"+s.name))
		if n < 0 {
			return h.src[s.end:], len(h.src)
		}
		at += n
		from := max(s.end, at-8)
		if open := bytes.LastIndex(h.src[from:at], []byte("{{")); open >= 0 {
			if c, ok := parseShortcode(h.src, from+open); ok && c.closing && c.name == s.name {
				return h.src[s.end : from+open], c.end
			}
		}
	}
}

// putBlock writes lines as a block of their own.
func (h *hugo) putBlock(text string, end int) {
	begun := h.out[1+bytes.LastIndexByte(h.out, '\n'):]
	lead, marks := opening(begun)
	if marks < len(begun) {
		text = "\n" + text
	}
	if rest := bytes.TrimSpace(h.src[end:h.lineEnd(end)]); len(rest) > 0 {
		text += "\n"
	}
	h.putLines([]byte(strings.ReplaceAll(text, "\n", "\n"+string(lead))), "")
	h.drop(end)
}
