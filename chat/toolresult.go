package chat

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"docent"
	"docent/access"
	"docent/analysis"
)

const (
	// leastResult is what a result may take, in tokens, however full the prompt is.
	leastResult = 200
	// tracedCall is how much of a call's arguments and result a trace holds, in bytes.
	tracedCall = 2000
)

// ended tells that a call has ended, and notes it.
func (a *answering) ended(c docent.ModelCall, made *called, took time.Duration) {
	d := docent.ToolData{ID: c.ID, Name: c.Name, State: docent.ToolDone, Summary: cmp.Or(made.result.Summary, c.Name)}
	if made.err != nil {
		d.State, d.Summary = docent.ToolFailed, harmlessLine(made.err.Error())
	}
	if a.ctx.Err() == nil {
		a.emit(docent.EventTool, d)
	}
	a.trace.called(c, made, d.State, took)
}

// say adds a message to what follows the prompt.
func (b *toolbox) say(m docent.ModelMessage) {
	b.said = append(b.said, m)
	b.tokens += messageTokens(m)
	for _, c := range m.Calls {
		b.tokens += analysis.Tokens(c.Name) + analysis.Tokens(c.Arguments)
	}
}

// described is what a model's being told of tools costs, in tokens.
func described(tools []docent.Tool) int {
	tokens := 0
	for _, t := range tools {
		tokens += analysis.Tokens(t.Name) + analysis.Tokens(t.Description) + analysis.Tokens(string(t.Parameters))
	}
	return tokens
}

// results gives what the model is told of calls, each within its part of the room
// that is left. What was found is numbered on from the sources before, and
// published; sentences that end from now on are held against it, too.
func (a *answering) results(calls []docent.ModelCall, made []*called) []docent.ModelMessage {
	wanted := 0
	for _, m := range made {
		wanted += max(m.tokens(), leastResult)
	}
	left, known := a.room(wanted), len(a.answer.Sources)
	told := make([]docent.ModelMessage, len(calls))
	for i, c := range calls {
		text := a.quoted(c, made[i], max(left/(len(calls)-i), leastResult))
		told[i] = docent.ModelMessage{Role: docent.RoleTool, CallID: c.ID, Text: text}
		left -= messageTokens(told[i])
		a.tools.say(told[i])
		addresses(text, a.tools.given)
	}
	if more := a.answer.Sources[known:]; len(more) > 0 {
		a.emit(docent.EventSources, docent.SourcesData{Sources: more})
	}
	a.support.against(a.tools.passages)
	return told
}

// tokens is what the model would be told of a call if there were room for all.
func (m *called) tokens() int {
	tokens := analysis.Tokens(m.result.Text) + passageOverhead
	for _, p := range m.result.Passages {
		tokens += cost(p)
	}
	return tokens
}

// heard is what the model is told before it writes.
func (a *answering) heard() []docent.ModelMessage {
	if a.tools == nil {
		return a.prompt.messages
	}
	return slices.Concat(a.prompt.messages, a.tools.said)
}

// room gives how many tokens are left for results. Where that is less than wanted,
// passages are taken out of the prompt from the last one on, up to half of them:
// the model calls tools since they do not hold all.
func (a *answering) room(wanted int) int {
	if a.prompt.messages == nil {
		a.prompt.assemble()
	}
	p, b := &a.prompt, a.tools
	left := b.budget - p.tokens - b.tokens
	for n := len(p.data.Passages); left < wanted && n > (b.first+1)/2; n-- {
		out := p.data.Passages[n-1]
		p.data.Passages, p.messages = p.data.Passages[:n-1], nil
		b.gone[out.N] = true
		left += cost(out)
	}
	if p.messages == nil {
		p.assemble()
	}
	return left
}

// quoted is what the model is told of a call: data, in at most about so many tokens.
func (a *answering) quoted(c docent.ModelCall, made *called, room int) string {
	what, text := "the result of the tool "+c.Name, made.result.Text
	if made.err != nil {
		what, text = "why the tool "+c.Name+" failed", made.err.Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", a.prompt.data.Boundary, what)
	if text = cutTokens(text, room); text != "" {
		b.WriteString(resultText(text) + "\n")
	}
	if made.err == nil && len(made.result.Passages) == 0 && !made.docs {
		a.tools.passages = append(a.tools.passages, uncited(c, text))
	}
	a.tellPassages(&b, made.result.Passages, room-analysis.Tokens(text))
	fmt.Fprintf(&b, "%s end of it", a.prompt.data.Boundary)
	return b.String()
}

// resultText is a tool's text in which no bracket counts as a citation. JSON stays
// JSON: its texts have no line of their own.
func resultText(text string) string {
	if json.Valid([]byte(text)) {
		return dataText(text)
	}
	return passageText(text)
}

// tellPassages writes found passages as they stand in the prompt. Of the first one
// there is always as much as there is room for.
func (a *answering) tellPassages(b *strings.Builder, passages []docent.Passage, room int) {
	left := 0
	for i, p := range passages {
		p, known := a.numbered(p)
		if known {
			fmt.Fprintf(b, "%s [%d] stands above.\n", a.prompt.data.Boundary, p.N)
			continue
		}
		if i == 0 && cost(p) > room {
			p.Text, p.Blocks = cutTokens(p.Text, max(room, leastResult)-passageOverhead), nil
			p.Tokens = analysis.Tokens(p.Text)
		} else if cost(p) > room {
			left++
			continue
		}
		room -= cost(p)
		a.give(p)
		b.WriteString(render("passages", promptData{Boundary: a.prompt.data.Boundary, Passages: []docent.Passage{p}}) + "\n\n")
	}
	if left > 0 {
		fmt.Fprintf(b, "There is no room for %d more.\n", left)
	}
}

// numbered gives a passage its number: that of its section, where that is among
// the sources, else the next one. known says that the model has its text.
func (a *answering) numbered(p docent.Passage) (numbered docent.Passage, known bool) {
	p.N = len(a.answer.Sources) + 1
	for _, k := range a.tools.passages {
		if k.N == 0 || !sameSection(k, p) {
			continue
		}
		p.N = k.N
		if strings.Contains(k.Text, p.Text) && !a.tools.gone[k.N] {
			return p, true
		}
	}
	if p.Tokens == 0 {
		p.Tokens = analysis.Tokens(p.Text)
	}
	return p, false
}

// sameSection reports whether two passages are of one section of the
// documentation, or of one address where a tool found them elsewhere.
func sameSection(a, b docent.Passage) bool {
	if a.Path == "" {
		return b.Path == "" && a.URL == b.URL
	}
	return a.Unit == b.Unit && a.Path == b.Path && a.Section == b.Section
}

// give makes a passage that the model is told of a source, unless it is one.
func (a *answering) give(p docent.Passage) {
	if p.N > len(a.answer.Sources) {
		p.ID = cmp.Or(p.ID, access.NewID("src_"))
		p.Snippet = cut(cmp.Or(p.Snippet, p.Text), maxLine)
		a.answer.Sources = append(a.answer.Sources, sources([]docent.Passage{p})...)
	}
	delete(a.tools.gone, p.N)
	a.tools.passages = append(a.tools.passages, p)
}
