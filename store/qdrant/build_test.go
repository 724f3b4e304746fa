package qdrant

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	api "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"docent"
	"docent/store/qdrant/qdranttest"
)

// killed begins a build and leaves it as a killed process would: with some of
// it written, and silent.
func killed(t *testing.T, x *Index) *Build {
	t.Helper()
	b := begin(t, x)
	_, _, stats := b.Base()
	must(t, add(t, b, stats, "a.md", chunk("a.md", 0, "written by the dead")))
	must(t, b.flush(t.Context()))
	b.lease.stop()
	<-b.lease.done
	return b
}

func TestADeadBuildIsUndoneByTheNext(t *testing.T) {
	_, x := opened(t, stamps["lexical"])
	first := publish(t, x, chunk("a.md", 0, "apple"))
	dead := killed(t, x)
	if got := found(t, x, in(first, "appl", "dead", "written")); !cmp.Equal(got, []string{"apple"}) {
		t.Errorf("meanwhile the old release holds %q", got)
	}
	second := publish(t, x, chunk("a.md", 0, "apple"), chunk("a.md", 1, "plum"))
	if got := found(t, x, in(second, "dead", "written")); second.Number != 2 || len(got) != 0 {
		t.Errorf("release %d holds %q", second.Number, got)
	}
	must(t, dead.Close())
	if got := found(t, x, in(second, "appl", "plum")); len(got) != 2 {
		t.Errorf("after the dead one's end release 2 holds %q", got)
	}
}

func TestABuildThatLostItsLeaseWritesNothing(t *testing.T) {
	_, x := opened(t, stamps["lexical"])
	publish(t, x, chunk("a.md", 0, "apple"))
	slow := killed(t, x) // it was only stopped for long
	_, _, stats := slow.Base()
	winner := begin(t, x)
	slow.lease.last = time.Time{} // what stopping looks like
	code(t, slow.flush(t.Context()), docent.CodeConflict)
	_, err := slow.Publish(t.Context(), stats)
	code(t, err, docent.CodeConflict)
	must(t, slow.Close())

	_, _, stats = winner.Base()
	must(t, add(t, winner, stats, "b.md", chunk("b.md", 0, "plum")))
	r, err := winner.Publish(t.Context(), stats)
	must(t, err)
	if got := found(t, x, in(r, "appl", "plum", "dead")); len(got) != 2 {
		t.Errorf("the winner's release holds %q", got)
	}
}

func TestWhatAStrangerWroteIsNotPublished(t *testing.T) {
	_, x := opened(t, stamps["lexical"])
	b := begin(t, x)
	_, _, stats := b.Base()
	must(t, add(t, b, stats, "a.md", chunk("a.md", 0, "apple")))
	late := chunk("late.md", 0, "a call of the former owner, late")
	p, err := chunkPoint(unit, b.number, &late, 0)
	must(t, err)
	must(t, x.write(t.Context(), put(p)))
	_, err = b.Publish(t.Context(), stats)
	code(t, err, docent.CodeInternal)
	must(t, b.Close())
	if r := publish(t, x, chunk("a.md", 0, "apple")); r.Chunks != 1 {
		t.Errorf("the next release holds %d chunks", r.Chunks)
	}
}

// A clock that jumps changes nothing, since the lease reads none: a unit whose
// owner beats is taken, whatever was written into its point, and when.
func TestALivingBuildIsLeftAlone(t *testing.T) {
	s, x := opened(t, stamps["lexical"])
	b := begin(t, x)
	elsewhere := openIndex(t, Config{URL: s.URL()}, x.stamp)
	for range 2 {
		_, err := elsewhere.Begin(t.Context(), unit)
		code(t, err, docent.CodeConflict)
	}
	must(t, b.Close())
	publish(t, elsewhere, chunk("a.md", 0, "apple"))
}

func TestManyBeginAndOneBuilds(t *testing.T) {
	s := qdranttest.Start(t)
	publish(t, openIndex(t, Config{URL: s.URL()}, stamps["lexical"]), chunk("a.md", 0, "apple"))
	type result struct {
		b   *Build
		err error
	}
	results := make(chan result)
	for range 5 {
		x := openIndex(t, Config{URL: s.URL()}, stamps["lexical"])
		go func() {
			b, err := x.Begin(context.Background(), unit)
			results <- result{b, err}
		}()
	}
	building := 0
	for range 5 {
		r := <-results
		if r.err != nil {
			code(t, r.err, docent.CodeConflict)
			continue
		}
		building++
		defer r.b.Close()
	}
	if building != 1 {
		t.Errorf("%d build at once", building)
	}
}

func TestBatchesStayFarBelowTheLimit(t *testing.T) {
	s, x := opened(t, stamps["dense"])
	b := begin(t, x)
	_, _, stats := b.Base()
	for i := range 200 {
		path := fmt.Sprintf("p%d.md", i)
		must(t, add(t, b, stats, path, chunk(path, 0, strings.Repeat("word ", 5000), 1, 0, 0), chunk(path, 1, "end", 0, 1, 0)))
	}
	r, err := b.Publish(t.Context(), stats)
	must(t, err)
	if r.Chunks != 400 || r.Pages != 200 {
		t.Errorf("published %+v", r)
	}
	if n := s.Largest(); n > 2<<20 {
		t.Errorf("a request had %d bytes", n)
	}
	if n := s.Calls("UpdateBatch"); n > 100 { // about 10, and the lease's beats while it takes
		t.Errorf("%d calls wrote 10 MB", n)
	}
}

