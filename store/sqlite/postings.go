package sqlite

import (
	"encoding/binary"
	"math"
)

// What chunks hold a term is a list of bytes: for each chunk, by its row, how
// far the row is from the one before (a uvarint) and the term's impact in it,
// 1 to 255. In usual text that is about two bytes a chunk.

// fullImpact stands for an impact of 1.
const fullImpact = 255

// postings is such a list in the making.
type postings struct {
	list []byte
	last int64
}

// add puts a chunk at the list's end. Rows ascend.
func (p *postings) add(row int64, impact float32) {
	p.list = binary.AppendUvarint(p.list, uint64(row-p.last))
	p.list = append(p.list, byte(max(1, math.Round(float64(impact)*fullImpact))))
	p.last = row
}

// cursor stands on a chunk of a list.
type cursor struct {
	rest   []byte // of the list
	row    int64  // beyond where the list has ended
	impact float32
	weight float32 // of the term, divided by fullImpact
	bad    bool    // the bytes are no list
}

// beyond is after every row.
const beyond = math.MaxInt64

// cursorOn stands on the first chunk of a list.
func cursorOn(list []byte, weight float64) cursor {
	c := cursor{rest: list, weight: float32(weight / fullImpact)}
	c.next()
	return c
}

// next goes to the next chunk.
func (c *cursor) next() {
	if len(c.rest) == 0 {
		c.row = beyond
		return
	}
	delta, size := uint64(c.rest[0]), 1
	if delta >= 0x80 {
		delta, size = binary.Uvarint(c.rest)
	}
	if size <= 0 || size == len(c.rest) || delta == 0 || delta > uint64(beyond-1-c.row) {
		c.bad, c.row, c.rest = true, beyond, nil
		return
	}
	c.row += int64(delta)
	c.impact = c.weight * float32(c.rest[size])
	c.rest = c.rest[size+1:]
}

// match adds up what the terms count in each chunk that holds any of them, and
// gives the best k with the number of all. The cursors are of lists of the same
// chunks. false where a list can't be read.
func match(cursors []cursor, t *top) (chunks int, ok bool) {
	row := int64(beyond)
	for i := range cursors {
		row = min(row, cursors[i].row)
	}
	for row != beyond {
		var score float32
		next := int64(beyond)
		for i := range cursors {
			c := &cursors[i]
			if c.row == row {
				score += c.impact
				c.next()
			}
			next = min(next, c.row)
		}
		t.add(near{row, score})
		chunks++
		row = next
	}
	for i := range cursors {
		if cursors[i].bad {
			return chunks, false
		}
	}
	return chunks, true
}
