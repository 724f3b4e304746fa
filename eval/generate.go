package eval

import (
	"strings"

	"docent"
)

// Asked is a question that somebody asked, with where it may be answered.
type Asked struct {
	Question string
	Kind     string // the tag: "refused", "rated-up" or "rated-down"
	Relevant []Target
}

// Generate proposes questions of an index's chunks, in the order of their pages,
// and of what readers asked: a draft for a person, who throws away what nobody
// would ask, puts the rest into readers' words and corrects what is relevant.
// Each has a tag that says where it comes from:
//
//	refused, rated-up, rated-down   what readers asked; what is relevant is a guess
//	link                            the words by which other pages link to a section
//	heading                         a section's heading
//
// There are at most limit (0 is all), taken in turn of these three, each text once,
// and of headings one from each page in turn. The same input makes the same draft.
func Generate(chunks []docent.Chunk, asked []Asked, limit int) []Question {
	var readers []Question
	for _, a := range asked {
		readers = append(readers, Question{Question: a.Question, Relevant: a.Relevant, Tags: []string{a.Kind}, Source: "conversations"})
	}
	out := []Question{}
	seen := map[string]bool{}
	for _, q := range inTurn(readers, linked(chunks), headed(chunks)) {
		key := strings.ToLower(strings.TrimSpace(q.Question))
		if limit > 0 && len(out) == limit {
			break
		}
		if seen[key] || key == "" {
			continue
		}
		seen[key] = true
		q.Answerable = len(q.Relevant) > 0
		if q.Relevant == nil {
			q.Relevant = []Target{} // a list in JSON
		}
		out = append(out, q)
	}
	return out
}

// inTurn gives the lists' first questions, then their second ones, and so on.
func inTurn(lists ...[]Question) []Question {
	var out []Question
	for i, more := 0, true; more; i++ {
		more = false
		for _, list := range lists {
			if i < len(list) {
				out = append(out, list[i])
				more = true
			}
		}
	}
	return out
}

// anchored is where a chunk's text stands.
type anchored struct{ path, anchor string }

func sectionOf(c docent.Chunk) anchored { return anchored{c.Path, c.Anchor} }

// linkedTo is what a link to the section means: without an anchor, the page.
func (s anchored) linkedTo() Target {
	if s.anchor == "" {
		return Target{Path: s.path}
	}
	return Target{s.path, &s.anchor}
}

// headed proposes the headings, of each page one in turn. A heading that several
// sections have is told apart by its page's title.
func headed(chunks []docent.Chunk) []Question {
	times := map[string]int{}
	var first []docent.Chunk // of each section with a heading
	seen := map[anchored]bool{}
	for _, c := range chunks {
		if len(c.Headings) > 0 && !seen[sectionOf(c)] {
			seen[sectionOf(c)] = true
			times[strings.ToLower(c.Heading())]++
			first = append(first, c)
		}
	}
	var pages [][]Question
	for i, c := range first {
		if i == 0 || first[i-1].Path != c.Path {
			pages = append(pages, nil)
		}
		text := inline(c.Heading())
		if times[strings.ToLower(c.Heading())] > 1 {
			text += " (" + inline(c.Title) + ")"
		}
		last := &pages[len(pages)-1]
		*last = append(*last, Question{Question: text, Relevant: []Target{{c.Path, &c.Anchor}}, Tags: []string{"heading"}, Source: c.Path})
	}
	return inTurn(pages...)
}

// linked proposes the words of links that lead to other pages' sections and are
// not just their heading or title. The same words for several places are one
// question with several targets.
func linked(chunks []docent.Chunk) []Question {
	names := map[anchored]string{} // what sections and pages are called anyway
	for _, c := range chunks {
		names[sectionOf(c)] = strings.ToLower(c.Heading())
	}
	for _, c := range chunks {
		names[anchored{c.Path, ""}] = strings.ToLower(c.Title)
	}
	var out []Question
	place := map[string]int{}
	for _, c := range chunks {
		for _, l := range c.Links {
			to := anchored{l.Path, l.Anchor}
			name, there := names[to]
			text := inline(l.Text)
			key := strings.ToLower(text)
			if !there || l.Path == c.Path || key == name || len(strings.Fields(text)) < 2 {
				continue
			}
			i, again := place[key]
			if !again {
				i = len(out)
				place[key] = i
				out = append(out, Question{Question: text, Tags: []string{"link"}, Source: c.Path})
			}
			out[i].add(to.linkedTo())
		}
	}
	return out
}

// add adds a target that is not among the relevant ones.
func (q *Question) add(t Target) {
	for _, r := range q.Relevant {
		if r.String() == t.String() {
			return
		}
	}
	q.Relevant = append(q.Relevant, t)
}
