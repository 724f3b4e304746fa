package indexfile

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"docent"
)

// Source is an index that releases are read from.
type Source interface {
	// Pages lists the pages of a release.
	Pages(ctx context.Context, r docent.Release) ([]docent.Page, error)
	// Indexed gives the chunks of a page of a release, in order, as ingest put them.
	Indexed(ctx context.Context, r docent.Release, path string) ([]docent.IndexedChunk, error)
}

// Write writes the releases of h, one of a unit at most, as a file. One that is
// deleted meanwhile is docent.CodeConflict. After an error what was written is no
// file.
func Write(ctx context.Context, to io.Writer, from Source, h Header) error {
	h.Releases = slices.SortedFunc(slices.Values(h.Releases), func(a, b docent.Release) int {
		return cmp.Or(strings.Compare(a.Unit.Site, b.Unit.Site), strings.Compare(a.Unit.Source, b.Unit.Source),
			strings.Compare(a.Unit.Version, b.Unit.Version), strings.Compare(a.Unit.Lang, b.Unit.Lang))
	})
	sum, out := sha256.New(), bufio.NewWriterSize(to, 64<<10)
	both := io.MultiWriter(out, sum)
	if _, err := io.WriteString(both, magic); err != nil {
		return err
	}
	w := writer{ctx: ctx, gz: gzip.NewWriter(both)}
	if err := w.all(from, h); err != nil {
		return err
	}
	if err := w.gz.Close(); err != nil {
		return err
	}
	if _, err := out.Write(sum.Sum(nil)); err != nil {
		return err
	}
	return out.Flush()
}

// writer writes the records.
type writer struct {
	ctx context.Context
	gz  *gzip.Writer
}

func (w writer) all(from Source, h Header) error {
	if err := w.record(h); err != nil {
		return err
	}
	for _, r := range h.Releases {
		if err := w.release(from, r); err != nil {
			return err
		}
	}
	return w.raw(nil)
}

// release writes the pages of a release, and counts them: one that gc deletes
// meanwhile loses rows.
func (w writer) release(from Source, r docent.Release) error {
	pages, err := from.Pages(w.ctx, r)
	if err != nil {
		return err
	}
	slices.SortFunc(pages, func(a, b docent.Page) int { return strings.Compare(a.Path, b.Path) })
	chunks := 0
	for _, p := range pages {
		its, err := from.Indexed(w.ctx, r, p.Path)
		if err != nil {
			return err
		}
		chunks += len(its)
		if err := w.page(p, its); err != nil {
			return err
		}
	}
	if len(pages) != r.Pages || chunks != r.Chunks {
		return &docent.Error{Code: docent.CodeConflict, Hint: "try again",
			Message: fmt.Sprintf("release %d of source %q was deleted while it was read", r.Number, r.Unit.Source)}
	}
	return nil
}

func (w writer) page(p docent.Page, chunks []docent.IndexedChunk) error {
	out := record{Page: p, Chunks: make([]chunk, len(chunks))}
	for i, c := range chunks {
		c.Unit, c.Path, c.Title = docent.Unit{}, "", "" // they are the release's and the page's
		out.Chunks[i] = chunk{Chunk: c.Chunk, Terms: c.Terms, Vector: packVector(c.Vector)}
	}
	return w.record(out)
}

func (w writer) record(v any) error {
	encoded, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if len(encoded) > maxRecord {
		return docent.Errorf(docent.CodeTooLarge, "a page is too large for an index file: %d bytes, where %d are taken", len(encoded), maxRecord)
	}
	return w.raw(encoded)
}

func (w writer) raw(encoded []byte) error {
	if _, err := w.gz.Write(binary.AppendUvarint(nil, uint64(len(encoded)))); err != nil {
		return err
	}
	_, err := w.gz.Write(encoded)
	return err
}

func packVector(v []float32) []byte {
	var out []byte
	for _, f := range v {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(f))
	}
	return out
}
