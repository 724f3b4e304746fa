// Package verify holds a finished sentence of an answer against the passages
// that it cites, without a model: in well under a millisecond.
//
//	sentence -> claim: words, facts, clauses (claim.go, facts.go)
//	passage  -> units: sentences, rows, lines of code (evidence.go)
//	both     -> names and numbers are there, and beside the same words;
//	            enough of the words are there, or words near them in meaning;
//	            nothing says the opposite (polarity.go)
//
// Names of things (flags, files, identifiers) must stand in a cited passage or
// in the question, as they are written. Numbers must stand where the passage
// speaks of the same: another row's is another fact. Words may differ: what
// counts is the share of the sentence's words that a passage has near each
// other, where a word that is not there counts as much as its vector is near
// to one that is.
//
// A sentence that cites nothing is held against all passages: a paragraph or
// list is often cited once, at its end. In another language than the passage's
// only names and numbers can be compared.
//
// What it doubts: itself. Word order counts only around words that have a
// direction ("overrides"), and what a passage implies without saying so is not
// found. testdata/quality.golden has how often it is right.
package verify

import (
	"context"
	"fmt"

	"docent"
	"docent/analysis"
	"docent/chat"
	"docent/recent"
)

// Vectors gives the vector of a word, of length 1; nil where it has none. It
// buys tests without a model of meaning, and languages that it does not know.
type Vectors interface {
	Query(ctx context.Context, text string) ([]float32, error)
}

// Checker holds sentences against passages. It is safe for use by many
// goroutines.
type Checker struct {
	vectors Vectors
	shelf   *recent.Cache[part, *taken]
}

// New makes a Checker. Without vectors (nil) words have to be the same.
func New(v Vectors) *Checker { return &Checker{v, recent.New[part, *taken](maxShelf)} }

// From which share of a sentence's words on it is supported, and from which on
// partly: fitted on the first half of testdata/pairs.txt.
const (
	supportedFrom = 0.62
	partlyFrom    = 0.45
)

// Open begins an answer to question from passages, numbered by their N. The
// function it gives judges one sentence after the other, each with the numbers
// that it cites, and is for one goroutine; "" is of a sentence that claims
// nothing.
func (c *Checker) Open(question string, passages []docent.Passage) chat.Judge {
	a := &answer{Checker: c, question: letteredOf(question), speaks: analysis.Speaks(question), passages: make([]*passage, len(passages))}
	for i := range passages {
		a.passages[i] = &passage{n: passages[i].N, chunk: passages[i].Chunk}
	}
	return a.judge
}

// answer is what the sentences of one answer are judged by.
type answer struct {
	*Checker
	question lettered
	speaks   string // the language of the last sentence that told its own, at first the question's
	passages []*passage
}

func (a *answer) judge(sentence string, cited []int) chat.Verdict {
	text := withoutCitations(sentence)
	if claimsNothing(text, len(cited) > 0) {
		return chat.Verdict{}
	}
	against := a.cited(cited)
	if len(against) == 0 {
		return chat.Verdict{State: docent.Unsupported, Reason: "there is no passage to hold it against"}
	}
	lang := against[0].lang()
	for _, p := range against {
		if p.taken == nil || p.words != lang {
			p.taken = a.take(p.chunk, p.lang(), lang)
		}
		if p.says(text) {
			return chat.Verdict{State: docent.Supported, Reason: "a passage says it to the letter"}
		}
	}
	c := claimOf(apart(text), lang)
	if len(c.facts) == 0 && len(c.weights) == 0 {
		return chat.Verdict{}
	}
	for _, f := range c.facts {
		if !a.has(against, f) {
			return chat.Verdict{State: docent.Unsupported, Reason: f.String() + " is in none of the passages that it is held against", Named: f.name != ""}
		}
	}
	if speaks := analysis.Speaks(text); speaks != "" {
		a.speaks = speaks
	}
	if a.speaks != "" && lang != "" && a.speaks != lang {
		return chat.Verdict{State: docent.Unchecked, Reason: "it is in another language than the passages; its names and numbers are there"}
	}
	return a.weigh(c, against)
}

// cited gives the passages that a sentence is held against: all where it cites
// none.
func (a *answer) cited(numbers []int) []*passage {
	if len(numbers) == 0 {
		return a.passages
	}
	var out []*passage
	for _, n := range numbers {
		for _, p := range a.passages {
			if p.n == n {
				out = append(out, p)
			}
		}
	}
	return out
}

// has reports whether one of the passages, or the question, has a fact.
func (a *answer) has(passages []*passage, f fact) bool {
	if f.in(a.question) {
		return true
	}
	for _, p := range passages {
		if f.in(p.all) {
			return true
		}
	}
	return false
}

// weigh judges a claim whose facts are all somewhere in the passages, by the
// best that they have.
func (a *answer) weigh(c *claim, passages []*passage) chat.Verdict {
	unsupported := func(reason string) chat.Verdict { return chat.Verdict{State: docent.Unsupported, Reason: reason} }
	e := gather(c, passages)
	if len(e.best) == 0 {
		return unsupported("none of its words is there")
	}
	share, loose := e.share(c, a.vectors)
	there := fmt.Sprintf("%.0f %% of its words are there", 100*share)
	switch {
	case share < partlyFrom:
		return unsupported("only " + there)
	case e.contradicts(c):
		return unsupported("the passage that is nearest says the opposite")
	case e.elsewhere(c, a.question):
		return unsupported("a number of it stands where the passages speak of something else")
	case share < supportedFrom:
		return chat.Verdict{State: docent.PartlySupported, Reason: "only " + there}
	case loose:
		return chat.Verdict{State: docent.PartlySupported, Reason: "a part of it is mostly not there"}
	}
	return chat.Verdict{State: docent.Supported, Reason: there}
}
