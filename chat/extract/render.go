package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"docent"
	"docent/chat"
)

// render writes quotes as blocks of Markdown with their citations; titled puts
// the section's heading first. What belongs together is cited once, behind its
// last prose; code and tables without any by what stands above them, which may
// be the heading.
func (x *extractor) render(q *quotable, quotes []quote, titled bool) []string {
	var parts []string
	if line := headingLine(q.Heading()); titled && line != "" {
		parts = append(parts, line)
	}
	for len(quotes) > 0 {
		n := q.together(quotes)
		cited := -1 // by its place in parts
		for _, quote := range quotes[:n] {
			parts = append(parts, quote.words(q.Text))
			if !ownLine(parts[len(parts)-1], quote.kind) {
				cited = len(parts) - 1
			}
		}
		first := len(parts) == n || titled && len(parts) == n+1
		switch {
		case cited >= 0:
			parts[cited] += " " + chat.CiteMarker(q.N)
		case first && len(parts) > n:
			parts[0] += " " + chat.CiteMarker(q.N)
		case first:
			parts = append(parts, chat.CiteMarker(q.N))
		}
		quotes = quotes[n:]
	}
	return parts
}

// together is how many of the quotes need one citation: what introduces others
// goes with them, as do the steps of a list and the two halves of a sentence.
func (q *quotable) together(quotes []quote) int {
	for n := 1; n < len(quotes); n++ {
		b, next := quotes[n-1], quotes[n]
		steps := next.number > 1 || b.number > 0 && next.kind == docent.BlockCode
		if !steps && !q.introduces(b, next.quoteBlock) && !(b.kind == docent.BlockCode && continues(next.text(q.Text))) {
			return n
		}
	}
	return len(quotes)
}

// escapeHeading keeps a heading's characters from being Markdown.
var escapeHeading = strings.NewReplacer("*", `\*`, "`", "\\`", "[", `\[`, "<", `\<`, `\`, `\\`)

// headingLine is a heading as a line in bold, "" where it can't be one.
func headingLine(heading string) string {
	line := "**" + escapeHeading.Replace(strings.Join(strings.Fields(heading), " ")) + "**"
	if line == "****" || !citable(line, docent.BlockParagraph) {
		return ""
	}
	return line
}

// announces reports whether text, the end of the block, is nothing without what
// follows it: prose that ends with a colon, an item that does or is only a label.
func (b *quoteBlock) announces(text string) bool {
	switch b.kind {
	case docent.BlockParagraph, docent.BlockAdmonition:
		r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(text, "*_)\"'”’»」"))
		return strings.ContainsRune(":：", r)
	case docent.BlockList:
		label, ok := strings.CutPrefix(text[strings.LastIndexByte(text, '\n')+1:], "- **")
		return strings.HasSuffix(text, ":") || ok && strings.Index(label, "**") == len(label)-2
	}
	return false
}

// introduces reports whether next belongs to what is quoted before it: it is
// announced, or stands directly behind prose without an end.
func (q *quotable) introduces(b quote, next *quoteBlock) bool {
	text := q.part(b.quoteBlock, b.picked[len(b.picked)-1])
	if b.announces(text) || b.kind != docent.BlockParagraph && b.kind != docent.BlockAdmonition {
		return b.announces(text)
	}
	return !ended(text) && (next.kind == docent.BlockList || next.kind == docent.BlockCode) &&
		b.end() <= next.start() && strings.TrimSpace(q.Text[b.end():next.start()]) == ""
}

// ended reports whether text ends as a sentence or as code in a line does.
func ended(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(text, "*_)\"'”’»」"))
	return strings.ContainsRune(".!?…。！？｡`", r)
}

// continues reports whether text goes on with the sentence before it.
func continues(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.IsLower(r)
}
