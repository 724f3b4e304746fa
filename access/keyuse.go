package access

import (
	"context"
	"sync"
	"time"
)

// Bounds of noting when keys were used.
const (
	useEvery   = time.Minute      // a key's last use is written so often at most
	useTimeout = 10 * time.Second // for the store to write one
)

// keyUses writes when keys were used last, beside the requests and never more
// than one write at a time for a key. A write that fails is not repeated: the
// next use after a minute is.
type keyUses struct {
	mu      sync.Mutex
	noted   map[string]time.Time // when each key's use was last tried to be written
	closed  bool
	writing sync.WaitGroup
}

// note sees to it that the store knows of a use at now.
func (u *keyUses) note(keys Keys, k Key, now time.Time) {
	if now.Sub(k.UsedAt) < useEvery {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if last, tried := u.noted[k.ID]; u.closed || tried && now.Sub(last) < useEvery {
		return
	}
	if u.noted == nil {
		u.noted = map[string]time.Time{}
	}
	u.noted[k.ID] = now
	u.writing.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), useTimeout)
		defer cancel()
		keys.KeyUsed(ctx, k.ID, now) // a lost note harms nobody
	})
}

// close waits for the writes under way, after which there are none.
func (u *keyUses) close() {
	u.mu.Lock()
	u.closed = true
	u.mu.Unlock()
	u.writing.Wait()
}
