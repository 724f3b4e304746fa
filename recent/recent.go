// Package recent keeps what was used last, within a number of bytes: what many
// questions in a row need, and is dear to make.
//
//	Put -> the front of the list; what no longer fits falls off its end
//	Get -> to the front again
//
// A Cache is safe for use by many goroutines. What it holds is shared: nobody may
// change it.
package recent

import (
	"container/list"
	"sync"
)

// Cache keeps values by their keys.
type Cache[K comparable, V any] struct {
	mu    sync.Mutex
	most  int
	bytes int
	kept  map[K]*list.Element // of *entry
	order *list.List          // the last used one first
}

type entry[K comparable, V any] struct {
	key   K
	value V
	bytes int
}

// New makes a Cache of at most so many bytes; with 0 it keeps nothing.
func New[K comparable, V any](most int) *Cache[K, V] {
	return &Cache[K, V]{most: most, kept: make(map[K]*list.Element), order: list.New()}
}

// Get gives the value of a key, and whether it is kept.
func (c *Cache[K, V]) Get(key K) (value V, kept bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, kept := c.kept[key]
	if !kept {
		return value, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*entry[K, V]).value, true
}

// Put keeps a value that takes about so many bytes, with its key; in the place of the
// key's former one. What is larger than the whole cache is not kept.
func (c *Cache[K, V]) Put(key K, value V, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, kept := c.kept[key]; kept {
		c.drop(e)
	}
	if bytes > c.most {
		return
	}
	c.kept[key] = c.order.PushFront(&entry[K, V]{key, value, bytes})
	for c.bytes += bytes; c.bytes > c.most; {
		c.drop(c.order.Back())
	}
}

// drop forgets a value; with mu.
func (c *Cache[K, V]) drop(e *list.Element) {
	old := c.order.Remove(e).(*entry[K, V])
	delete(c.kept, old.key)
	c.bytes -= old.bytes
}
