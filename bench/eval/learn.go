package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"docent/retrieval"
)

// learn fits the weights to all samples and writes them to name. What it prints
// before is what they are worth: each corpus is asked with weights that were
// learned from the others alone.
func learn(w io.Writer, samples []sample, name string) error {
	var names []string
	for _, s := range samples {
		if !slices.Contains(names, s.corpus) {
			names = append(names, s.corpus)
		}
	}
	if len(names) < 2 {
		return errors.New("learning needs two corpora at least: each is tested with what the others teach")
	}
	var ranked measured
	estimates := map[int][]estimate{}
	for _, held := range names {
		others := slices.DeleteFunc(slices.Clone(samples), func(s sample) bool { return s.corpus == held })
		own := slices.DeleteFunc(slices.Clone(samples), func(s sample) bool { return s.corpus != held })
		ranked.add(own, fitRanking(rankings(others), len(retrieval.FeatureNames)))
		for kind, signs := range kinds {
			weights := fitOdds(others, len(signs))
			for _, s := range own {
				estimates[kind] = append(estimates[kind], estimate{probability(weights, s.signs), s.class})
			}
		}
	}
	fmt.Fprintf(w, "\nHeld out, corpus by corpus: page hit@1 %.3f, hit@5 %.3f, MRR %.3f over %d questions\n",
		ranked.first/ranked.n, ranked.five/ranked.n, ranked.reciprocal/ranked.n, int(ranked.n))
	for kind := range kinds {
		fmt.Fprintln(w, refusals(kindNames[kind], estimates[kind]))
	}
	model := retrieval.Model{
		Ranking:           named(fitRanking(rankings(samples), len(retrieval.FeatureNames)), retrieval.FeatureNames),
		AnswerableByWords: named(fitOdds(samples, len(kinds[0])), append(slices.Clone(kinds[0]), "bias")),
		Answerable:        named(fitOdds(samples, len(kinds[1])), append(slices.Clone(kinds[1]), "bias")),
	}
	text, err := json.MarshalIndent(model, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(text, '\n'), 0o644)
}

func named(weights []float64, names []string) map[string]float64 {
	out := make(map[string]float64, len(names))
	for i, name := range names {
		out[name] = math.Round(weights[i]*1000) / 1000
	}
	return out
}

// kinds are the signs that the two estimates may read: by words alone, and with
// the built-in vectors. The signs of meaning come last.
var (
	kinds     = [2][]string{retrieval.SignNames[:retrieval.SignsOfWords], retrieval.SignNames}
	kindNames = [2]string{"by words alone", "with the built-in vectors"}
)

// measured adds up how well pages were ranked.
type measured struct{ n, first, five, reciprocal float64 }

func (m *measured) add(samples []sample, weights []float64) {
	for _, s := range samples {
		if s.class != answerable {
			continue
		}
		m.n++
		best, better := math.Inf(-1), map[string]bool{}
		for _, c := range s.candidates {
			if c.page {
				best = max(best, dot(weights, c.features))
			}
		}
		if math.IsInf(best, -1) {
			continue // it is not among the candidates
		}
		for _, c := range s.candidates {
			if dot(weights, c.features) > best {
				better[c.path] = true
			}
		}
		switch n := len(better); {
		case n == 0:
			m.first++
			fallthrough
		case n < 5:
			m.five++
			fallthrough
		case n < 10:
			m.reciprocal += 1 / float64(n+1)
		}
	}
}

// rankings are the samples from which ranking can be learned: something relevant
// is among the candidates, and something that is not.
func rankings(samples []sample) []sample {
	var out []sample
	for _, s := range samples {
		relevant := 0
		for _, c := range s.candidates {
			if c.page {
				relevant++
			}
		}
		if relevant > 0 && relevant < len(s.candidates) {
			out = append(out, s)
		}
	}
	return out
}

// estimate is a probability, and what was true.
type estimate struct {
	probability float64
	class       string
}

// refusals tells what shares of the unanswerable would be refused at thresholds
// that refuse some of the others.
func refusals(kind string, all []estimate) string {
	of := map[string][]float64{}
	for _, e := range all {
		of[e.class] = append(of[e.class], e.probability)
	}
	slices.Sort(of[answerable])
	below := func(class string, threshold float64) float64 {
		n := 0
		for _, p := range of[class] {
			if p < threshold {
				n++
			}
		}
		return 100 * float64(n) / float64(max(len(of[class]), 1))
	}
	out := "Refusing " + kind + ":"
	for _, share := range []float64{0.02, 0.05, 0.1} {
		threshold := of[answerable][int(share*float64(len(of[answerable])))]
		out += fmt.Sprintf("\n  below %.2f: %2.0f %% wrongly, %2.0f %% of what is near and %2.0f %% of what is far rightly",
			threshold, below(answerable, threshold), below(near, threshold), below(far, threshold))
	}
	return out
}
