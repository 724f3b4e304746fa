package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"docent"
)

func TestManyMayMakeTheSameFilesAtOnce(t *testing.T) {
	dir := t.TempDir()
	var making sync.WaitGroup
	for i := range 6 {
		x := openIndex(t, dir)
		making.Go(func() {
			b, err := x.Begin(t.Context(), docent.Unit{Site: unit.Site, Source: fmt.Sprint("source ", i)})
			if err != nil {
				t.Error(err)
				return
			}
			defer b.Close()
			_, _, stats := b.Base()
			if _, err := b.Publish(t.Context(), stats); err != nil {
				t.Error(err)
			}
		})
		making.Go(func() {
			c, err := OpenConversations(filepath.Join(dir, "docent.db"))
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			if _, _, err := c.BeginTurn(t.Context(), owner, firstTurn(fmt.Sprint("s", i))); err != nil {
				t.Error(err)
			}
		})
	}
	making.Wait()
	releases, err := openIndex(t, dir).Releases(t.Context(), unit.Site)
	if err != nil || len(releases) != 6 {
		t.Errorf("%d releases, want 6 (%v)", len(releases), err)
	}
}

func TestAWriteThatIsGivenUpLeavesNothingOpen(t *testing.T) {
	c := openStore(t, t.TempDir())
	for i := range 200 {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			_, _, err := c.BeginTurn(ctx, owner, firstTurn(fmt.Sprint("given up ", i)))
			done <- err
		}()
		cancel()
		err := <-done
		_, stored := c.Session(t.Context(), owner, fmt.Sprint("given up ", i))
		if (err == nil) != (stored == nil) {
			t.Fatalf("the write gave %v, reading gives %v", err, stored)
		}
	}
	if _, _, err := c.BeginTurn(t.Context(), owner, firstTurn("s")); err != nil {
		t.Errorf("the next write: %v", err)
	}
}
