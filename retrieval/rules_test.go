package retrieval

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// ruled gives the paths of hits with falling scores in the order that rules
// leave them, and the highest score.
func ruled(rules Rules, question string, paths ...string) (order []string, most float64) {
	var hits []*hit
	for i, p := range paths {
		source, path, _ := strings.Cut(p, ":")
		hits = append(hits, &hit{Candidate: docent.Candidate{ID: p, Path: path, Ordinal: i, Unit: docent.Unit{Source: source, Lang: "en"}}, score: 0.9 - float64(i)/10})
	}
	hits = rules.apply(hits, question)
	slices.SortFunc(hits, byScore)
	for _, h := range hits {
		order = append(order, h.ID)
		most = max(most, h.score)
	}
	return order, most
}

func TestRulesChangeWhatIsFound(t *testing.T) {
	all := []string{"s:blog/a.md", "s:guide/b.md", "t:guide/b.md", "s:pricing.md", "s:pricing.md#2"}
	for name, c := range map[string]struct {
		rules    Rules
		question string
		want     []string
	}{
		"none":              {nil, "price", all},
		"boost":             {Rules{{Path: "guide/**", Boost: 1.5}}, "x", []string{all[1], all[2], all[0], all[3], all[4]}},
		"boosts multiply":   {Rules{{Path: "guide/**", Boost: 1.5}, {Source: "s", Path: "guide", Boost: 0.5}}, "x", []string{all[2], all[0], all[1], all[3], all[4]}},
		"sink":              {Rules{{Path: "blog/**", Boost: 0.01}}, "x", append(slices.Clone(all[1:]), all[0])},
		"exclude":           {Rules{{Source: "t", Exclude: true}, {Path: "blog", Exclude: true, Pin: []string{"x"}}}, "x", []string{all[1], all[3], all[4]}},
		"pin, another form": {Rules{{Path: "pricing.md", Pin: []string{"price", "cost"}}}, "What are your PRICES?", []string{all[3], all[0], all[1], all[2], all[4]}},
		"pin by two words":  {Rules{{Path: "pricing.md", Pin: []string{"free plan"}}}, "Which plan is free?", []string{all[3], all[0], all[1], all[2], all[4]}},
		"pin, other words":  {Rules{{Path: "pricing.md", Pin: []string{"free plan"}}}, "Which plan?", all},
		"pins keep order":   {Rules{{Path: "guide/b.md", Pin: []string{"x"}}}, "x", []string{all[1], all[2], all[0], all[3], all[4]}},
		"pin above a boost": {Rules{{Path: "pricing.md", Pin: []string{"x"}}, {Path: "blog", Boost: 100}}, "x", []string{all[3], all[0], all[1], all[2], all[4]}},
	} {
		hits := slices.Clone(all)
		hits[4] = "s:pricing.md"
		want := slices.Clone(c.want)
		for i := range want {
			want[i] = strings.TrimSuffix(want[i], "#2")
		}
		got, most := ruled(c.rules, c.question, hits...)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if most > 1 {
			t.Errorf("%s: a score is %v", name, most)
		}
	}
}

func TestARuleThatCantBeWorkedWithIsNamed(t *testing.T) {
	good := Rule{Path: "a", Boost: 2}
	for want, rule := range map[string]Rule{
		"a path or a source":        {Boost: 2},
		`a path such as "guide/**"`: {Path: "[", Boost: 2},
		"a boost from 0.01 to 100":  {Path: "b", Boost: -1},
		"boost, pin or exclude":     {Path: "b"},
		"words to pin by":           {Path: "b", Pin: []string{""}},
	} {
		c := Config{Passages: 1, Candidates: 1, Rules: Rules{good, rule}}
		err := c.Validate()
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "entry 2") || !strings.Contains(err.Error(), "retrieval.rules") {
			t.Errorf("%+v: %v", rule, err)
		}
	}
	if right := (Rules{good, {Source: "a", Exclude: true}}).validate(); right != "" {
		t.Error(right)
	}
}

func TestExcludedPagesAreNotFound(t *testing.T) {
	chunks := append(page("a.md", "", "x", "the port of the server"), page("old/b.md", "", "y", "the port of the server, once")...)
	c := standard()
	c.Rules = Rules{{Path: "old", Exclude: true}}
	found, err := New(published(map[docent.Unit][]docent.Chunk{unit: chunks}), c).Search(t.Context(), docent.Query{Site: unit.Site, Text: "server port"})
	if err != nil || len(found.Passages) != 1 || found.Passages[0].Path != "a.md" {
		t.Errorf("found %+v, %v", found.Passages, err)
	}
}
