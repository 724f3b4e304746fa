package retrieval

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent/analysis"
)

// knowing makes statistics of terms with the number of chunks that hold each.
func knowing(df map[string]int) *analysis.Stats { return &analysis.Stats{Chunks: 1000, DF: df} }

func TestUnknownTermsAreTheNearestKnownOnes(t *testing.T) {
	s := newSpelling(knowing(map[string]int{
		"configur": 50, "widget": 9, "port": 30, "sport": 40, "post": 20, "pot": 90, "token": 8, "taken": 3, "tokens": 1,
		"hot": 5, "reload": 6, "hotel": 1, "v1.2": 1, "max_tokens": 4, "sha256": 2, "größ": 3, "middlewar": 7, "ab": 9, "настройк": 4, "stack": 6,
	}))
	tests := map[string]struct {
		term string
		want []string
	}{
		"a letter is missing":                  {"widgt", []string{"widget"}},
		"a letter too many":                    {"widgget", []string{"widget"}},
		"another letter":                       {"wodget", []string{"widget"}},
		"two are exchanged":                    {"wigdet", []string{"widget"}},
		"two errors in a long word":            {"confgiru", []string{"configur"}},
		"two errors in a short one are many":   {"wdgte", nil},
		"two words are equally near":           {"tken", []string{"token", "taken"}},
		"the more common one is first":         {"porst", []string{"port", "post"}},
		"the same first letter is better":      {"pport", []string{"port"}},
		"the first letter itself may be wrong": {"qidget", []string{"widget"}},
		"words of English are left":            {"slack", nil},
		"short words are left":                 {"prt", nil},
		"two words as one":                     {"hotreload", []string{"hot", "reload"}},
		"versions are left":                    {"v1.3", nil},
		"numbers are left":                     {"sha265", nil},
		"identifiers are left":                 {"max_tokns", nil},
		"letters of more bytes":                {"größe", []string{"größ"}},
		"other scripts":                        {"нстройк", []string{"настройк"}},
		"nothing is near":                      {"kubernet", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, s.corrected(tt.term)); diff != "" {
				t.Errorf("%q (-want +got):\n%s", tt.term, diff)
			}
		})
	}
}

func TestOnlyTermsThatNoChunkHoldsAreRespelled(t *testing.T) {
	s := newSpelling(knowing(map[string]int{"set": 9, "filenam": 4, "port": 8, "ports": 1, "sett": 90}))
	got := s.respelled([]string{"set", "file", "nam", "prot", "port", "unheard"})
	want := map[string][]string{"file": {"filenam"}, "nam": {"filenam"}, "prot": {"port"}, "unheard": nil}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDistanceCountsAnExchangeAsOne(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "", 3}, {"ab", "ba", 1}, {"kitten", "sitting", 3}, {"ca", "abc", 3}, {"größe", "grosse", 3}} {
		for _, pair := range [][2]string{{tt.a, tt.b}, {tt.b, tt.a}} {
			if got := distance([]rune(pair[0]), []rune(pair[1])); got != tt.want {
				t.Errorf("%q: %d, want %d", pair, got, tt.want)
			}
		}
	}
}

func TestASpellingIsMadeOnceForEachStatistics(t *testing.T) {
	var k spellings
	a, b := knowing(nil), knowing(nil)
	first := k.of(a)
	if k.of(b) == first || k.of(a) != first {
		t.Error("a spelling is of other statistics, or was made again")
	}
	for range 2 * maxMerged {
		k.of(knowing(nil))
	}
	if len(k.kept) > maxMerged {
		t.Errorf("%d are kept", len(k.kept))
	}
}

// words makes as many terms as 100,000 chunks have.
func words() *analysis.Stats {
	r := rand.New(rand.NewPCG(3, 4))
	df := map[string]int{}
	for range 300000 {
		word := make([]byte, 4+r.IntN(9))
		for i := range word {
			word[i] = "etaoinshrdlucmfwygpbvkxqjz"[min(r.IntN(26), r.IntN(26))]
		}
		df[string(word)] = 1 + r.IntN(100)
	}
	return knowing(df)
}

func BenchmarkNewSpelling(b *testing.B) {
	stats := words()
	b.ReportMetric(float64(len(stats.DF)), "terms")
	for b.Loop() {
		newSpelling(stats)
	}
}

func BenchmarkCorrected(b *testing.B) {
	s := newSpelling(words())
	for _, term := range []string{"configuraton", "middlwar", "tokne"} {
		b.Run(term, func(b *testing.B) {
			for b.Loop() {
				s.corrected(term)
			}
		})
	}
}
