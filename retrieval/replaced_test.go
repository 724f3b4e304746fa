package retrieval

import (
	"context"
	"slices"
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

// swapped is an index whose release is replaced by another, and deleted, between
// a question's two calls, once. What both hold stays.
type swapped struct {
	*memory
	next *memory
}

func (x *swapped) Bodies(ctx context.Context, picked []docent.Candidate) (map[string]docent.Chunk, error) {
	if x.next != nil {
		x.next.releases[0].Number = x.releases[0].Number + 1
		x.memory, x.next = x.next, nil
	}
	return x.memory.Bodies(ctx, picked)
}

func TestNoAnswerIsOfTwoReleases(t *testing.T) {
	shared := page("install.md", "Installation", "port", "The port is 8000 after it was installed.")
	of := func(port string) *memory {
		return published(map[docent.Unit][]docent.Chunk{unit: append(shared, page("port"+port+".md", "Ports", port, "The port is "+port+" now.")...)})
	}
	x := &swapped{of("1000"), of("2000")}
	found := search(t, New(x, standard()), docent.Query{Text: "which port?"})
	got := anchors(found)
	slices.Sort(got)
	if want := []string{"install.md#port", "port2000.md#2000"}; !slices.Equal(got, want) || found.Releases[0].Number != 2 {
		t.Errorf("found %v in %v, want %v of release 2", got, found.Releases, want)
	}
}

func TestABodyThatIsGoneLeavesTheOthers(t *testing.T) {
	m := published(map[docent.Unit][]docent.Chunk{unit: slices.Concat(
		page("a.md", "Ports", "port", "The port is set in one place."),
		page("b.md", "Listening", "", "It listens on the port.", "b", "The port again, as a flag."),
	)})
	second := m.chunks[unit][2]
	second.Section = 0 // of one section with the chunk before
	m.chunks[unit][2] = second
	s := New(m, standard())
	if got := search(t, s, docent.Query{Text: "port"}); len(got.Passages) != 2 {
		t.Fatalf("found %v", anchors(got))
	}
	m.gone = map[string]bool{second.ID: true} // a part of a passage
	if got := anchors(search(t, s, docent.Query{Text: "port"})); !slices.Equal(got, []string{"a.md#port"}) {
		t.Errorf("found %v", got)
	}
	for _, c := range m.chunks[unit] {
		m.gone[c.ID] = true
	}
	if got := search(t, s, docent.Query{Text: "port"}); len(got.Passages) != 0 || !got.Refuse || got.Answerable != 0 {
		t.Errorf("nothing is there, and %+v is found", got)
	}
}
