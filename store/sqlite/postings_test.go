package sqlite

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/rand"
	"slices"
	"testing"

	diff "github.com/google/go-cmp/cmp"
)

func TestTheBestAreThoseThatAddUpToMost(t *testing.T) {
	rng := rand.New(rand.NewSource(3))
	for range 200 {
		lists, sums := make([]postings, 1+rng.Intn(5)), map[int64]float64{}
		weights := make([]float64, len(lists))
		for i := range lists {
			weights[i] = rng.Float64() * 5
			row := int64(rng.Intn(1 << 40))
			for range rng.Intn(60) {
				row += 1 + int64(rng.Intn(300))
				impact := rng.Float32()
				lists[i].add(row, impact)
				sums[row] += weights[i] * math.Max(1, math.Round(float64(impact)*fullImpact)) / fullImpact
			}
		}
		var cursors []cursor
		for i := range lists {
			cursors = append(cursors, cursorOn(lists[i].list, weights[i]))
		}
		best := top{k: 1 + rng.Intn(20)}
		n, ok := match(cursors, &best)
		best.cut()
		if !ok || n != len(sums) || len(best.list) != min(best.k, n) {
			t.Fatalf("%d of %d chunks match, %d of the best %d are given", n, len(sums), len(best.list), best.k)
		}
		var scores []float64
		for _, sum := range sums {
			scores = append(scores, sum)
		}
		slices.SortFunc(scores, func(a, b float64) int { return cmp.Compare(b, a) })
		for i, b := range best.list {
			if math.Abs(float64(b.score)-sums[b.id]) > 1e-4 || math.Abs(float64(b.score)-scores[i]) > 1e-4 {
				t.Fatalf("place %d has %v, adds up to %v, want %v", i+1, b, sums[b.id], scores[i])
			}
		}
	}
}

func TestTheLeastImpactStillCounts(t *testing.T) {
	var p postings
	p.add(7, 0)
	p.add(8, 1)
	if want := []byte{7, 1, 1, fullImpact}; !diff.Equal(want, p.list) {
		t.Errorf("%v, want %v", p.list, want)
	}
}

// FuzzCursor of lists holds that foreign bytes end, and that rows ascend.
func FuzzPostings(f *testing.F) {
	var p postings
	p.add(1, 0.5)
	p.add(1<<40, 1)
	f.Add(p.list)
	f.Add(p.list[:len(p.list)-1])
	f.Add([]byte{0, 1})
	f.Add(append(binary.AppendUvarint(nil, math.MaxUint64), 9))
	f.Add(append(binary.AppendUvarint([]byte{5, 5}, math.MaxInt64-5), 9))
	f.Fuzz(func(t *testing.T, list []byte) {
		c, last := cursorOn(list, 1), int64(0)
		for n := 0; c.row != beyond; n++ {
			if c.row <= last || n > len(list) {
				t.Fatalf("row %d after %d", c.row, last)
			}
			last = c.row
			c.next()
		}
		if _, ok := match([]cursor{cursorOn(list, 1)}, &top{k: 3}); ok == c.bad {
			t.Errorf("bad %v, and can be read %v", c.bad, ok)
		}
	})
}
