package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"docent"
)

// sorted compares lists of texts whatever their order.
var sorted = cmpopts.SortSlices(func(a, b string) bool { return a < b })

func statisticsAreExact(t *testing.T, o opener) {
	s := o.index(t)
	rng := rand.New(rand.NewSource(7))
	words := strings.Fields("apple pear plum cherry grape quince medlar sloe damson berry --flag config.yaml v1.2")
	text := func() string {
		var b strings.Builder
		for range 3 + rng.Intn(6) {
			b.WriteString(words[rng.Intn(len(words))] + " ")
		}
		return b.String()
	}
	docs := corpus{}
	for range 25 {
		for range 4 {
			path := fmt.Sprintf("p%d.md", rng.Intn(12))
			switch rng.Intn(4) {
			case 0:
				delete(docs, path)
			case 1:
				docs[path] = []string{text()}
			default:
				docs[path] = append(slices.Clone(docs[path]), text())
			}
		}
		r := publish(t, s, guide, docs)
		got, err := s.Stats(t.Context(), r)
		must(t, err)
		if diff := cmp.Diff(statsOf(t, guide, docs), got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("release %d (-fresh +stored):\n%s", r.Number, diff)
		}
	}
}

func readerSeesOneRelease(t *testing.T, o opener) {
	writer, reader := o.index(t), o.index(t)
	version := func(n int) corpus {
		docs := corpus{}
		for i := range 20 {
			docs[fmt.Sprintf("p%d.md", i)] = []string{fmt.Sprintf("apple of release %d on page %d", n, i)}
		}
		return docs
	}
	publish(t, writer, guide, version(1))
	ctx, stop := context.WithCancel(t.Context())
	var reading sync.WaitGroup
	for range 3 {
		reading.Go(func() {
			for ctx.Err() == nil {
				if err := oneRelease(ctx, reader); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for n := 2; n <= 2+KeepReleases; n++ {
		publish(t, writer, guide, version(n))
	}
	stop()
	reading.Wait()
}

// oneRelease asks once and says where the answer mixes releases. A release
// that was deleted meanwhile may be gone, but whole.
func oneRelease(ctx context.Context, s IndexStore) error {
	texts, asked, err := ask(ctx, s, docent.CandidateQuery{Terms: []string{"appl", "apple"}, Limit: 100})
	if err != nil || texts == nil {
		return err
	}
	if len(texts) != 20 {
		return fmt.Errorf("%d chunks of release %d, want 20", len(texts), asked.Number)
	}
	for _, text := range texts {
		if !strings.HasPrefix(text, fmt.Sprintf("apple of release %d ", asked.Number)) {
			return fmt.Errorf("release %d holds %q", asked.Number, text)
		}
	}
	return nil
}

func candidatesRank(t *testing.T, o opener) {
	s := o.index(t)
	docs := corpus{
		"quince.md": {"how to grow it"},
		"a.md":      {"quince and medlar", "many words about other things, and one of them is quince, which stands among many", "sloe"},
	}
	for i := range 30 {
		docs[fmt.Sprintf("filler%d.md", i)] = []string{"medlar and words"}
	}
	r := publish(t, s, guide, docs)
	got := found(t, s, in(r), "quince medlar")
	place := func(text string) int { return slices.Index(got, text) }
	if len(got) != 33 {
		t.Errorf("%d candidates, want 33", len(got))
	}
	if both, long := place("quince and medlar"), place(docs["a.md"][1]); both < 0 || both > 1 || long < both {
		t.Errorf("a chunk with both terms is at %d, a long one with one at %d", both, long)
	}
	if title := place("how to grow it"); title < 0 || title > 1 {
		t.Errorf("a chunk with the rare term in its title is at %d", title)
	}
	if got := found(t, s, docent.CandidateQuery{Releases: []docent.Release{r}, Limit: 2}, "quince medlar"); len(got) != 2 {
		t.Errorf("%d candidates, want 2", len(got))
	}
	if got := found(t, s, in(r), "zebra"); len(got) != 0 {
		t.Errorf("nothing holds the term, but %q is found", got)
	}
	none, err := s.Candidates(t.Context(), docent.CandidateQuery{Releases: []docent.Release{r}, Limit: 10})
	if must(t, err); len(none) != 0 {
		t.Errorf("no term finds %v", none)
	}
}

func candidatesRespectPrefix(t *testing.T, o opener) {
	s := o.index(t)
	docs := corpus{}
	for _, path := range []string{"guide/a.md", "guide/b.md", "guides.md", "ref/a.md", "ünï/a.md", "a%b/c.md", "a_b/c.md", "axb/c.md"} {
		docs[path] = []string{"apple in " + path}
	}
	r := publish(t, s, guide, docs)
	for prefix, want := range map[string][]string{
		"guide/": {"guide/a.md", "guide/b.md"},
		"guide":  {"guide/a.md", "guide/b.md", "guides.md"},
		"ünï/":   {"ünï/a.md"},
		"a%":     {"a%b/c.md"},
		"a_b/":   {"a_b/c.md"},
		"A":      nil,
		"none/":  nil,
	} {
		var texts []string
		for _, path := range want {
			texts = append(texts, "apple in "+path)
		}
		q := docent.CandidateQuery{Releases: []docent.Release{r}, PathPrefix: prefix}
		if diff := cmp.Diff(texts, found(t, s, q, "apple"), sorted, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("prefix %q (-want +got):\n%s", prefix, diff)
		}
	}
}

func candidatesTakeAnyTerm(t *testing.T, o opener) {
	s := o.index(t)
	texts := []string{"set --log.level and log_level in config.yaml", "AND OR NOT NEAR", "C++ and C# and .NET", "straße 東京 naïve", "@scope/pkg ~/.config"}
	r := publish(t, s, guide, corpus{"a.md": texts})
	for words, want := range map[string]string{
		"--log.level": texts[0], "log_level": texts[0], "config.yaml": texts[0], "NEAR": texts[1], "C++": texts[2],
		"straße": texts[3], "東京": texts[3], "@scope/pkg": texts[4], "~/.config": texts[4],
	} {
		if got := found(t, s, in(r), words); len(got) == 0 || got[0] != want {
			t.Errorf("%q finds %q, want %q first", words, got, want)
		}
	}
	odd := []string{`"`, `"" OR "`, "a\x00b", "*", "(", "title:", "-", "^x", "\xff", strings.Repeat("x", 5000), "' OR 1=1 --", "near", "appl*"}
	_, err := s.Candidates(t.Context(), docent.CandidateQuery{Releases: []docent.Release{r}, Terms: odd, Limit: 10})
	must(t, err)
}

func candidatesHoldWithCommonTerms(t *testing.T, o opener) {
	s := o.index(t)
	const common = "alder birch cedar dogwood elm fir gorse hazel"
	docs := corpus{}
	for i := range 100 {
		path := fmt.Sprintf("p%d.md", i)
		for j := range 12 {
			docs[path] = append(docs[path], fmt.Sprintf("%s, part %d of %d", common, j, i))
		}
	}
	docs["rare.md"] = []string{common + " and a quince", "a quince alone"}
	r := publish(t, s, guide, docs)
	got := found(t, s, in(r), common+" quince")
	if len(got) < 2 || !strings.Contains(got[0], "quince") || !strings.Contains(got[1], "quince") {
		t.Errorf("the rare term does not lead: %q", got[:min(3, len(got))])
	}
	if got := found(t, s, in(r), common); len(got) != 100 {
		t.Errorf("common terms alone find %d, want the limit", len(got))
	}
}

func endedContextStops(t *testing.T, o opener) {
	s := o.index(t)
	r := publish(t, s, guide, corpus{"a.md": {"apple"}})
	proposed, err := s.Candidates(t.Context(), docent.CandidateQuery{Releases: []docent.Release{r}, Terms: []string{"appl"}, Limit: 1})
	must(t, err)
	ended, end := context.WithCancel(t.Context())
	end()
	checks := map[string]error{}
	_, checks["Begin"] = s.Begin(ended, guide)
	_, checks["Releases"] = s.Releases(ended, guide.Site)
	_, checks["Candidates"] = s.Candidates(ended, docent.CandidateQuery{Releases: []docent.Release{r}, Terms: []string{"appl"}, Limit: 1})
	_, checks["Bodies"] = s.Bodies(ended, proposed)
	_, _, checks["Page"] = s.Page(ended, r, "a.md")
	checks["Activate"] = s.Activate(ended, guide, 1)
	checks["GC"] = s.GC(ended, "", 1)
	for name, err := range checks {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s gives %v, want the context's error", name, err)
		}
	}
	b, err := s.Begin(t.Context(), guide) // nothing is held
	must(t, err)
	_, _, stats := b.Base()
	if _, err := b.Publish(ended, stats); !errors.Is(err, context.Canceled) {
		t.Errorf("Publish gives %v, want the context's error", err)
	}
	must(t, b.Close())
	if numbers := kept(t, s); len(numbers) != 1 {
		t.Errorf("releases %v", numbers)
	}
}
