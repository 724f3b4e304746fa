package recent

import (
	"fmt"
	"sync"
	"testing"
)

func TestWhatWasUsedLastIsKept(t *testing.T) {
	c := New[string, int](10)
	c.Put("a", 1, 4)
	c.Put("b", 2, 4)
	if v, kept := c.Get("a"); !kept || v != 1 {
		t.Errorf("a is %d, %v", v, kept)
	}
	c.Put("c", 3, 4) // of 12 bytes one has to go
	for key, want := range map[string]bool{"a": true, "b": false, "c": true} {
		if _, kept := c.Get(key); kept != want {
			t.Errorf("%s is kept: %v, want %v", key, kept, want)
		}
	}
}

func TestAValueTakesThePlaceOfItsKeysFormerOne(t *testing.T) {
	c := New[string, int](10)
	c.Put("a", 1, 6)
	c.Put("a", 2, 6)
	c.Put("b", 3, 4)
	if v, kept := c.Get("a"); !kept || v != 2 {
		t.Errorf("a is %d, %v: the former value was counted, too", v, kept)
	}
	c.Put("a", 4, 11)
	if _, kept := c.Get("a"); kept {
		t.Error("the former value stayed where the new one is too large")
	}
	if _, kept := c.Get("b"); !kept {
		t.Error("a value too large for the cache pushed another one out")
	}
}

func TestManyMayUseACacheAtOnce(t *testing.T) {
	c := New[string, int](100)
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for i := range 200 {
				key := fmt.Sprint((n + i) % 20)
				c.Put(key, i, 10)
				c.Get(key)
			}
		})
	}
	all.Wait()
	if c.bytes > 100 || len(c.kept) != c.order.Len() || 10*len(c.kept) != c.bytes {
		t.Errorf("%d bytes, %d keys, %d in order", c.bytes, len(c.kept), c.order.Len())
	}
}
