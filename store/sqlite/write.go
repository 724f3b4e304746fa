package sqlite

import (
	"context"
	"encoding/json"
	"fmt"

	"docent"
)

// A batch is written in one transaction: large enough that its commit costs
// little, small enough that the builds of other units wait little.
const (
	batchChunks = 300
	batchPages  = 1000
)

// change is a page put or, with Hash and all else empty, removed.
type change struct {
	page   docent.Page
	remove bool
	add    []docent.IndexedChunk
	retire []string
}

// Put stores page as part of the release, see ingest.Build. Of several changes
// to a path the last one counts.
// A chunk whose vector does not fit the index is refused, see fits. One without
// a vector is found by its words alone.
func (b *Build) Put(ctx context.Context, page docent.Page, add []docent.IndexedChunk, retire []string) error {
	for i := range add {
		if add[i].Vector == nil || b.x.stamp.Dimensions == 0 { // what is given without dimensions is kept, and never searched
			continue
		}
		if err := b.x.fits(add[i].Vector, fmt.Sprintf("chunk %d of %s", add[i].Ordinal, page.Path)); err != nil {
			return err
		}
	}
	return b.gather(ctx, change{page: page, add: add, retire: retire})
}

// Remove retires the page at path with all its chunks.
func (b *Build) Remove(ctx context.Context, path string) error {
	return b.gather(ctx, change{page: docent.Page{Path: path}, remove: true})
}

func (b *Build) gather(ctx context.Context, c change) error {
	if b.ended {
		return errEnded()
	}
	b.pending = append(b.pending, c)
	b.chunks += len(c.add)
	if b.chunks < batchChunks && len(b.pending) < batchPages {
		return nil
	}
	if err := b.o.write(ctx, b.flush); err != nil {
		return err
	}
	b.pending, b.chunks = nil, 0
	return nil
}

func errEnded() error {
	return docent.Errorf(docent.CodeConflict, "this build has ended")
}

// flush writes what is pending.
func (b *Build) flush(t *tx) error {
	var last int64
	if err := t.row(into(&last), `SELECT last_row FROM about`); err != nil {
		return err
	}
	for _, c := range b.pending {
		if err := b.apply(t, c, &last); err != nil {
			return err
		}
		b.unlisted.live += len(c.add)
	}
	if _, err := t.exec(`UPDATE about SET last_row = ?`, last); err != nil {
		return err
	}
	if b.unlisted.live < b.x.largest {
		return nil
	}
	full := b.unlisted
	b.unlisted = segment{number: b.number, first: last + 1, last: beyond, stale: true}
	return invert(t, b.unit, full, b.x.largest)
}

// apply writes a change. last is the last row that any chunk was given.
func (b *Build) apply(t *tx, c change, last *int64) error {
	path := c.page.Path
	err := each(t, []string{
		// What this build did to the path before, if anything. The indexes are
		// named, since those by release hold nearly all rows of a first build.
		`DELETE FROM chunks INDEXED BY chunks_of_page WHERE unit = ?1 AND path = ?2 AND from_no = ?3`,
		`UPDATE chunks INDEXED BY chunks_of_page SET to_no = NULL WHERE unit = ?1 AND path = ?2 AND to_no = ?3`,
		`DELETE FROM pages WHERE unit = ?1 AND path = ?2 AND from_no = ?3`,
		`UPDATE pages SET to_no = ?3 WHERE unit = ?1 AND path = ?2 AND to_no IS NULL`,
	}, b.unit, path, b.number)
	if err != nil {
		return err
	}
	if c.remove {
		_, err := t.exec(`UPDATE chunks INDEXED BY chunks_of_page SET to_no = ? WHERE unit = ? AND path = ? AND to_no IS NULL`, b.number, b.unit, path)
		return err
	}
	for _, id := range c.retire {
		_, err := t.exec(`UPDATE chunks INDEXED BY chunks_of_page SET to_no = ? WHERE unit = ? AND path = ? AND chunk_id = ? AND to_no IS NULL`,
			b.number, b.unit, path, id)
		if err != nil {
			return err
		}
	}
	if err := b.addPage(t, c.page); err != nil {
		return err
	}
	for i := range c.add {
		*last++
		if err := b.addChunk(t, *last, path, &c.add[i]); err != nil {
			return err
		}
	}
	return nil
}

func (b *Build) addPage(t *tx, p docent.Page) error {
	breadcrumbs, err := json.Marshal(p.Breadcrumbs)
	if err != nil {
		return err
	}
	var links []byte
	if len(p.Links) > 0 {
		if links, err = json.Marshal(p.Links); err != nil {
			return err
		}
	}
	_, err = t.exec(`INSERT INTO pages (unit, from_no, path, title, url, description, breadcrumbs, place, hash, chunks, links)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		b.unit, b.number, p.Path, p.Title, p.URL, p.Description, string(breadcrumbs), p.Order, p.Hash, p.Chunks, string(links))
	return err
}

func (b *Build) addChunk(t *tx, id int64, path string, c *docent.IndexedChunk) error {
	rest, err := restOf(&c.Chunk)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO chunks (id, unit, from_no, path, chunk_id, ordinal, section) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		id, b.unit, b.number, path, c.ID, c.Ordinal, c.Section)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO bodies (id, title, anchor, url, text, rest) VALUES (?, ?, ?, ?, ?, ?)`,
		id, c.Title, c.Anchor, c.URL, c.Text, rest)
	if err != nil {
		return err
	}
	if _, err = t.exec(`INSERT INTO terms (id, terms) VALUES (?, ?)`, id, c.Terms); err != nil {
		return err
	}
	if c.Vector != nil {
		if _, err = t.exec(`INSERT INTO vectors (id, vector) VALUES (?, ?)`, id, encodeVector(c.Vector)); err != nil {
			return err
		}
	}
	return nil
}
