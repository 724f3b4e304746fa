package sqlite

import (
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"

	"docent"
)

// rest is what a body keeps as JSON: what no statement asks for.
type rest struct {
	Headings []string       `json:"headings,omitempty"`
	Blocks   []docent.Block `json:"blocks,omitempty"`
	Links    []docent.Link  `json:"links,omitempty"`
	Line     int            `json:"line"`
	EndLine  int            `json:"end_line"`
	Tokens   int            `json:"tokens"`
	Called   []string       `json:"called,omitempty"`
	About    string         `json:"about,omitempty"`
}

func restOf(c *docent.Chunk) (string, error) {
	encoded, err := json.Marshal(rest{c.Headings, c.Blocks, c.Links, c.Line, c.EndLine, c.Tokens, c.Called, c.About})
	return string(encoded), err
}

// bodyColumns are read by scanBody, and what a row has after them into more.
const bodyColumns = `c.chunk_id, c.path, c.ordinal, c.section, b.title, b.anchor, b.url, b.text, b.rest`

func scanBody(rows *sql.Rows, c *docent.Chunk, more ...any) error {
	var other sql.RawBytes
	columns := append(into(&c.ID, &c.Path, &c.Ordinal, &c.Section, &c.Title, &c.Anchor, &c.URL, &c.Text, &other), more...)
	if err := rows.Scan(columns...); err != nil {
		return err
	}
	var r rest
	if err := json.Unmarshal(other, &r); err != nil {
		return err
	}
	c.Headings, c.Blocks, c.Links = r.Headings, r.Blocks, r.Links
	c.Line, c.EndLine, c.Tokens = r.Line, r.EndLine, r.Tokens
	c.Called, c.About = r.Called, r.About
	return nil
}

// encodeVector gives nil for no vector.
func encodeVector(v []float32) []byte {
	if v == nil {
		return nil
	}
	out := make([]byte, 0, 4*len(v))
	for _, f := range v {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(f))
	}
	return out
}

func decodeVector(b []byte) ([]float32, error) {
	if len(b) == 0 {
		return nil, nil
	}
	if len(b)%4 != 0 {
		return nil, errors.New("a vector of the index is cut")
	}
	v := make([]float32, len(b)/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return v, nil
}
