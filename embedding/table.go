package embedding

import (
	_ "embed"
	"fmt"
	"math"
	"sync"
)

//go:embed model.bin
var builtin string

// Builtin is the model that the program carries.
var Builtin = sync.OnceValue(func() *Model {
	t, err := open(builtin)
	if err != nil {
		panic("embedding: the program's own table: " + err.Error()) // a test reads it
	}
	return &Model{t}
})

// magic begins a table's file, whose parts train/table.py describes.
const magic = "docstat1"

// table finds pieces and adds their rows. Its strings are parts of the file.
type table struct {
	dimensions int
	count      int // pieces; the first of them have rows
	longest    int // bytes of the longest piece

	rows   string // int8
	scales string // float32 of each row
	ends   string // uint32 of each piece: where it ends in text
	slots  string // uint16 by hash: 1 + piece, 0 is empty
	text   string
}

// open checks a table's file, and reads none of its rows.
func open(file string) (t table, err error) {
	const head = len(magic) + 5*4
	if len(file) < head || file[:len(magic)] != magic {
		return t, fmt.Errorf("it does not begin with %s", magic)
	}
	count := func(i int) int { return int(uint32At(file[len(magic):], i)) }
	t.dimensions, t.count = count(0), count(1)
	rows, slots, text := count(2), count(3), count(4)
	if t.dimensions == 0 || rows > t.count || t.count >= slots || slots&(slots-1) != 0 {
		return t, fmt.Errorf("%d dimensions, %d pieces, %d rows, %d slots", t.dimensions, t.count, rows, slots)
	}
	if want := head + rows*(t.dimensions+4) + 4*t.count + 2*slots + text; len(file) != want {
		return t, fmt.Errorf("it has %d bytes instead of %d", len(file), want)
	}
	rest := file[head:]
	part := func(n int) (p string) {
		p, rest = rest[:n], rest[n:]
		return p
	}
	t.rows, t.scales, t.ends, t.slots, t.text = part(rows*t.dimensions), part(4*rows), part(4*t.count), part(2*slots), rest
	end := 0
	for i := range t.count {
		next := int(uint32At(t.ends, i))
		if next < end || next > text {
			return t, fmt.Errorf("piece %d ends at %d of %d", i, next, text)
		}
		t.longest, end = max(t.longest, next-end), next
	}
	return t, nil
}

// piece gives the text of a piece.
func (t *table) piece(i int) string {
	begin := 0
	if i > 0 {
		begin = int(uint32At(t.ends, i-1))
	}
	return t.text[begin:uint32At(t.ends, i)]
}

// find gives the piece that is prefix and then word, of the hash; unknown is none.
func (t *table) find(hash uint32, prefix string, word []byte) int {
	last := len(t.slots)/2 - 1
	for at := int(hash^hash>>16) & last; ; at = (at + 1) & last {
		i := int(t.slots[2*at]) | int(t.slots[2*at+1])<<8
		if i == 0 || i > t.count {
			return unknown
		}
		p := t.piece(i - 1)
		if len(p) == len(prefix)+len(word) && p[:len(prefix)] == prefix && p[len(prefix):] == string(word) {
			return i - 1
		}
	}
}

// add adds a piece's row, times weight, to sum, where it has one.
func (t *table) add(sum []float32, piece int, weight float64) {
	if piece == unknown || 4*piece >= len(t.scales) {
		return
	}
	scale := math.Float32frombits(uint32At(t.scales, piece)) * float32(weight)
	row := t.rows[piece*t.dimensions:][:len(sum)]
	for i := range sum {
		sum[i] += scale * float32(int8(row[i]))
	}
}

// uint32At gives the i-th little-endian number of s.
func uint32At(s string, i int) uint32 {
	s = s[4*i : 4*i+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// The hash of pieces is FNV-1a, 32 bits.
const (
	fnvBasis = 2166136261
	fnvPrime = 16777619
)

// hashed adds a byte to a hash.
func hashed(h uint32, b byte) uint32 { return (h ^ uint32(b)) * fnvPrime }
