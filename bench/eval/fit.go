package main

import (
	"math"

	"docent/retrieval"
)

const (
	steps     = 300
	rate      = 0.1
	shrinkage = 0.01 // of the weights' squares, per question
)

// adam takes steps down a gradient, each weight's by its own size. After
// D. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", 2015.
type adam struct {
	n             int
	first, second []float64
}

func newAdam(weights int) *adam {
	return &adam{first: make([]float64, weights), second: make([]float64, weights)}
}

func (a *adam) step(weights, gradient []float64) {
	const keepFirst, keepSecond, tiny = 0.9, 0.999, 1e-9
	a.n++
	for i, g := range gradient {
		a.first[i] = keepFirst*a.first[i] + (1-keepFirst)*g
		a.second[i] = keepSecond*a.second[i] + (1-keepSecond)*g*g
		first := a.first[i] / (1 - math.Pow(keepFirst, float64(a.n)))
		second := a.second[i] / (1 - math.Pow(keepSecond, float64(a.n)))
		weights[i] -= rate * first / (math.Sqrt(second) + tiny)
	}
}

// deviations gives the standard deviation of each column: weights are learned
// of numbers that vary alike. None is 0.
func deviations(rows func(yield func(row []float64)), width int) []float64 {
	n, sums, squares := 0.0, make([]float64, width), make([]float64, width)
	rows(func(row []float64) {
		n++
		for i, x := range row {
			sums[i] += x
			squares[i] += x * x
		}
	})
	out := make([]float64, width)
	for i := range out {
		out[i] = math.Sqrt(max(squares[i]/n-sums[i]*sums[i]/(n*n), 0))
		if out[i] == 0 {
			out[i] = 1
		}
	}
	return out
}

// fitRanking fits the weights of the features so that the relevant candidates
// of each question get most of the softmax of all its scores, once for pages and
// once for sections. After Z. Cao et al., "Learning to Rank: From Pairwise
// Approach to Listwise Approach", 2007. No weight is below 0, and they sum to 1.
func fitRanking(samples []sample, width int) []float64 {
	deviation := deviations(func(yield func([]float64)) {
		for _, s := range samples {
			for _, c := range s.candidates {
				yield(c.features)
			}
		}
	}, width)
	learned, weights, gradient := make([]float64, width), make([]float64, width), make([]float64, width)
	descent := newAdam(width)
	for range steps {
		for i, w := range learned {
			weights[i] = w / deviation[i]
			gradient[i] = 0
		}
		for _, s := range samples {
			pull(s.candidates, weights, gradient, func(c candidate) bool { return c.page })
			pull(s.candidates, weights, gradient, func(c candidate) bool { return c.section })
		}
		for i := range gradient {
			gradient[i] = gradient[i]/deviation[i]/float64(len(samples)) + shrinkage*learned[i]
		}
		descent.step(learned, gradient)
		for i, w := range learned {
			learned[i] = max(w, 0)
		}
	}
	sum := 0.0
	for i, w := range learned {
		weights[i] = w / deviation[i]
		sum += weights[i]
	}
	for i := range weights {
		weights[i] /= sum
	}
	return weights
}

// pull adds one question's part of the gradient; nothing where no candidate is
// relevant.
func pull(candidates []candidate, weights, gradient []float64, relevant func(candidate) bool) {
	odds := make([]float64, len(candidates))
	var all, good float64
	for i, c := range candidates {
		odds[i] = math.Exp(dot(weights, c.features))
		all += odds[i]
		if relevant(c) {
			good += odds[i]
		}
	}
	if good == 0 {
		return
	}
	for i, c := range candidates {
		p := odds[i] / all
		if relevant(c) {
			p -= odds[i] / good
		}
		for j, x := range c.features {
			gradient[j] += p * x
		}
	}
}

// fitOdds fits a logistic regression of whether a question is answerable on the
// signs of its best passage: best by the weights themselves. Answerable questions
// and others count the same in sum, and so do those that are near the subject and
// those that are far from it. The bias comes last.
func fitOdds(samples []sample, width int) []float64 {
	deviation := append(deviations(func(yield func([]float64)) {
		for _, s := range samples {
			for _, p := range s.signs {
				yield(p[:width])
			}
		}
	}, width), 1)
	classes := map[string]float64{}
	for _, s := range samples {
		classes[s.class]++
	}
	learned, weights, gradient := make([]float64, width+1), make([]float64, width+1), make([]float64, width+1)
	learned[0] = 1 // something has to be best at first
	descent := newAdam(width + 1)
	for range 2 * steps {
		for i, w := range learned {
			weights[i] = w / deviation[i]
			gradient[i] = shrinkage / 10 * w
		}
		for _, s := range samples {
			best, odds := bestOf(weights, s.signs)
			p := 1 / (1 + math.Exp(-odds))
			if s.class == answerable {
				p -= 1
				p *= 2
			}
			p /= 4 * classes[s.class]
			gradient[width] += p
			for i, x := range best[:width] {
				gradient[i] += p * x / deviation[i]
			}
		}
		descent.step(learned, gradient)
		for i := range learned[:width] {
			learned[i] = directed(i, learned[i])
		}
	}
	for i, w := range learned {
		weights[i] = w / deviation[i]
	}
	return weights
}

// directed keeps a weight from turning a sign into its opposite: together they
// would otherwise learn how long the questions of each kind happen to be.
func directed(sign int, weight float64) float64 {
	if against := retrieval.SignNames[sign] == "lacking" || retrieval.SignNames[sign] == "names"; against {
		return min(weight, 0)
	}
	return max(weight, 0)
}

// bestOf gives the passage with the highest odds, and these.
func bestOf(weights []float64, passages [][]float64) (best []float64, odds float64) {
	width := len(weights) - 1
	best, odds = make([]float64, width), math.Inf(-1)
	for _, p := range passages {
		if sum := weights[width] + dot(weights[:width], p[:width]); sum > odds {
			best, odds = p, sum
		}
	}
	return best, odds
}

// probability is the estimate for a question; 0 where nothing was found.
func probability(weights []float64, passages [][]float64) float64 {
	_, odds := bestOf(weights, passages)
	return 1 / (1 + math.Exp(-odds))
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}
