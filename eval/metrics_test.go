package eval

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"docent"
)

var close4 = cmpopts.EquateApprox(0, 0.00005)

func places(n int, relevant ...int) []bool {
	list := make([]bool, n)
	for _, r := range relevant {
		list[r-1] = true
	}
	return list
}

// The wanted values are computed by hand: nDCG's discounts are 1, .6309, .5,
// .4307, .3869, ... .2891 for the ranks 1, 2, 3, 4, 5 ... 10.
func TestScoresAreThoseOfTheTextbook(t *testing.T) {
	for name, tt := range map[string]struct {
		relevant []bool
		of       int
		want     Scores
	}{
		"the only one stands first":   {places(3, 1), 1, Scores{1, 1, 1, 1, 1, 1, 1, 1}},
		"nothing was found":           {nil, 2, Scores{}},
		"one of one at rank 3":        {places(5, 3), 1, Scores{0, 1, 1, 0, 1, 1, 1.0 / 3, 0.5}},
		"two of three at 2 and 6":     {places(10, 2, 6), 3, Scores{0, 1, 1, 0, 1.0 / 3, 2.0 / 3, 0.5, (0.63093 + 0.35621) / 2.13093}},
		"rank 10 still counts":        {places(10, 10), 1, Scores{0, 0, 1, 0, 0, 1, 0.1, 0.28906}},
		"what is beyond 10 does not":  {places(11, 11), 1, Scores{}},
		"more targets than ten ranks": {places(10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 20, Scores{1, 1, 1, 0.05, 0.25, 0.5, 1, 1}},
	} {
		if diff := cmp.Diff(tt.want, score(tt.relevant, tt.of), close4); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestMeansAreOverQuestions(t *testing.T) {
	got := mean([]Scores{{Hit1: 1, MRR: 1, NDCG: 0.5}, {MRR: 0.5}})
	if diff := cmp.Diff(Scores{Hit1: 0.5, MRR: 0.75, NDCG: 0.25}, got, close4); diff != "" {
		t.Error(diff)
	}
	if got := mean(nil); got != (Scores{}) {
		t.Errorf("of nothing: %+v", got)
	}
}

func TestAPageCountsOnceAndWhereItStandsFirst(t *testing.T) {
	passages := []docent.Passage{passage("a.md", "x"), passage("a.md", "y"), passage("b.md", "z"), passage("b.md", "w")}
	relevant, of := pages(passages, []Target{to("b.md", "z"), to("b.md", "w"), to("c.md", "*")})
	if diff := cmp.Diff([]bool{false, true}, relevant); diff != "" || of != 2 {
		t.Errorf("of %d pages: %s", of, diff)
	}
}

func TestSectionsAreMeasuredWhereTargetsNameThem(t *testing.T) {
	passages := []docent.Passage{passage("a.md", "x"), passage("a.md", ""), passage("b.md", "z"), passage("a.md", "x")}
	relevant, of := sections(passages, []Target{to("a.md", ""), to("b.md", "*"), to("b.md", "q")})
	if diff := cmp.Diff([]bool{false, true, false}, relevant); diff != "" || of != 2 {
		t.Errorf("of %d sections: %s", of, diff)
	}
	if _, of := sections(passages, []Target{to("b.md", "*")}); of != 0 {
		t.Errorf("a page alone has %d sections to be found", of)
	}
}

// The same path in two versions is two places, of which one finds the target.
func TestATargetIsFoundOnce(t *testing.T) {
	old := passage("a.md", "x")
	old.Unit.Version = "1"
	relevant, _ := pages([]docent.Passage{passage("a.md", "x"), old}, []Target{to("a.md", "x")})
	if diff := cmp.Diff([]bool{true, false}, relevant); diff != "" {
		t.Error(diff)
	}
}

func TestARankBeyondTenIsNoHit(t *testing.T) {
	var passages []docent.Passage
	for i := range 12 {
		passages = append(passages, passage(string(rune('a'+i))+".md", "x"))
	}
	r := judge(Question{Answerable: true, Relevant: []Target{to("l.md", "x")}}, docent.Found{Passages: passages})
	if r.PageRank != 0 || r.Page.Hit10 != 0 || len(r.Top) != topShown {
		t.Errorf("rank %d, %+v, top %v", r.PageRank, r.Page, r.Top)
	}
}

func TestASummaryCountsBothKindsOfWrongRefusals(t *testing.T) {
	got := Summarise(results())
	want := Summary{
		Questions: 4, Answerable: 2, Unanswerable: 2, Sectioned: 1,
		Page:    Scores{0.5, 1, 1, 0.5, 1, 1, 0.75, (1 + 1/math.Log2(3)) / 2},
		Section: Scores{1, 1, 1, 1, 1, 1, 1, 1},
		Refusal: Refusal{False: 1, FalseRate: 0.5, Missed: 1, MissedRate: 0.5},
		Latency: Latency{P50: 2, P95: 4},
	}
	if diff := cmp.Diff(want, got, close4); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := Summarise(nil); got != (Summary{}) {
		t.Errorf("of nothing: %+v", got)
	}
}

func TestCalibrationComparesEstimatesWithWhatIs(t *testing.T) {
	c := calibrate(results())
	// (.9-1)², (.3-1)², .1² and .5² are .01, .49, .01 and .25.
	if math.Abs(c.Brier-0.19) > 1e-9 {
		t.Errorf("Brier %v, want 0.19", c.Brier)
	}
	want := map[int]Bin{
		1: {0.1, 0.2, 1, 0.1, 0}, 3: {0.3, 0.4, 1, 0.3, 1}, 5: {0.5, 0.6, 1, 0.5, 0}, 9: {0.9, 1, 1, 0.9, 1},
	}
	for i, b := range c.Bins {
		w, there := want[i]
		if !there {
			w = Bin{From: float64(i) / 10, To: float64(i+1) / 10}
		}
		if diff := cmp.Diff(w, b, close4); diff != "" {
			t.Errorf("bin %d: %s", i, diff)
		}
	}
	if last := calibrate([]Result{{Probability: 1}}).Bins[9]; last.Questions != 1 {
		t.Errorf("an estimate of 1 is not in the last bin: %+v", last)
	}
}
