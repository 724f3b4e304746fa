package qdrant

import (
	"encoding/base64"
	"encoding/json"
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
	Tokens   int            `json:"tokens"`
	Called   []string       `json:"called,omitempty"`
	About    string         `json:"about,omitempty"`
}

// chunkPoint makes the point of a chunk that release first is the first to hold.
func chunkPoint(u docent.Unit, first int, c *docent.IndexedChunk, dimensions int) (*api.PointStruct, error) {
	other, err := json.Marshal(rest{c.Headings, c.Blocks, c.Links, c.Line, c.EndLine, c.Tokens, c.Called, c.About})
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
	p[fieldChunk], p[fieldOrdinal], p[fieldSection] = text(c.ID), number(c.Ordinal), number(c.Section)
	p[fieldTitle], p[fieldAnchor], p[fieldURL], p[fieldText] = text(c.Title), text(c.Anchor), text(c.URL), text(c.Text)
	p[fieldRest], p[fieldTerms] = text(string(other)), text(base64.StdEncoding.EncodeToString(c.Terms))
	return &api.PointStruct{
		Id:      pointID(kindChunk, u, first, c.Path, c.ID, c.Ordinal),
		Payload: p, Vectors: api.NewVectorsMap(vectors),
	}, nil
}

// readCandidate reads candidateFields of a point that chunkPoint made.
func readCandidate(p payload) (docent.Candidate, error) {
	c := docent.Candidate{
		ID: p[fieldChunk].GetStringValue(), Path: p[fieldPath].GetStringValue(),
		Ordinal: integer(p, fieldOrdinal), Section: integer(p, fieldSection),
	}
	var err error
	if c.Terms, err = base64.StdEncoding.DecodeString(p[fieldTerms].GetStringValue()); err != nil {
		return c, damaged("a chunk", err)
	}
	return c, nil
}

// bodyFields are what a chunk is read from.
var bodyFields = []string{
	fieldSite, fieldSource, fieldVersion, fieldLang, fieldPath, fieldChunk, fieldOrdinal, fieldSection,
	fieldTitle, fieldAnchor, fieldURL, fieldText, fieldRest,
}

// readChunk reads bodyFields of a point that chunkPoint made.
func readChunk(p payload) (docent.Chunk, error) {
	c := docent.Chunk{
		ID: p[fieldChunk].GetStringValue(), Unit: unitOf(p), Path: p[fieldPath].GetStringValue(),
		Title: p[fieldTitle].GetStringValue(), Anchor: p[fieldAnchor].GetStringValue(), URL: p[fieldURL].GetStringValue(),
		Text: p[fieldText].GetStringValue(), Ordinal: integer(p, fieldOrdinal), Section: integer(p, fieldSection),
	}
	var r rest
	if err := json.Unmarshal([]byte(p[fieldRest].GetStringValue()), &r); err != nil {
		return c, damaged("a chunk", err)
	}
	c.Headings, c.Blocks, c.Links = r.Headings, r.Blocks, r.Links
	c.Line, c.EndLine, c.Tokens = r.Line, r.EndLine, r.Tokens
	c.Called, c.About = r.Called, r.About
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
