package retrieval

import (
	"context"
	"testing"

	"docent"
	"docent/analysis"
)

// replaced is an index whose release is replaced, and deleted, whenever
// somebody is about to read it, `left` times.
type replaced struct {
	*memory
	left int
}

// gone replaces the release, and says that the one that is asked for is gone.
func (x *replaced) gone(r docent.Release) error {
	if x.left > 0 {
		x.left--
		x.releases[0].Number++
	}
	if r.Number != x.releases[0].Number {
		return docent.Errorf(docent.CodeNotFound, "there is no release %d", r.Number)
	}
	return nil
}

func (x *replaced) Stats(ctx context.Context, r docent.Release) (*analysis.Stats, error) {
	if err := x.gone(r); err != nil {
		return nil, err
	}
	return x.memory.Stats(ctx, r)
}

func (x *replaced) Candidates(ctx context.Context, q docent.CandidateQuery) ([]docent.Candidate, error) {
	if err := x.gone(q.Releases[0]); err != nil {
		return nil, err
	}
	return x.memory.Candidates(ctx, q)
}

func (x *replaced) Page(ctx context.Context, r docent.Release, at string) (docent.Page, []docent.Chunk, error) {
	if err := x.gone(r); err != nil {
		return docent.Page{}, nil, err
	}
	return x.memory.Page(ctx, r, at)
}

func TestAReleaseReplacedWhileItIsSearchedFailsNoSearch(t *testing.T) {
	for _, times := range []int{1, 2, 3} {
		x := &replaced{published(map[docent.Unit][]docent.Chunk{unit: manual()}), times}
		calls := 0
		s := New(x, standard(), WithEmbed(func(context.Context, string) ([]float32, error) {
			calls++
			return []float32{1}, nil
		}))
		found := search(t, s, docent.Query{Text: "change the port"})
		if len(found.Passages) == 0 || found.Releases[0].Number != 1+times {
			t.Errorf("replaced %d times: %d passages of %v", times, len(found.Passages), found.Releases)
		}
		if calls != 1 {
			t.Errorf("the question was embedded %d times", calls)
		}
	}
}

func TestAReleaseReplacedWhileAPageIsReadIsNoMissingPage(t *testing.T) {
	x := &replaced{published(map[docent.Unit][]docent.Chunk{unit: manual()}), 1}
	page, _, err := New(x, standard()).Page(t.Context(), docent.DefaultSite, docent.Filters{}, "port.md")
	if err != nil || page.Title != "Listening" {
		t.Errorf("%q, %v", page.Title, err)
	}
}

func TestAReleaseThatIsMissingAndNotReplacedIsAnError(t *testing.T) {
	m := published(map[docent.Unit][]docent.Chunk{unit: manual()})
	m.err = docent.Errorf(docent.CodeNotFound, "there is no release 1")
	if _, err := New(m, standard()).Search(t.Context(), docent.Query{Site: docent.DefaultSite, Text: "port"}); docent.CodeOf(err) != docent.CodeNotFound {
		t.Errorf("got %v", err)
	}
}
