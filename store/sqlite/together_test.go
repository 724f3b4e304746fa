package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// held is a database with a table of numbers, whose token the test has.
func held(t *testing.T) *database {
	t.Helper()
	d, err := openDatabase(filepath.Join(t.TempDir(), "some.db"), conversationsKind, busyTimeout, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.close() })
	if err := d.write(t.Context(), func(w *tx) error {
		_, err := w.exec("CREATE TABLE numbers (n INTEGER PRIMARY KEY)")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	<-d.turn
	return d
}

// await returns when n jobs wait.
func await(d *database, n int) {
	for {
		d.mu.Lock()
		waiting := len(d.waiting)
		d.mu.Unlock()
		if waiting == n {
			return
		}
		runtime.Gosched()
	}
}

func insert(n int) func(*tx) error {
	return func(w *tx) error {
		_, err := w.exec("INSERT INTO numbers (n) VALUES (?)", n)
		return err
	}
}

func count(t *testing.T, d *database) (n int) {
	t.Helper()
	if err := d.row(t.Context(), into(&n), "SELECT count(*) FROM numbers"); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWhatWaitsTogetherIsStoredByOneTransaction(t *testing.T) {
	d := held(t)
	var all sync.WaitGroup
	seen := make([]*tx, 2*atOnce)
	for i := range seen {
		all.Go(func() {
			if err := d.writeTogether(t.Context(), func(w *tx) error {
				seen[i] = w
				return insert(i)(w)
			}); err != nil {
				t.Error(err)
			}
		})
	}
	await(d, len(seen))
	d.turn <- struct{}{}
	all.Wait()
	transactions := map[*tx]int{}
	for _, w := range seen {
		transactions[w]++
	}
	if len(transactions) != 2 || count(t, d) != len(seen) {
		t.Errorf("%d transactions stored %d of %d", len(transactions), count(t, d), len(seen))
	}
}

func TestWhatFailsAmongWhatIsStoredTogetherFailsAlone(t *testing.T) {
	d := held(t)
	bad := errors.New("does not fit")
	var all sync.WaitGroup
	errs := make([]error, 10)
	for i := range errs {
		all.Go(func() {
			errs[i] = d.writeTogether(t.Context(), func(w *tx) error {
				if err := insert(i)(w); err != nil || i != 3 {
					return err
				}
				return bad
			})
		})
	}
	await(d, len(errs))
	d.turn <- struct{}{}
	all.Wait()
	for i, err := range errs {
		if failed := errors.Is(err, bad); failed != (i == 3) || err != nil && !failed {
			t.Errorf("%d gives %v", i, err)
		}
	}
	if n := count(t, d); n != len(errs)-1 {
		t.Errorf("%d were stored", n)
	}
}

func TestWhoLeavesWhileWaitingToWriteStoresNothing(t *testing.T) {
	d := held(t)
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() { left <- d.writeTogether(ctx, insert(1)) }()
	await(d, 1)
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("leaving gives %v", err)
	}
	d.turn <- struct{}{}
	if err := d.writeTogether(t.Context(), insert(2)); err != nil {
		t.Error(err)
	}
	if n := count(t, d); n != 1 {
		t.Errorf("%d were stored", n)
	}
}
