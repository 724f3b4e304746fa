package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

func openCache(t testing.TB, path string) *Vectors {
	t.Helper()
	v, err := OpenVectors(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	return v
}

// remember stores a vector for each text: its place, and its text's length.
func remember(t testing.TB, m *ModelVectors, texts ...string) {
	t.Helper()
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		vectors[i] = make([]float32, m.dimensions)
		vectors[i][0], vectors[i][1] = float32(i), float32(len(text))
	}
	if err := m.Put(t.Context(), texts, vectors); err != nil {
		t.Fatal(err)
	}
}

func wantKnown(t *testing.T, m *ModelVectors, texts []string, want map[int][]float32) {
	t.Helper()
	got, err := m.Get(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestVectorsAreKnownByModelDimensionsKindAndText(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "embeddings.db")
	v := openCache(t, path)
	remember(t, v.Of("small", 2, "passage"), "one", "three")
	remember(t, v.Of("large", 2, "passage"), "one")
	texts := []string{"three", "two", "one", "three"}
	want := map[int][]float32{0: {1, 5}, 2: {0, 3}, 3: {1, 5}}
	wantKnown(t, v.Of("small", 2, "passage"), texts, want)
	wantKnown(t, v.Of("small", 3, "passage"), texts, map[int][]float32{})
	wantKnown(t, v.Of("small", 2, "query"), texts, map[int][]float32{})
	wantKnown(t, v.Of("other", 2, "passage"), texts, map[int][]float32{})
	wantKnown(t, v.Of("small", 2, "passage"), nil, map[int][]float32{})

	remember(t, v.Of("small", 2, "passage"), "three") // again is no error
	v.Close()
	if err := v.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
	want[0], want[3] = []float32{0, 5}, []float32{0, 5}
	wantKnown(t, openCache(t, path).Of("small", 2, "passage"), texts, want)
}

func TestABatchOfVectorsIsStoredAsAWhole(t *testing.T) {
	m := openCache(t, filepath.Join(t.TempDir(), "embeddings.db")).Of("small", 2, "passage")
	for _, vectors := range [][][]float32{{{1, 2}, {1, 2, 3}}, {{1, 2}, nil}, {{1, 2}}} {
		if err := m.Put(t.Context(), []string{"one", "two"}, vectors); docent.CodeOf(err) != docent.CodeInternal {
			t.Errorf("%v: %v", vectors, err)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := m.Put(gone, []string{"one"}, [][]float32{{1, 2}}); err == nil {
		t.Error("stored although the context had ended")
	}
	wantKnown(t, m, []string{"one", "two"}, map[int][]float32{})
}

func TestTrimRemovesTheOldestAndGivesTheRoomBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "embeddings.db")
	v := openCache(t, path)
	m := v.Of("small", 1024, "passage")
	for i := range 100 {
		remember(t, m, fmt.Sprint(i))
	}
	each := int64(4*1024 + rowBytes)
	if removed, err := v.Trim(t.Context(), 100*each); removed != 0 || err != nil {
		t.Errorf("%d removed although all fit, %v", removed, err)
	}
	if removed, err := v.Trim(t.Context(), 10*each+1); removed != 90 || err != nil {
		t.Errorf("%d removed, want 90; %v", removed, err)
	}
	if size := sizeOf(t, path); size < 10*4*1024 || size > 30*each {
		t.Errorf("the file has %d bytes", size)
	}
	known, err := m.Get(t.Context(), []string{"0", "89", "90", "99"})
	if err != nil || len(known) != 2 || known[2] == nil || known[3] == nil {
		t.Errorf("%d of 4 are known, %v", len(known), err)
	}
	remember(t, m, "after")
	if removed, err := v.Trim(t.Context(), 0); removed != 11 || err != nil {
		t.Errorf("%d removed, want all 11; %v", removed, err)
	}
}

func sizeOf(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// TestTwoHandlesShareTheCache holds what two processes need: both write, and
// each sees what the other stored. Locks are the file's, so handles of one
// process do not tell it differently.
func TestTwoHandlesShareTheCache(t *testing.T) {
	path := filepath.Join(t.TempDir(), "embeddings.db")
	handles := [2]*Vectors{openCache(t, path), openCache(t, path)}
	var workers sync.WaitGroup
	for i, v := range handles {
		workers.Go(func() {
			m := v.Of("small", 2, "passage")
			for n := range 100 {
				texts := []string{fmt.Sprintf("both %d", n), fmt.Sprintf("of %d: %d", i, n)}
				if err := m.Put(context.Background(), texts, [][]float32{{1, 2}, {3, 4}}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	workers.Wait()
	for i, v := range handles {
		known, err := v.Of("small", 2, "passage").Get(t.Context(), []string{"both 99", fmt.Sprintf("of %d: 99", 1-i)})
		if err != nil || len(known) != 2 {
			t.Errorf("%d of 2 are known, %v", len(known), err)
		}
	}
}

func TestADamagedCacheIsRefusedWithAHint(t *testing.T) {
	for name, rewrite := range map[string]func([]byte) []byte{
		"not a database": func([]byte) []byte { return []byte(strings.Repeat("this is no database\n", 500)) },
		"cut in half":    func(b []byte) []byte { return b[:len(b)/2/4096*4096+100] },
		"overwritten":    func(b []byte) []byte { return append(b[:4096:4096], bytes.Repeat([]byte{0xa5}, len(b)-4096)...) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "embeddings.db")
			v := openCache(t, path)
			for i := range 50 {
				remember(t, v.Of("small", 1024, "passage"), fmt.Sprint(i))
			}
			v.Close()
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, rewrite(content), 0o644); err != nil {
				t.Fatal(err)
			}
			damaged, err := OpenVectors(path)
			if err == nil {
				t.Cleanup(func() { damaged.Close() })
				_, err = damaged.Of("small", 1024, "passage").Get(t.Context(), []string{"49"})
			}
			wantError(t, err, docent.CodeStore, "the cache of vectors can't be read: the file is damaged")
		})
	}
}

func TestACacheOfANewerVersionIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "embeddings.db")
	v := openCache(t, path)
	if _, err := v.d.writer.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`); err != nil {
		t.Fatal(err)
	}
	v.Close()
	_, err := OpenVectors(path)
	wantError(t, err, docent.CodeStore, "newer version")
}

func TestAFullDiskLeavesTheCacheAsItWas(t *testing.T) {
	v := openCache(t, filepath.Join(t.TempDir(), "embeddings.db"))
	m := v.Of("small", 4096, "passage")
	remember(t, m, "before")
	if _, err := v.d.conn.ExecContext(t.Context(), "PRAGMA max_page_count = 1"); err != nil {
		t.Fatal(err)
	}
	err := m.Put(t.Context(), []string{"later"}, [][]float32{make([]float32, 4096)})
	wantError(t, err, docent.CodeStore, "disk is full")
	if known, err := m.Get(t.Context(), []string{"before", "later"}); err != nil || len(known) != 1 {
		t.Errorf("%d are known, %v", len(known), err)
	}
}

// BenchmarkVectorCache stores and looks up vectors of 1,536 dimensions: one by
// one, as they are stored while others are still awaited, and a hundred at once.
func BenchmarkVectorCache(b *testing.B) {
	for _, n := range []int{1, 100} {
		texts, vectors := make([]string, n), make([][]float32, n)
		for i := range vectors {
			vectors[i] = make([]float32, 1536)
		}
		m := openCache(b, filepath.Join(b.TempDir(), "embeddings.db")).Of("small", 1536, "passage")
		b.Run(fmt.Sprintf("put-%d", n), func(b *testing.B) {
			for round := 0; b.Loop(); round++ {
				for i := range texts {
					texts[i] = fmt.Sprint(round%200, i)
				}
				if err := m.Put(b.Context(), texts, vectors); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "vectors/s")
		})
		b.Run(fmt.Sprintf("get-%d", n), func(b *testing.B) {
			for b.Loop() {
				if known, err := m.Get(b.Context(), texts); err != nil || len(known) != n {
					b.Fatal(len(known), err)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "vectors/s")
		})
	}
}
