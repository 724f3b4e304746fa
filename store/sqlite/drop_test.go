package sqlite

import (
	"testing"
	"time"
)

// TestADroppedUnitIsForgottenWhenNobodyRemembersIt: its numbers are not given twice
// until then, and not while it is built.
func TestADroppedUnitIsForgottenWhenNobodyRemembersIt(t *testing.T) {
	x := openIndex(t, t.TempDir())
	publish(t, x, chunk("a.md", "apple"))
	if err := x.Drop(t.Context(), unit); err != nil {
		t.Fatal(err)
	}
	if err := x.GC(t.Context(), "", 1); err != nil {
		t.Fatal(err)
	}
	o, err := x.read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rows := func() int {
		t.Helper()
		units, err := readUnits(t.Context(), o.database, "")
		if err != nil {
			t.Fatal(err)
		}
		return len(units)
	}
	if rows() != 1 {
		t.Error("it is forgotten at once")
	}
	b, err := x.Begin(t.Context(), unit)
	if err != nil || b.number != 2 {
		t.Fatalf("%v, number %d", err, b.number)
	}
	later := time.Now().Add(time.Hour)
	for _, site := range []string{"", "another"} {
		if err := o.forget(t.Context(), site, later); err != nil || rows() != 1 {
			t.Errorf("of site %q, while it is built: %v, %d rows", site, err, rows())
		}
	}
	b.Close()
	if err := o.forget(t.Context(), unit.Site, later); err != nil || rows() != 0 {
		t.Errorf("%v, %d rows", err, rows())
	}
	if r := publish(t, x, chunk("a.md", "apple")); r.Number != 1 {
		t.Errorf("number %d is given to one that nobody knew", r.Number)
	}
	wantFound(t, x, 1, "apple", "a.md")
	if err := o.forget(t.Context(), "", later); err != nil || rows() != 1 {
		t.Errorf("one with releases: %v, %d rows", err, rows())
	}
}
