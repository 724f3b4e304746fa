package retrieval

import (
	"math"
	"testing"

	"docent"
)

func TestAScoreIsTheMeanOfItsFeaturesUnlessARuleChangedIt(t *testing.T) {
	s, _ := searcher(manual())
	q := docent.Query{Site: unit.Site, Text: "set the server port and log level"}
	for _, boost := range []float64{0, 0.5} {
		if boost > 0 {
			s.config.Rules = Rules{{Path: "**", Boost: boost}}
		}
		why, err := s.Explain(t.Context(), q)
		if err != nil || len(why.Ranked) < 3 {
			t.Fatalf("%d candidates, %v", len(why.Ranked), err)
		}
		for _, r := range why.Ranked {
			want := why.Mean(r)
			if boost > 0 {
				want *= boost
			}
			if math.Abs(r.Score-want) > 1e-9 || want == 0 {
				t.Errorf("%s scores %v, want %v of %v", r.Path, r.Score, want, r.Features)
			}
		}
		if why.Weights[LexicalRatio.String()] != 1 || why.Weights[Similarity.String()] != 0 {
			t.Errorf("without vectors: %v", why.Weights)
		}
	}
}
