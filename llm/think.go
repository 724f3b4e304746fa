package llm

import (
	"bytes"
	"regexp"
	"strings"
)

const (
	thinkBegin = "<think>"
	thinkEnd   = "</think>"
	// maxLead is how much white space may stand before thinkBegin.
	maxLead = 256
	// maxHeld is how much of a text without a beginning mark is kept back, in bytes; no
	// answer is as long.
	maxHeld = 256 << 10
)

// unopened is how models are called whose servers often swallow thinkBegin: their
// templates end with it, so the text begins within the block.
var unopened = regexp.MustCompile(`(?i)deepseek-r1|\bqwq\b|-thinking\b`)

// thinking keeps back what a model thinks aloud: a block between <think> and
// </think> with which its text begins. Further on the same words are text. Where
// the server swallows <think>, all is kept back until </think> comes.
type thinking struct {
	stage   thinkStage
	held    string // what may become a mark
	whole   []byte // what is kept back until thinkEnd
	stray   bool   // thinkEnd stood alone on a line of what passed: the server swallows thinkBegin
	missing bool   // it was awaited, and never came
	line    string // the beginning of the line that passes
	fenced  bool   // it is code
}

// thinkingOf begins an answer of a model whose server swallows thinkBegin, or not.
func thinkingOf(swallowed bool) thinking {
	if swallowed {
		return thinking{stage: thinkUnopened}
	}
	return thinking{}
}

type thinkStage uint8

const (
	thinkAwaited thinkStage = iota
	thinkInside
	thinkAfter // white space behind the block is no text
	thinkOver
	thinkUnopened
)

// pass gives what of a delta is text.
func (t *thinking) pass(delta string) string {
	text := t.next(delta)
	t.look(text)
	return text
}

// look notes where thinkEnd passes.
func (t *thinking) look(text string) {
	for text != "" && !t.stray {
		line, rest, ends := strings.Cut(text, "\n")
		if room := len(thinkEnd) + 4 - len(t.line); room > 0 {
			t.line += line[:min(len(line), room)]
		}
		if !ends {
			return
		}
		switch line := strings.TrimSpace(t.line); {
		case strings.HasPrefix(line, "```"):
			t.fenced = !t.fenced
		case line == thinkEnd:
			t.stray = !t.fenced
		}
		t.line, text = "", rest
	}
}

func (t *thinking) next(delta string) string {
	for delta != "" {
		switch t.stage {
		case thinkAwaited:
			t.held += delta
			lead := strings.TrimLeft(t.held, " \t\r\n")
			rest, begins := strings.CutPrefix(lead, thinkBegin)
			near := len(t.held)-len(lead) <= maxLead
			switch {
			case begins && near:
				t.stage, t.held, delta = thinkInside, "", rest
			case strings.HasPrefix(thinkBegin, lead) && near:
				return ""
			default:
				return t.rest(false)
			}
		case thinkInside:
			t.held += delta
			at := strings.Index(t.held, thinkEnd)
			if at < 0 {
				t.held = strings.Clone(t.held[max(0, len(t.held)-len(thinkEnd)+1):])
				return ""
			}
			delta = t.held[at+len(thinkEnd):]
			t.stage, t.held = thinkAfter, ""
		case thinkAfter:
			if delta = strings.TrimLeft(delta, " \t\r\n"); delta != "" {
				t.stage = thinkOver
			}
		case thinkOver:
			return delta
		case thinkUnopened:
			from := max(0, len(t.whole)-len(thinkEnd)+1)
			t.whole = append(t.whole, delta...)
			at := bytes.Index(t.whole[from:], []byte(thinkEnd))
			switch {
			case at >= 0:
				delta = string(t.whole[from+at+len(thinkEnd):])
				t.stage, t.whole = thinkAfter, nil
			case len(t.whole) > maxHeld:
				t.stage, t.held, t.whole = thinkInside, string(t.whole[len(t.whole)-len(thinkEnd)+1:]), nil
				return ""
			default:
				return ""
			}
		}
	}
	return ""
}

// rest gives what was held back and turned out to be text. A block that was
// never closed is none; nor is what ends at the limit where a block was awaited.
func (t *thinking) rest(limit bool) string {
	held := t.held
	if t.stage == thinkUnopened && !limit {
		t.missing = true
		held, t.stage = string(t.whole), thinkAwaited
		if strings.HasPrefix(strings.TrimLeft(held, " \t\r\n"), thinkBegin) {
			held = ""
		}
	}
	t.whole = nil
	if t.stage != thinkAwaited {
		held = ""
	}
	t.stage, t.held = thinkOver, ""
	return held
}
