package sqlite

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// slabsEach is how many slabs are worth another processor.
const slabsEach = 16

// near is a chunk's row with its similarity, in steps that compare within one
// search only.
type near struct {
	id    int64
	score float32
}

// nearer orders by similarity, equals by row.
func nearer(a, b near) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id))
}

// nearest gives the rows of the k vectors nearest to question whose paths begin
// with prefix, best first, as far as int8 can tell.
func nearest(ctx context.Context, slabs []*slab, question []float32, prefix string, k int) ([]int64, error) {
	wide := widened(question)
	var next atomic.Int64
	tops := make([]top, min(runtime.GOMAXPROCS(0), len(slabs)/slabsEach+1))
	search := func(t *top) {
		for ctx.Err() == nil {
			i := int(next.Add(1)) - 1
			if i >= len(slabs) {
				return
			}
			slabs[i].search(t, wide, prefix)
		}
	}
	var searching sync.WaitGroup
	for i := range tops {
		tops[i].k = k
		if i > 0 {
			searching.Go(func() { search(&tops[i]) })
		}
	}
	search(&tops[0])
	searching.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, t := range tops[1:] {
		for _, n := range t.list {
			tops[0].add(n)
		}
	}
	tops[0].cut()
	rows := make([]int64, 0, len(tops[0].list))
	for _, n := range tops[0].list {
		rows = append(rows, n.id)
	}
	return rows, nil
}

// search adds the slab's vectors to t.
func (s *slab) search(t *top, wide []int32, prefix string) {
	at, d := 0, len(wide)
	for _, r := range s.runs {
		if strings.HasPrefix(r.path, prefix) {
			for i := at; i < r.end; i++ {
				t.add(near{s.ids[i], float32(dot(s.cells[i*d:(i+1)*d], wide)) * s.scale[i]})
			}
		}
		at = r.end
	}
}

// top gathers the best k. It lets twice as many come together before it sorts.
type top struct {
	k    int
	list []near
	last near // the worst of the best k; only where full
	full bool
}

func (t *top) add(n near) {
	if t.full && (n.score < t.last.score || nearer(t.last, n) < 0) {
		return
	}
	if t.list = append(t.list, n); len(t.list) == 2*t.k {
		t.cut()
	}
}

// cut leaves the best k, in order.
func (t *top) cut() {
	slices.SortFunc(t.list, nearer)
	if len(t.list) >= t.k {
		t.list = t.list[:t.k]
		t.last, t.full = t.list[t.k-1], true
	}
}
