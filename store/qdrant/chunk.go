package qdrant

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	api "github.com/qdrant/go-client/qdrant"

	"docent"
)

// rest is what a payload keeps of a chunk as JSON: what neither a filter nor a
// person in Qdrant's dashboard looks for.
type rest struct {
	Headings []string       `json:"headings,omitempty"`
	Blocks   []docent.Block `json:"blocks,omitempty"`
	Links    []docent.Link  `json:"links,omitempty"`
	Line     int            `json:"line"`
	EndLine  int            `json:"end_line"`
	Section  int            `json:"section"`
	Tokens   int            `json:"tokens"`
}

// chunkPoint makes the point of a chunk that release first is the first to hold.
func chunkPoint(u docent.Unit, first int, c *docent.IndexedChunk, dimensions int) (*api.PointStruct, error) {
	other, err := json.Marshal(rest{c.Headings, c.Blocks, c.Links, c.Line, c.EndLine, c.Section, c.Tokens})
	if err != nil {
		return nil, err
	}
	indices, values, err := sparse(c.Terms)
	if err != nil {
		return nil, &docent.Error{Code: docent.CodeInternal, Message: "the terms of a chunk of " + c.Path + " can't be read", Err: err}
	}
	vectors := map[string]*api.Vector{}
	if len(indices) > 0 {
		vectors[sparseName] = api.NewVectorSparse(indices, values)
	}
	if c.Vector != nil && dimensions > 0 {
		if err := fits(c.Vector, dimensions); err != nil {
			return nil, err
		}
		vectors[denseName] = api.NewVectorDense(c.Vector)
	}
	p := ofUnit(kindChunk, u)
	p[fieldFrom], p[fieldTo] = number(first), number(open)
	p[fieldPath], p[fieldFolders] = text(c.Path), texts(foldersOf(c.Path))
	p[fieldChunk], p[fieldOrdinal] = text(c.ID), number(c.Ordinal)
	p[fieldTitle], p[fieldAnchor], p[fieldURL], p[fieldText] = text(c.Title), text(c.Anchor), text(c.URL), text(c.Text)
	p[fieldRest], p[fieldTerms] = text(string(other)), text(base64.StdEncoding.EncodeToString(c.Terms))
	if c.Vector != nil && (dimensions == 0 || !unitLength(c.Vector)) {
		p[fieldVector] = text(base64.StdEncoding.EncodeToString(encodeVector(c.Vector)))
	}
	return &api.PointStruct{
		Id:      pointID(kindChunk, u, first, c.Path, c.ID, c.Ordinal),
		Payload: p, Vectors: api.NewVectorsMap(vectors),
	}, nil
}

// readChunk reads a point that chunkPoint made.
func readChunk(p payload, v *api.VectorsOutput) (docent.IndexedChunk, error) {
	c := docent.IndexedChunk{Chunk: docent.Chunk{
		ID: p[fieldChunk].GetStringValue(), Unit: unitOf(p), Path: p[fieldPath].GetStringValue(),
		Title: p[fieldTitle].GetStringValue(), Anchor: p[fieldAnchor].GetStringValue(), URL: p[fieldURL].GetStringValue(),
		Text: p[fieldText].GetStringValue(), Ordinal: integer(p, fieldOrdinal),
	}}
	var r rest
	if err := json.Unmarshal([]byte(p[fieldRest].GetStringValue()), &r); err != nil {
		return c, damaged("a chunk", err)
	}
	c.Headings, c.Blocks, c.Links = r.Headings, r.Blocks, r.Links
	c.Line, c.EndLine, c.Section, c.Tokens = r.Line, r.EndLine, r.Section, r.Tokens
	var err error
	if c.Terms, err = base64.StdEncoding.DecodeString(p[fieldTerms].GetStringValue()); err != nil {
		return c, damaged("a chunk", err)
	}
	if c.Vector, err = exactVector(p, v); err != nil {
		return c, damaged("a chunk", err)
	}
	return c, nil
}

// fits refuses vectors that Qdrant would refuse, or take and never find.
func fits(v []float32, dimensions int) error {
	if len(v) != dimensions {
		return &docent.Error{Code: docent.CodeIndexStamp,
			Message: fmt.Sprintf("a vector has %d dimensions, and the index %d", len(v), dimensions),
			Hint:    "set the embedding model's dimensions, and run `docent ingest` again"}
	}
	for _, f := range v {
		if f64 := float64(f); math.IsNaN(f64) || math.IsInf(f64, 0) {
			return docent.Errorf(docent.CodeInvalid, "a vector holds a number that is none")
		}
	}
	return nil
}

// unitLength reports whether Qdrant stores v as it is: by cosine, it divides
// others by their length.
func unitLength(v []float32) bool {
	sum := 0.0
	for _, f := range v {
		sum += float64(f) * float64(f)
	}
	return math.Abs(sum-1) < 5e-7
}

// exactVector gives the vector as it was written: the payload's copy of one
// that was not of length 1, otherwise Qdrant's own. nil where there is none.
func exactVector(p payload, v *api.VectorsOutput) ([]float32, error) {
	copied := p[fieldVector].GetStringValue()
	if copied == "" {
		return v.GetVectors().GetVectors()[denseName].GetDenseVector().GetData(), nil
	}
	b, err := base64.StdEncoding.DecodeString(copied)
	if err != nil || len(b)%4 != 0 {
		return nil, errors.New("its vector is cut")
	}
	out := make([]float32, len(b)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return out, nil
}

func encodeVector(v []float32) []byte {
	out := make([]byte, 0, 4*len(v))
	for _, f := range v {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(f))
	}
	return out
}
