package eval

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"docent"
)

// Answer is what was answered to a question.
type Answer struct {
	Text      string
	Finish    docent.FinishReason
	Cause     docent.Cause
	Model     string // that wrote it; "" where none did
	Cited     []Target
	Sentences []docent.Support // of those that were judged
	Usage     docent.Usage
	Timings   docent.Timings
}

// Answerer answers a question. It is called by several goroutines at once.
type Answerer func(ctx context.Context, q Question) (Answer, error)

// AnswerOptions say how questions are answered.
type AnswerOptions struct {
	Parallel int     // at once, at least 1
	MaxUSD   float64 // no question is asked any more when the answers have cost so much; 0 is no bound
}

// Answered is what became of one question's answer.
type Answered struct {
	Text   string              `json:"text"`
	Finish docent.FinishReason `json:"finish_reason"`
	Cause  docent.Cause        `json:"cause,omitempty"`
	Model  string              `json:"model,omitempty"`
	Cited  []string            `json:"cited"` // the places that it cites, path#anchor, each once
	// Pages and Sections are nil for a question that can't be answered or was
	// refused; Sections also where no target names one.
	Pages    *Cites `json:"pages,omitempty"`
	Sections *Cites `json:"sections,omitempty"`
	// Supported of Checked sentences are borne out; one that is partly so counts half.
	Supported float64      `json:"supported"`
	Checked   int          `json:"checked"`
	Points    int          `json:"points"`            // of the question's answer_points
	Missing   []string     `json:"missing,omitempty"` // those that the answer does not make
	Words     int          `json:"words"`
	Usage     docent.Usage `json:"usage"`
	FirstMS   float64      `json:"first_ms"` // until the first word
	TookMS    float64      `json:"took_ms"`
}

// Cites say how well citations fit what is relevant: Precision is the share of
// the cited places that are relevant, Recall the share of the relevant ones that
// are cited. Both are 0 of an answer that cites nothing.
type Cites struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
}

// Refused reports whether it was said that the documentation has no answer.
func (a *Answered) Refused() bool { return a.Finish == docent.FinishRefused }

// ErrCost ends RunAnswers where the bound of the cost can't be held.
var ErrCost = errors.New("the cost of the model's answers is not known")

// RunAnswers answers the questions of results, which are in the same order, and
// notes in these what came of it. Those that are left when MaxUSD is reached are
// not answered; what was under way then ends, so the cost may be a little above.
// A question whose answer fails ends it; the error names its line.
func RunAnswers(ctx context.Context, questions []Question, results []Result, o AnswerOptions, answer Answerer) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	run := &answersRun{AnswerOptions: o, left: len(questions)}
	var workers sync.WaitGroup
	for range max(o.Parallel, 1) {
		workers.Go(func() {
			for i := run.next(ctx); i >= 0; i = run.next(ctx) {
				a, err := answer(ctx, questions[i])
				if err == nil {
					err = run.pay(a)
				}
				if err != nil {
					cancel(fmt.Errorf("line %d: %q can't be answered: %w", questions[i].Line, questions[i].Question, err))
					return
				}
				results[i].Answer = judgeAnswer(questions[i], a)
			}
		})
	}
	workers.Wait()
	return context.Cause(ctx)
}

// answersRun shares out the questions.
type answersRun struct {
	AnswerOptions
	mu    sync.Mutex
	asked int
	left  int
	spent float64
}

// next gives the place of a question to ask; -1 where there is none any more.
func (r *answersRun) next(ctx context.Context) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.left == 0 || ctx.Err() != nil || r.MaxUSD > 0 && r.spent >= r.MaxUSD {
		return -1
	}
	r.left--
	r.asked++
	return r.asked - 1
}

// pay counts what an answer cost.
func (r *answersRun) pay(a Answer) error {
	if r.MaxUSD > 0 && a.Usage.CostUSD == 0 && a.Usage.OutputTokens > 0 {
		return fmt.Errorf("%w: model.prices has none of %s", ErrCost, a.Model)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spent += a.Usage.CostUSD
	return nil
}

// judgeAnswer measures one answer.
func judgeAnswer(q Question, a Answer) *Answered {
	out := &Answered{
		Text: a.Text, Finish: a.Finish, Cause: a.Cause, Model: a.Model, Cited: []string{},
		Words: len(strings.Fields(a.Text)), Usage: a.Usage, FirstMS: a.Timings.FirstTokenMS, TookMS: a.Timings.TotalMS,
	}
	var pages []Target
	for _, t := range distinct(a.Cited) {
		out.Cited = append(out.Cited, t.String())
		pages = append(pages, Target{Path: t.Path})
	}
	for _, s := range a.Sentences {
		if share, checked := s.Share(); checked {
			out.Supported += share
			out.Checked++
		}
	}
	if q.Answerable && !out.Refused() {
		out.Points = len(q.AnswerPoints)
		out.Missing = missing(a.Text, q.AnswerPoints)
		out.Pages, out.Sections = citesOf(distinct(pages), pagesOf(q.Relevant)), sectionCites(distinct(a.Cited), q.Relevant)
	}
	return out
}

// distinct gives each target once.
func distinct(targets []Target) []Target {
	var out []Target
	seen := map[string]bool{}
	for _, t := range targets {
		if !seen[t.String()] {
			seen[t.String()] = true
			out = append(out, t)
		}
	}
	return out
}

func pagesOf(targets []Target) []Target {
	var pages []Target
	for _, t := range targets {
		pages = append(pages, Target{Path: t.Path})
	}
	return distinct(pages)
}

// sectionCites is citesOf where a target names a section.
func sectionCites(cited, relevant []Target) *Cites {
	for _, t := range relevant {
		if t.Anchor != nil {
			return citesOf(cited, distinct(relevant))
		}
	}
	return nil
}

// citesOf holds what is cited against what is relevant: a relevant page stands
// for each of its sections.
func citesOf(cited, relevant []Target) *Cites {
	right := func(c, r Target) bool { return c.Path == r.Path && (r.Anchor == nil || c.String() == r.String()) }
	share := func(of, among []Target, fits func(a, b Target) bool) float64 {
		n := 0
		for _, a := range of {
			for _, b := range among {
				if fits(a, b) {
					n++
					break
				}
			}
		}
		return float64(n) / float64(max(len(of), 1))
	}
	return &Cites{
		Precision: share(cited, relevant, right),
		Recall:    share(relevant, cited, func(r, c Target) bool { return right(c, r) }),
	}
}
