package chat

import (
	"regexp"
	"slices"
	"strings"
	"text/template"
	"unicode/utf8"

	"docent"
	"docent/access"
)

// boundaryMark begins every boundary.
const boundaryMark = "data-"

// newBoundary makes what the lines around data begin with in one request to a
// model: the text of a document, a page, a file or a tool can't know it, and
// dataText lets nothing through that looks like one. What stands between two of
// its lines is data.
func newBoundary() string { return access.NewID(boundaryMark) }

// dataBlock is a foreign text as data: between two lines that say what it is.
// what is ours, and names the kind of thing: "the result of a tool".
func dataBlock(boundary, what, text string) string {
	return boundary + " " + what + "\n" + dataText(text) + "\n" + boundary + " end of " + what
}

// dataFuncs are how prompt.tmpl writes what is foreign.
var dataFuncs = template.FuncMap{"text": passageText, "line": dataLine, "data": dataText}

// signs are what the servers of models, or models, take for the frame of a
// conversation: tokens of chat templates, the turns of older models, and what
// looks like a boundary. The headings of instruction sets ("### Response:") and
// "system:" are no tokens of any server, and stand in much documentation.
var signs = regexp.MustCompile(`<[|｜][^\s|｜<>]{1,40}[|｜]>` +
	`|</?(?:s|bos|eos|sop|eop|pad|unk|start_of_turn|end_of_turn|start_header_id|end_header_id|tool_call|tool_response|tools|think)>` +
	`|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|gMASK)\]|<</?SYS>>` +
	`|(?m:^[ \t]*(?:Human|Assistant):)` +
	`|` + boundaryMark + `[a-z2-7]{12,}`)

// signParts are what every sign has one of: a text without them is not searched for
// signs, which takes far longer.
var signParts = []string{
	"<|", "<｜", "</", "<s>", "<bos>", "<eos>", "<sop>", "<eop>", "<pad>", "<unk>", "<start_", "<end_", "<tool", "<think>", "<<SYS",
	"[INST", "[/", "[SYSTEM", "[AVAIL", "[TOOL", "[gMASK", "Human:", "Assistant:", boundaryMark,
}

// signMark stands behind the first character of a sign in a prompt. restoring
// takes it out of the answer, so that code comes back as the document has it.
const signMark = "¦"

// dataText is a foreign text as a model may see it: what is not visible is gone,
// and signs have a mark in them. It may be called twice.
func dataText(text string) string {
	text = visible(text)
	if !slices.ContainsFunc(signParts, func(part string) bool { return strings.Contains(text, part) }) {
		return text
	}
	return signs.ReplaceAllStringFunc(text, marked)
}

// dataLine is a foreign text that has one line, such as a title.
func dataLine(text string) string {
	return dataText(strings.Join(strings.Fields(text), " "))
}

// passageText is a document's text, in which no bracket counts as a citation.
func passageText(text string) string { return dataText(Harmless(text)) }

// marked is a sign with its mark.
func marked(sign string) string {
	blanks := len(sign) - len(strings.TrimLeft(sign, " \t"))
	_, size := utf8.DecodeRuneInString(sign[blanks:])
	return sign[:blanks+size] + signMark + sign[blanks+size:]
}

// spoken gives messages of a conversation without what could end them.
func spoken(said []docent.ModelMessage) []docent.ModelMessage {
	clean := make([]docent.ModelMessage, len(said))
	for i, m := range said {
		m.Text = dataText(m.Text)
		clean[i] = m
	}
	return clean
}

// restoring takes the marks out of the signs that a model repeats. Only what
// stands marked in the prompt is restored.
type restoring struct {
	signs []string // marked
	next  textFilter
	held  string
}

// restored puts a restoring filter before next, where messages have marks.
func restored(messages []docent.ModelMessage, next textFilter) textFilter {
	var found []string
	known := map[string]bool{}
	for _, m := range messages {
		for _, sign := range markedSigns(m.Text) {
			if !known[sign] {
				known[sign] = true
				found = append(found, sign)
			}
		}
	}
	if found == nil {
		return next
	}
	return &restoring{signs: found, next: next}
}

// maxSign is more bytes than a sign has.
const maxSign = 200

// markedSigns gives the signs that stand marked in a text.
func markedSigns(text string) (found []string) {
	for at := 0; ; {
		i := strings.Index(text[at:], signMark)
		if i < 0 {
			return found
		}
		at += i
		_, first := utf8.DecodeLastRuneInString(text[:at])
		rest := text[at+len(signMark):]
		whole := text[at-first:at] + rest[:min(len(rest), maxSign)]
		if place := signs.FindStringIndex(whole); place != nil && place[0] == 0 {
			found = append(found, marked(whole[:place[1]]))
		}
		at += len(signMark)
	}
}

// Write takes the next piece of the text. The error is next's.
func (f *restoring) Write(text string) error {
	f.held += text
	open := 0
	for _, sign := range f.signs {
		f.held = strings.ReplaceAll(f.held, sign, strings.Replace(sign, signMark, "", 1))
		open = max(open, begun(f.held, sign))
	}
	return f.pass(len(f.held) - open)
}

// Close ends the text, and with it next.
func (f *restoring) Close() error {
	if err := f.pass(len(f.held)); err != nil {
		return err
	}
	return f.next.Close()
}

func (f *restoring) pass(end int) error {
	text := f.held[:end]
	f.held = f.held[end:]
	if text == "" {
		return nil
	}
	return f.next.Write(text)
}
