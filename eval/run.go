package eval

import (
	"context"
	"fmt"
	"slices"
	"time"

	"docent"
)

// Ask finds the passages for a question, at most limit of them.
type Ask func(ctx context.Context, q Question, limit int) (docent.Found, error)

// Result is what became of one question.
type Result struct {
	Line       int                   `json:"line"`
	Question   string                `json:"question"`
	History    []docent.ModelMessage `json:"history,omitempty"`
	Tags       []string              `json:"tags,omitempty"`
	Answerable bool                  `json:"answerable"`
	Relevant   []Target              `json:"relevant,omitempty"`
	// Page and Section are nil for a question that can't be answered; Section
	// also where no target names one.
	Page    *Scores `json:"page,omitempty"`
	Section *Scores `json:"section,omitempty"`
	// PageRank and SectionRank are of the first that is relevant, from 1; 0
	// where none is among the first 10.
	PageRank    int  `json:"page_rank"`
	SectionRank int  `json:"section_rank"`
	Refused     bool `json:"refused"`
	// Probability is the estimate, 0..1, that the documentation holds the answer.
	Probability float64  `json:"probability"`
	Top         []string `json:"top"` // the places of the first passages, path#anchor
	TookMS      float64  `json:"took_ms"`
	// Answer is what was answered; nil where only the search was measured.
	Answer *Answered `json:"answer,omitempty"`
}

// topShown is how many of the passages a result names.
const topShown = 3

// Run asks every question, one after the other. A question that can't be asked
// ends it; the error names its line.
func Run(ctx context.Context, questions []Question, ask Ask) ([]Result, error) {
	results := make([]Result, 0, len(questions))
	for _, q := range questions {
		began := time.Now()
		found, err := ask(ctx, q, depth)
		took := time.Since(began)
		if err != nil {
			return results, fmt.Errorf("line %d: %q can't be asked: %w", q.Line, q.Question, err)
		}
		r := judge(q, found)
		r.TookMS = float64(took.Microseconds()) / 1000
		results = append(results, r)
	}
	return results, nil
}

// judge scores what was found for a question.
func judge(q Question, found docent.Found) Result {
	r := Result{
		Line: q.Line, Question: q.Question, History: q.History, Tags: q.Tags, Answerable: q.Answerable, Relevant: q.Relevant,
		Refused: found.Refuse, Probability: found.Answerable, Top: []string{},
	}
	for _, p := range found.Passages[:min(len(found.Passages), topShown)] {
		r.Top = append(r.Top, place(p))
	}
	r.Page, r.PageRank = scored(pages(found.Passages, q.Relevant))
	r.Section, r.SectionRank = scored(sections(found.Passages, q.Relevant))
	return r
}

// scored gives the scores of a list and its first relevant place; nil and 0
// where nothing is to be found.
func scored(relevant []bool, of int) (*Scores, int) {
	if of == 0 {
		return nil, 0
	}
	s := score(relevant, of)
	return &s, slices.Index(relevant, true) + 1
}

// Right reports whether a question came out as it should: one that is answered
// in the documentation is answered, with a relevant page among the first five
// places, and another one is refused.
func (r *Result) Right() bool {
	if !r.Answerable {
		return r.Refused
	}
	return !r.Refused && r.Page.Hit5 == 1
}
