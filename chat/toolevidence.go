package chat

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"docent"
)

// uncited is what a tool told as sentences are held against it. Nothing can cite
// it: readers could not look it up. What was asked belongs to it, since results
// seldom repeat that.
func uncited(c docent.ModelCall, text string) docent.Passage {
	text = calculated(c.Arguments, plainJSON(text))
	block := docent.Block{Kind: docent.BlockParagraph, End: len(text)}
	return docent.Passage{Chunk: docent.Chunk{
		Title: strings.ReplaceAll(c.Name, "_", " ") + " result", Headings: []string{plainJSON(c.Arguments)}, Text: text, Blocks: []docent.Block{block},
	}}
}

var (
	expression = regexp.MustCompile(`^[\d\s.,()*/+^%<>=!?:&|a-z-]*\d[\d\s.,()*/+^%<>=!?:&|a-z-]*$`)
	operation  = regexp.MustCompile(`\s*(\*\*|[*/+^-])\s*`)
)

// calculated gives a result that is a number with the expression that it is of, where
// the only argument is one: close together, and apart. Another result stays as it is.
func calculated(arguments, result string) string {
	var named map[string]any
	if _, err := strconv.ParseFloat(result, 64); err != nil || json.Unmarshal([]byte(arguments), &named) != nil || len(named) != 1 {
		return result
	}
	for _, v := range named {
		if text, is := v.(string); is && expression.MatchString(text) {
			near, apart := operation.ReplaceAllString(text, "$1"), operation.ReplaceAllString(text, " $1 ")
			return near + " = " + result + "\n\n" + apart + " = " + result
		}
	}
	return result
}

// plainJSON gives JSON as sentences: what stands in one object or list makes one
// of its names and values. Another text stays as it is.
func plainJSON(text string) string {
	if !json.Valid([]byte(text)) {
		return text
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var b strings.Builder
	for {
		token, err := d.Token()
		if err != nil { // the end, since the text is JSON
			return strings.TrimSpace(b.String())
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			b.WriteString("\n")
		case json.Delim('}'), json.Delim(']'):
			b.WriteString(".\n")
		default:
			fmt.Fprintf(&b, "%v ", token)
		}
	}
}
