package retrieval

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
)

// learned is weights.json, which bench/rank writes: it says from what.
//
//go:embed weights.json
var learned []byte

// Model is what ranking and refusing were taught: weights by the names of
// features. A name that is missing weighs 0.
type Model struct {
	// Ranking are the features' weights, none below 0.
	Ranking map[string]float64 `json:"ranking"`
	// Answerable are the weights of signs, and "bias": the logarithm of the odds
	// when there is no sign.
	Answerable map[string]float64 `json:"answerable"`
	// AnswerableByWords is the same for questions whose vectors are not the
	// built-in model's, or that have none.
	AnswerableByWords map[string]float64 `json:"answerable_by_words"`
}

// weights are a Model's in the features' order.
type weights struct {
	ranking    Features
	answerable [2]struct { // by words, and with the built-in vectors
		bias  float64
		signs signs
	}
}

// parsed is the Model that comes with the program.
var parsed = mustParse(learned)

func mustParse(text []byte) weights {
	w, err := parseModel(text)
	if err != nil {
		panic(err) // the file is part of the program, and a test reads it
	}
	return w
}

func parseModel(text []byte) (w weights, err error) {
	var m Model
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&m); err != nil {
		return w, fmt.Errorf("retrieval: weights.json: %w", err)
	}
	if err := assign(m.Ranking, FeatureNames, w.ranking[:]); err != nil {
		return w, err
	}
	for i, named := range []map[string]float64{m.AnswerableByWords, m.Answerable} {
		into := make([]float64, len(SignNames)+1)
		if err := assign(named, append(SignNames[:len(SignNames):len(SignNames)], "bias"), into); err != nil {
			return w, err
		}
		copy(w.answerable[i].signs[:], into)
		w.answerable[i].bias = into[len(SignNames)]
	}
	return w, nil
}

// assign puts each weight in its name's place.
func assign(named map[string]float64, names []string, into []float64) error {
	known := 0
	for i, name := range names {
		if weight, has := named[name]; has {
			into[i] = weight
			known++
		}
	}
	if known < len(named) {
		return fmt.Errorf("retrieval: weights.json names what is not among %v", names)
	}
	return nil
}

// weigh gives each hit its score, 0..1: the mean of its features by their
// weights. semantic multiplies the weight of those of meaning.
func (w *weights) weigh(hits []*hit, semantic float64) {
	ranking, all := w.counting(hits, semantic)
	for _, h := range hits {
		h.score = 0
		for f, weight := range ranking {
			h.score += weight * h.features[f]
		}
		if all > 0 {
			h.score /= all
		}
	}
}

// counting gives the weights that count among the hits, and their sum.
func (w *weights) counting(hits []*hit, semantic float64) (ranking Features, all float64) {
	ranking = w.ranking
	meaning := semantic > 0 && hasVectors(hits)
	for f := range ranking {
		switch {
		case ofMeaning[f] && !meaning:
			ranking[f] = 0
		case ofMeaning[f]:
			ranking[f] *= semantic
		}
		all += ranking[f]
	}
	return ranking, all
}

func hasVectors(hits []*hit) bool {
	for _, h := range hits {
		if h.Dense > 0 {
			return true
		}
	}
	return false
}
