package ingest

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"docent"
)

// sectionLinks are a section's links on their way into its chunks.
type sectionLinks struct {
	heading []docent.Link
	text    []docent.Link // by line
	next    int           // the first that may stand in the next chunk
}

// maxMissed is how many links in a row may stand in another chunk before no
// more are tried: of a line that becomes many chunks each has but a few.
const maxMissed = 200

func linksOf(s *docent.Section) *sectionLinks {
	l := &sectionLinks{text: s.Links}
	inHeading := func(link docent.Link) bool { return link.Line == s.Line && s.Level > 0 }
	if slices.ContainsFunc(s.Links, inHeading) {
		l.text = nil
		for _, link := range s.Links {
			if inHeading(link) {
				l.heading = append(l.heading, link)
			} else {
				l.text = append(l.text, link)
			}
		}
	}
	if byLine := func(a, b docent.Link) int { return cmp.Compare(a.Line, b.Line) }; !slices.IsSortedFunc(l.text, byLine) {
		l.text = slices.Clone(l.text)
		slices.SortStableFunc(l.text, byLine)
	}
	return l
}

// in gives the links whose words stand in the chunk; those of the heading go
// with the section's first.
func (l *sectionLinks) in(c *docent.Chunk, first bool) []docent.Link {
	var links []docent.Link
	if first {
		links = append(links, l.heading...)
	}
	from := sort.Search(len(l.text), func(i int) bool { return l.text[i].Line >= c.Line })
	missed := 0
	for i := max(from, l.next-maxMissed); i < len(l.text) && l.text[i].Line <= c.EndLine && missed < maxMissed+maxMissed/2; i++ {
		if missed++; contains(c.Text, l.text[i].Text) {
			links = append(links, l.text[i])
			l.next, missed = i+1, 0
		}
	}
	return links
}

// contains reports whether text holds all the words, in which it may have
// marks of emphasis and code.
func contains(text, words string) bool {
	if strings.Contains(text, words) {
		return true
	}
	for _, w := range strings.Fields(words) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}
