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
	var d draft
	for _, a := range asked {
		d.asked = append(d.asked, Question{Question: a.Question, Relevant: a.Relevant, Tags: []string{a.Kind}, Source: "conversations"})
	}
	d.links = linked(chunks)
	d.headings = headed(chunks)
	return d.take(limit)
}

// draft is the proposals of each kind, the likeliest first.
type draft struct {
	asked, links, headings []Question
}

// take gives the proposals of the kinds in turn.
func (d *draft) take(limit int) []Question {
	kinds := [][]Question{d.asked, d.links, d.headings}
	total := len(d.asked) + len(d.links) + len(d.headings)
	seen := map[string]bool{}
	out := []Question{}
	for i := 0; total > 0; i = (i + 1) % len(kinds) {
		if len(kinds[i]) == 0 {
			continue
		}
		q := kinds[i][0]
		kinds[i] = kinds[i][1:]
		total--
		key := strings.ToLower(q.Question)
		if seen[key] || strings.TrimSpace(key) == "" {
			continue
		}
		if limit > 0 && len(out) == limit {
			break
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

// section is where a chunk's text stands.
type section struct{ path, anchor string }

func at(c docent.Chunk) section { return section{c.Path, c.Anchor} }

// linkedTo is what a link to the section means: without an anchor, the page.
func (s section) linkedTo() Target {
	if s.anchor == "" {
		return Target{Path: s.path}
	}
	return Target{s.path, &s.anchor}
}

// headed proposes the headings, of each page one in turn. A heading that several
// sections have is told apart by its page's title.
func headed(chunks []docent.Chunk) []Question {
	times := map[string]int{}
	var pages [][]docent.Chunk // the first chunks of the sections with a heading
	seen := map[section]bool{}
	for _, c := range chunks {
		if len(c.Headings) == 0 || seen[at(c)] {
			continue
		}
		seen[at(c)] = true
		times[strings.ToLower(c.Heading())]++
		if n := len(pages); n > 0 && pages[n-1][0].Path == c.Path {
			pages[n-1] = append(pages[n-1], c)
		} else {
			pages = append(pages, []docent.Chunk{c})
		}
	}
	var out []Question
	for i, found := 0, true; found; i++ {
		found = false
		for _, p := range pages {
			if i >= len(p) {
				continue
			}
			found = true
			text := inline(p[i].Heading())
			if times[strings.ToLower(p[i].Heading())] > 1 {
				text += " (" + inline(p[i].Title) + ")"
			}
			out = append(out, Question{Question: text, Relevant: []Target{{p[i].Path, &p[i].Anchor}}, Tags: []string{"heading"}, Source: p[i].Path})
		}
	}
	return out
}

// linked proposes the words of links that lead to other pages' sections and are
// not just their heading or title. The same words for several places are one
// question with several targets.
func linked(chunks []docent.Chunk) []Question {
	names := map[section]string{} // what sections and pages are called anyway
	for _, c := range chunks {
		names[at(c)] = strings.ToLower(c.Heading())
	}
	for _, c := range chunks {
		names[section{c.Path, ""}] = strings.ToLower(c.Title)
	}
	var out []Question
	place := map[string]int{}
	for _, c := range chunks {
		for _, l := range c.Links {
			to := section{l.Path, l.Anchor}
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
