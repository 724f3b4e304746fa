package sqlite

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

func itoa(n int) string { return strconv.Itoa(n) }

func TestVectorsComeBack(t *testing.T) {
	for _, v := range [][]float32{nil, {0, 1.5, -3e-9}} {
		got, err := decodeVector(encodeVector(v))
		if err != nil || !cmp.Equal(v, got) {
			t.Errorf("%v came back as %v, %v", v, got, err)
		}
	}
	if _, err := decodeVector([]byte{1, 2, 3}); err == nil {
		t.Error("a cut vector was read")
	}
}

// FuzzUnpack holds that stored bytes, whatever they are, are events or an error.
func FuzzUnpack(f *testing.F) {
	c := openStore(f, f.TempDir())
	packed, err := c.pack([]docent.Event{{ID: 1, Name: docent.EventDelta, Data: []byte(`{"text":"a"}`)}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed)
	f.Add(packed[:len(packed)-2])
	f.Add([]byte{})
	f.Add([]byte{0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, stored []byte) {
		events, err := unpack(stored)
		if err != nil {
			return
		}
		again, err := c.pack(events)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := unpack(again); err != nil || !cmp.Equal(events, back) {
			t.Errorf("%v came back as %v, %v", events, back, err)
		}
	})
}

// FuzzCursor holds that a cursor, whatever it is, leads on or is refused.
func FuzzCursor(f *testing.F) {
	p, err := paging[string](docent.List{}, "sessions", "desc", owner, "")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(p.cursor(1714564800123456789, "ses_1"))
	f.Add("e30")
	f.Add("")
	f.Fuzz(func(t *testing.T, after string) {
		q, err := paging[string](docent.List{After: after}, "sessions", "desc", owner, "")
		if (err != nil) != (docent.CodeOf(err) == docent.CodeInvalid) {
			t.Errorf("%q: %v", after, err)
		}
		if err == nil && q.after != nil && q.after.Scope != p.scope {
			t.Errorf("%q is of another list", after)
		}
	})
}
