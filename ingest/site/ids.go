package site

import (
	"strconv"
	"strings"
)

// ids are the anchors that a document has given away, each with the number
// last added to it.
type ids map[string]int

// free gives base, or where it was given away, base with a hyphen and the first
// number that wasn't.
func (s ids) free(base string) string {
	id := base
	for {
		if _, taken := s[id]; !taken {
			break
		}
		s[base]++
		id = base + "-" + strconv.Itoa(s[base])
	}
	s[id] = 0
	return id
}

// take notes an id that a writer chose.
func (s ids) take(id string) {
	if _, taken := s[id]; !taken {
		s[id] = 0
	}
}

// smartDashes makes dashes of hyphens that follow each other, three or two at
// a time from the left, as kramdown and goldmark do.
var smartDashes = strings.NewReplacer("---", "—", "--", "–")

// elements gives an anchor to a heading that frameworks leave as the writer
// made it: one in HTML.
func (h Heading) asElement() Anchor { return Anchor{ID: h.tagged(), Words: h.Words()} }

// beside gives a heading the id of a tag that stands in it or before it, and
// keeps its own as another. An id that the writer chose for the heading itself
// stays: the tag's is another, left there for old links.
func (a Anchor) beside(tagged string, chosen bool) Anchor {
	switch {
	case tagged == "" || tagged == a.ID:
		return a
	case chosen:
		a.Also = append(a.Also, tagged)
		return a
	}
	if a.ID != "" {
		a.Also = append([]string{a.ID}, a.Also...)
	}
	a.ID = tagged
	return a
}
