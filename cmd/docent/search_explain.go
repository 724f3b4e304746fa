package main

import (
	"context"
	"fmt"
	"math"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"docent"
	"docent/retrieval"
	"docent/web"
)

// explanation is what `docent search --explain --json` prints: the answer of a search,
// with what decided the order.
type explanation struct {
	web.Results
	Explained []explainedHit  `json:"results"` // in the place of those without reasons
	Weights   docent.Features `json:"weights"` // of the features: shares of 1
	// Signs are what answerable was estimated from, of each of the first passages.
	Signs []docent.Features `json:"signs"`
}

// explainedHit is a section with what its best chunk was ranked by.
type explainedHit struct {
	web.Hit
	Features docent.Features `json:"features"` // each from 0 to 1
	Mean     float64         `json:"mean"`     // of the features by the weights: the score, before rules
	// ByWords and ByMeaning are its places in the two lists of candidates; 0 where it
	// is not among them.
	ByWords   int `json:"by_words"`
	ByMeaning int `json:"by_meaning"`
}

// section names a section among those of all units.
type section struct {
	unit   docent.Unit
	path   string
	number int
}

// remembered is a search that keeps what it found.
type remembered struct {
	*retrieval.Searcher
	sections map[string]section // of passages, by their IDs
}

// Search implements web.Search.
func (r *remembered) Search(ctx context.Context, q docent.Query) (docent.Found, error) {
	found, err := r.Searcher.Search(ctx, q)
	for _, p := range found.Passages {
		r.sections[p.ID] = section{p.Unit, p.Path, p.Section}
	}
	return found, err
}

// explain searches, and asks what decided the order.
func explain(ctx context.Context, search *retrieval.Searcher, q docent.Query) (out explanation, err error) {
	found := &remembered{search, map[string]section{}}
	if out.Results, err = web.Find(ctx, found, q); err != nil {
		return out, err
	}
	why, err := search.Explain(ctx, q)
	if err != nil {
		return out, err
	}
	out.Weights, out.Signs = why.Weights, why.Signs
	best := map[section]retrieval.Ranked{}
	for _, r := range why.Ranked {
		at := section{r.Unit, r.Path, r.Section}
		if _, better := best[at]; !better {
			best[at] = r
		}
	}
	out.Explained = make([]explainedHit, len(out.Results.Results))
	for i, h := range out.Results.Results {
		r := best[found.sections[h.ID]]
		out.Explained[i] = explainedHit{h, r.Features, why.Mean(r), r.Lexical, r.Dense}
	}
	return out, nil
}

// column is a feature as people read it.
type column struct{ name, title, means string }

// columns are all of them, in their order.
var columns = []column{
	{"lexical_ratio", "WORDS", "how well the words of the question fit the section's title, headings, text and names (BM25), as a share of the best candidate's"},
	{"similarity", "MEANING", "how near its vector is to the question's, from the least similar candidate's 0 to the most similar one's 1"},
	{"page_similarity", "PAGE", "the same of the two best candidates of its page together"},
}

// print writes a table, and below it what its columns mean.
func (e explanation) print(c *cobra.Command, refuseBelow float64) error {
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "\tSCORE\t")
	for _, f := range e.counted() {
		fmt.Fprintf(w, "%s ×%.2f\t", f.title, e.Weights[f.name])
	}
	fmt.Fprintln(w, "ADDRESS\tSECTION")
	ruled := false
	for i, h := range e.Explained {
		fmt.Fprintf(w, "%d.\t%.2f\t", i+1, h.Score)
		for _, f := range e.counted() {
			fmt.Fprintf(w, "%.2f\t", h.Features[f.name])
		}
		fmt.Fprintf(w, "%s\t%s", h.URL, sectionTitle(h.Hit))
		if math.Abs(h.Score-h.Mean) > 1e-6 {
			fmt.Fprintf(w, " (%.2f before rules)", h.Mean)
			ruled = true
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return e.printMeanings(c, ruled, refuseBelow)
}

// counted are the columns that count: without vectors there is no meaning.
func (e explanation) counted() (some []column) {
	for _, f := range columns {
		if e.Weights[f.name] > 0 {
			some = append(some, f)
		}
	}
	return some
}

func (e explanation) printMeanings(c *cobra.Command, ruled bool, refuseBelow float64) error {
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nSCORE\tthe sum of the next columns, each times its weight, from 0 to 1; it compares rows of this list alone")
	for _, f := range e.counted() {
		fmt.Fprintf(w, "%s\t%s\n", f.title, f.means)
	}
	if ruled {
		fmt.Fprintln(w, "rules\tretrieval.rules of config.yaml have changed some scores")
	}
	fmt.Fprintf(w, "\nThe documentation holds an answer with an estimated probability of %.2f; below %.2f questions are refused (retrieval.refuse_below).\n", e.Answerable, refuseBelow)
	return w.Flush()
}
