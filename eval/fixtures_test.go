package eval

import "docent"

// passage is one of a section, numbered by its anchor's first letter.
func passage(path, anchor string) docent.Passage {
	p := docent.Passage{Chunk: docent.Chunk{Path: path, Anchor: anchor, Title: "T"}}
	if anchor != "" {
		p.Section = int(anchor[0])
	}
	return p
}

// to is the target of a section, or of a page where anchor is "*".
func to(path, anchor string) Target {
	if anchor == "*" {
		return Target{Path: path}
	}
	return Target{path, &anchor}
}

// results judges questions of which the first of each line is what was found.
func results() []Result {
	found := func(p float64, refuse bool, passages ...docent.Passage) docent.Found {
		return docent.Found{Passages: passages, Answerable: p, Refuse: refuse}
	}
	a := judge(Question{Line: 1, Question: "port?", Answerable: true, Relevant: []Target{to("a.md", "x")}, Tags: []string{"howto"}},
		found(0.9, false, passage("a.md", "x"), passage("b.md", "y")))
	b := judge(Question{Line: 2, Question: "prot?", Answerable: true, Relevant: []Target{to("b.md", "*")}, Tags: []string{"typo", "howto"}},
		found(0.3, true, passage("a.md", "x"), passage("b.md", "y")))
	c := judge(Question{Line: 3, Question: "soup?", Tags: []string{"far"}}, found(0.1, true))
	d := judge(Question{Line: 4, Question: "price?"}, found(0.5, false, passage("c.md", "")))
	a.TookMS, b.TookMS, c.TookMS, d.TookMS = 1, 4, 2, 3
	return []Result{a, b, c, d}
}
