package embedding

import (
	"encoding/binary"
	"strings"
	"testing"
)

// changed is the program's own table with another number among its counts.
func changed(count int, value uint32) string {
	file := []byte(builtin)
	binary.LittleEndian.PutUint32(file[len(magic)+4*count:], value)
	return string(file)
}

func TestATableThatIsNotWholeIsRefused(t *testing.T) {
	for name, tc := range map[string]struct{ file, want string }{
		"empty":             {"", "does not begin with"},
		"another file":      {strings.Repeat("no table\n", 99), "does not begin with"},
		"cut":               {builtin[:len(builtin)-1], "bytes instead of"},
		"longer":            {builtin + "x", "bytes instead of"},
		"no dimensions":     {changed(0, 0), "0 dimensions"},
		"too many pieces":   {changed(1, 1<<20), "1048576 pieces"},
		"rows without one":  {changed(2, 1<<20), "1048576 rows"},
		"slots of no power": {changed(3, 60_000), "60000 slots"},
	} {
		if _, err := open(tc.file); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %v, want %s", name, err, tc.want)
		}
	}
}

func TestEveryPieceIsFound(t *testing.T) {
	m := Builtin()
	for i := range m.count {
		h, name := uint32(fnvBasis), m.piece(i)
		for j := range len(name) {
			h = hashed(h, name[j])
		}
		if got := m.find(h, "", []byte(name)); got != i {
			t.Errorf("piece %d, %q, is found at %d", i, name, got)
		}
	}
}
