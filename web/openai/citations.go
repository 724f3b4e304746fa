package openai

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf16"

	"docent"
	"docent/web"
)

// urlCitation is a page that the text between two places leans on. Places count
// characters from 0; what stands there is "[n]".
type urlCitation struct {
	StartIndex int    `json:"start_index"`
	EndIndex   int    `json:"end_index"`
	Title      string `json:"title"`
	URL        string `json:"url"`
}

// urlCitations gives the citations of a text, which may have been cut.
func urlCitations(c *web.Call, text string, cited []docent.Citation) []urlCitation {
	all := []urlCitation{}
	units, characters := 0, 0
	for i, r := range text {
		for len(cited) > 0 && cited[0].Start <= units {
			if mark := fmt.Sprintf("[%d]", cited[0].N); cited[0].Start == units && strings.HasPrefix(text[i:], mark) {
				all = append(all, urlCitation{characters, characters + len(mark), label(cited[0].Title, cited[0].Heading), c.Link(cited[0].URL)})
			}
			cited = cited[1:]
		}
		units += utf16.RuneLen(r)
		characters++
	}
	return all
}

// label is what a section is known by: its page's title and its heading.
func label(title, heading string) string {
	if heading == "" || heading == title {
		return title
	}
	return title + " › " + heading
}

// Where a list of pages stands below an answer, and a line of it as it is recognised.
const footnotesRule = "\n\n---\n\n"

var footnotes = regexp.MustCompile(footnotesRule + `(?:- (?:\[\d+\] )?\[(?:\\.|[^\]\\\n])*\]\(<?[^\n]*\)(?:\n|$))+$`)

// footnotesOf lists the pages that an answer cites, or the nearest ones that it offers
// instead of an answer: with links, and no word of any language. It is "" without pages.
func footnotesOf(c *web.Call, d docent.DoneData, sources []docent.Source) string {
	var lines []string
	for _, cited := range d.Citations {
		lines = append(lines, fmt.Sprintf("- [%d] %s", cited.N, link(label(cited.Title, cited.Heading), c.Link(cited.URL))))
	}
	if d.FinishReason == docent.FinishRefused {
		for _, s := range sources {
			lines = append(lines, "- "+link(label(s.Title, s.Heading), c.Link(s.URL)))
		}
	}
	if lines == nil {
		return ""
	}
	return footnotesRule + strings.Join(lines, "\n")
}

var (
	inLabel   = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, "\n", " ")
	inAddress = strings.NewReplacer(" ", "%20", "(", "%28", ")", "%29", "<", "%3C", ">", "%3E", "\n", "")
)

// link is a link in Markdown.
func link(label, url string) string {
	return "[" + inLabel.Replace(label) + "](" + inAddress.Replace(url) + ")"
}

// withoutFootnotes is an answer as Docent has it, of one that a client brings back.
func withoutFootnotes(text string) string {
	if at := strings.LastIndex(text, footnotesRule); at >= 0 && footnotes.MatchString(text[at:]) {
		return text[:at]
	}
	return text
}
