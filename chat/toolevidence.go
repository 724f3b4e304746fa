package chat

import (
	"encoding/json"
	"fmt"
	"strings"

	"docent"
)

// uncited is what a tool told as sentences are held against it. Nothing can cite
// it: readers could not look it up. What was asked belongs to it, since results
// seldom repeat that.
func uncited(c docent.ModelCall, text string) docent.Passage {
	text = plainJSON(text)
	block := docent.Block{Kind: docent.BlockParagraph, End: len(text)}
	return docent.Passage{Chunk: docent.Chunk{
		Title: strings.ReplaceAll(c.Name, "_", " "), Headings: []string{plainJSON(c.Arguments)}, Text: text, Blocks: []docent.Block{block},
	}}
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
