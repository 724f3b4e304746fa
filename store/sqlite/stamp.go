package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"

	"docent"
)

// fileName names the file of a stamp.
func fileName(s docent.Stamp) string {
	s.Embedding = named(s.Embedding)
	encoded, _ := json.Marshal(s) // strings and a number: it can't fail
	sum := sha256.Sum256(encoded)
	return "index-" + hex.EncodeToString(sum[:4]) + ".db"
}

// check brings an existing file's schema up to date and compares its stamp. A
// file that nobody finished making counts as none.
func (x *Index) check(ctx context.Context, d *database) error {
	version, err := d.version(ctx)
	if err != nil {
		return d.fail(err)
	}
	if version == 0 {
		return x.absent(ctx)
	}
	if err := d.migrate(ctx, indexKind); err != nil {
		return err
	}
	if err := invertOld(ctx, d); err != nil {
		return err
	}
	found, err := readStamp(ctx, d)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return x.absent(ctx)
	case err != nil:
		return d.fail(err)
	case found != x.stamp:
		return x.otherStamp(found)
	}
	return nil
}

func readStamp(ctx context.Context, d *database) (docent.Stamp, error) {
	var s docent.Stamp
	err := d.reader.QueryRowContext(ctx, `SELECT embedding, dimensions, analyzer, splitter FROM about`).
		Scan(&s.Embedding, &s.Dimensions, &s.Analyzer, &s.Splitter)
	s.Embedding = named(s.Embedding)
	return s, err
}

// absent says why there is no release: nothing was ingested, or only with
// another stamp. Of several others it names the one that was published last.
func (x *Index) absent(ctx context.Context) error {
	others, err := x.others(ctx)
	if err != nil {
		return err
	}
	if len(others) == 0 || others[0].latest == 0 {
		return docent.NoIndex()
	}
	return x.otherStamp(others[0].Stamp)
}

// otherStamp says in what the index that is there differs, and what to do.
func (x *Index) otherStamp(found docent.Stamp) error {
	var differences []string
	differ := func(what string, was, is any) bool {
		if was != is {
			differences = append(differences, fmt.Sprintf("%s %v instead of %v", what, was, is))
		}
		return was != is
	}
	model := differ("embedding", named(found.Embedding), named(x.stamp.Embedding))
	model = differ("dimensions", found.Dimensions, x.stamp.Dimensions) || model
	program := differ("analyzer", named(found.Analyzer), named(x.stamp.Analyzer))
	program = differ("splitter", named(found.Splitter), named(x.stamp.Splitter)) || program
	hint := "run `docent ingest` again: this version of docent makes another index of the same pages"
	switch {
	case model && !program && found.Dimensions == 0:
		hint = "run `docent ingest` again, or set embedding.provider to none to search by words as before"
	case model && !program:
		hint = "run `docent ingest` again, or set embedding.provider, embedding.model and embedding.dimensions to what they were"
	}
	return &docent.Error{
		Code:    docent.CodeIndexStamp,
		Message: "the index was made with " + strings.Join(differences, ", "),
		Hint:    hint,
	}
}

func named(name string) string {
	if name == "" {
		return "none"
	}
	return name
}

// fits refuses a vector that the index can't compare: of another length
// (docent.CodeIndexStamp), or with a number that is none. whose says what it is
// of.
func (x *Index) fits(v []float32, whose string) error {
	if len(v) != x.stamp.Dimensions {
		return &docent.Error{Code: docent.CodeIndexStamp,
			Message: fmt.Sprintf("the vector of %s has %d dimensions, and those of the index %d", whose, len(v), x.stamp.Dimensions),
			Hint:    "set embedding.model and embedding.dimensions to what the index was made with, or run `docent ingest` again"}
	}
	for i, f := range v {
		if math.IsNaN(float64(f)) || math.IsInf(float64(f), 0) {
			return &docent.Error{Code: docent.CodeModelFailed,
				Message: fmt.Sprintf("the vector of %s is none: number %d of it is %v", whose, i+1, f),
				Hint:    "try again; if it stays so, the embedding server is at fault"}
		}
	}
	return nil
}