// publishing reports whether a request is the step that publishes.
func publishing(request any) bool {
	r, is := request.(*api.UpdateBatchPoints)
	return is && r.GetOperations()[0].GetSetPayload().GetPayload()[fieldReleases] != nil
}

func TestAnAnswerThatIsLostPublishesOnce(t *testing.T) {
	s := qdranttest.Start(t)
	var lose atomic.Int32
	s.After = func(_ context.Context, _ string, request any) error {
		if publishing(request) && lose.Add(-1) >= 0 {
			return status.Error(codes.Unavailable, "the connection broke")
		}
		return nil
	}
	x := openIndex(t, Config{URL: s.URL()}, stamps["lexical"])
	lose.Store(2)
	r := publish(t, x, chunk("a.md", 0, "apple"))
	releases, err := x.AllReleases(t.Context(), unit.Site)
	must(t, err)
	if diff := cmp.Diff([]docent.Release{r}, releases); diff != "" {
		t.Errorf("releases (-want +got):\n%s", diff)
	}
}

func TestAPublishOfUnknownOutcomeIsNotUndone(t *testing.T) {
	s := qdranttest.Start(t)
	s.After = func(_ context.Context, _ string, request any) error {
		if publishing(request) {
			return status.Error(codes.Internal, "published, but it says otherwise")
		}
		return nil
	}
	x := openIndex(t, Config{URL: s.URL()}, stamps["lexical"])
	b := begin(t, x)
	_, _, stats := b.Base()
	must(t, add(t, b, stats, "a.md", chunk("a.md", 0, "apple")))
	_, err := b.Publish(t.Context(), stats)
	code(t, err, docent.CodeStore)
	must(t, b.Close())
	releases, err := x.Releases(t.Context(), unit.Site)
	must(t, err)
	if len(releases) != 1 || len(found(t, x, in(releases[0], "appl"))) != 1 {
		t.Errorf("of %v its chunk is gone", releases)
	}
}

func TestRollingBackDuringABuildIsKept(t *testing.T) {
	_, x := opened(t, stamps["lexical"])
	for _, word := range []string{"one", "two", "three"} {
		publish(t, x, chunk("a.md", 0, "apple "+word))
	}
	b := begin(t, x)
	must(t, x.Activate(t.Context(), unit, 1))
	must(t, x.GC(t.Context(), "", 1))
	must(t, b.Close())
	releases, err := x.AllReleases(t.Context(), unit.Site)
	must(t, err)
	if len(releases) != 3 || !releases[0].Active {
		t.Errorf("releases %v", releases)
	}
}

func TestNothingIsLeftOfDroppedReleases(t *testing.T) {
	_, x := opened(t, stamps["lexical"])
	for _, word := range []string{"one", "two", "three", "four", "five"} {
		publish(t, x, chunk("a.md", 0, "apple "+word))
	}
	must(t, x.GC(t.Context(), "", 1))
	kinds := map[string]int{}
	must(t, x.scroll(t.Context(), nil, nil, func(p payload) error {
		kinds[p[fieldKind].GetStringValue()]++
		return nil
	}))
	want := map[string]int{kindUnit: 1, kindPage: 1, kindChunk: 1, kindStats: 1}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("points (-want +got):\n%s", diff)
	}
}

// TestADroppedUnitIsForgottenWhenNobodyRemembersIt: its numbers are not given twice
// until then, and not while it is built.
func TestADroppedUnitIsForgottenWhenNobodyRemembersIt(t *testing.T) {
	_, x := opened(t, stamps["lexical"])
	for _, word := range []string{"one", "two"} {
		publish(t, x, chunk("a.md", 0, "apple "+word))
	}
	must(t, x.Drop(t.Context(), unit))
	must(t, x.GC(t.Context(), "", 1))
	r, there, err := x.record(t.Context(), unit)
	if err != nil || !there {
		t.Fatalf("it is forgotten at once: %v", err)
	}
	later := time.Now().Add(time.Hour)
	b := begin(t, x)
	if b.number != 3 {
		t.Errorf("number %d is given", b.number)
	}
	if err := x.forget(t.Context(), r, later); docent.CodeOf(err) != docent.CodeConflict {
		t.Errorf("while it is built: %v", err)
	}
	must(t, b.Close())
	must(t, x.forget(t.Context(), r, later))
	left := 0
	must(t, x.scroll(t.Context(), nil, nil, func(payload) error { left++; return nil }))
	if left > 0 {
		t.Errorf("%d points are left", left)
	}
	if again := publish(t, x, chunk("a.md", 0, "apple")); again.Number != 1 {
		t.Errorf("number %d is given to one that nobody knew", again.Number)
	}
	if r, _, err = x.record(t.Context(), unit); err != nil {
		t.Fatal(err)
	}
	must(t, x.forget(t.Context(), r, later))
	if releases, err := x.Releases(t.Context(), unit.Site); err != nil || len(releases) != 1 {
		t.Errorf("one with releases is forgotten: %v, %v", releases, err)
	}
}
