package retrieval

import (
	"context"
	"errors"
	"slices"
	"sync"

	"docent"
	"docent/analysis"
)

// questionsOf gives the questions that a query asks one after the other, each as a
// query of its own: one that refers to something refers to the first of them.
func questionsOf(q docent.Query) []docent.Query {
	var each []docent.Query
	for _, text := range analysis.Questions(q.Text) {
		part := q
		part.Text = text
		if len(each) > 0 {
			part.Selection, part.History = "", nil
			if leans(text, 0) > 0 {
				part.History = []docent.ModelMessage{{Role: docent.RoleUser, Text: each[0].Text}}
			}
		}
		each = append(each, part)
	}
	return each
}

// ordered gives the hits for a question, best first. Where it asks several things
// these are found for each alone, and stand in turns: what one passage holds of
// both is mostly the answer to neither. each is what was found for each then.
func (s *Searcher) ordered(ctx context.Context, r *ranker, q asked, releases []docent.Release) (hits []*hit, each [][]*hit, err error) {
	questions := q.each
	if len(questions) == 0 {
		questions = []asked{q}
	}
	lists, errs := make([][]*hit, len(questions)), make([]error, len(questions))
	var searching sync.WaitGroup
	for i, one := range questions {
		one.on = q.on
		searching.Go(func() {
			found, err := s.hits(ctx, r, one, releases)
			lists[i], errs[i] = preferred(s.rank(found, one), releases), err
		})
	}
	searching.Wait()
	if err := errors.Join(errs...); err != nil || len(lists) == 1 {
		return lists[0], nil, err
	}
	return inTurns(slices.Clone(lists)), lists, nil
}

// inTurns takes one hit of each list after the other; a chunk once, as it stands
// first.
func inTurns(lists [][]*hit) []*hit {
	var merged []*hit
	taken := map[string]bool{}
	for left := true; left; {
		left = false
		for i := range lists {
			for len(lists[i]) > 0 && taken[lists[i][0].ID] {
				lists[i] = lists[i][1:]
			}
			if len(lists[i]) > 0 {
				taken[lists[i][0].ID], left = true, true
				merged, lists[i] = append(merged, lists[i][0]), lists[i][1:]
			}
		}
	}
	return merged
}

// answerableEach estimates how likely the documentation holds the answers to
// several questions: the mean, so that one which it holds is not refused for the
// other's sake, nor called certain.
func (s *Searcher) answerableEach(r *ranker, q asked, each [][]*hit) float64 {
	sum := 0.0
	for i := range each {
		groups := pick(each[i], deepest, s.config.MaxPerPage)
		sum += s.maybe(&q.each[i], groups, r.answerable(groups, q.each[i].together(), s.kind))
	}
	return sum / float64(len(each))
}
