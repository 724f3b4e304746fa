package llm

import "strings"

const (
	thinkBegin = "<think>"
	thinkEnd   = "</think>"
	// maxLead is how much white space may stand before thinkBegin.
	maxLead = 256
)

// thinking keeps back what a model thinks aloud: a block between <think> and
// </think> with which its text begins. Further on the same words are text.
type thinking struct {
	stage thinkStage
	held  string // what may become a mark
}

type thinkStage uint8

const (
	thinkAwaited thinkStage = iota
	thinkInside
	thinkAfter // white space behind the block is no text
	thinkOver
)

// pass gives what of a delta is text.
func (t *thinking) pass(delta string) string {
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
				return t.rest()
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
		}
	}
	return ""
}

// rest gives what was held back and turned out to be text. A block that was
// never closed is none.
func (t *thinking) rest() string {
	held := t.held
	if t.stage != thinkAwaited {
		held = ""
	}
	t.stage, t.held = thinkOver, ""
	return held
}
