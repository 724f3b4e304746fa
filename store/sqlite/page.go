package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"docent"
)

// visible is true of rows that belong to the release ?2 of the unit ?1.
const visible = `unit = ?1 AND from_no <= ?2 AND (to_no IS NULL OR to_no > ?2)`

const pageColumns = `path, title, url, description, breadcrumbs, place, hash, chunks, links`

// selectPage looks up ?3 as a path, then as a URL. It is written so that two
// indexes find the row's id; left to itself, SQLite reads every page of the unit.
const selectPage = `SELECT ` + pageColumns + ` FROM pages NOT INDEXED
	WHERE id IN (
		SELECT id FROM pages WHERE unit = ?1 AND path = ?3 UNION ALL
		SELECT id FROM pages WHERE unit = ?1 AND url = ?3
	) AND ` + visible + `
	ORDER BY path = ?3 DESC, path LIMIT 1`

// Page gives a page of a release, named by its path or its URL, with its chunks
// in order; docent.CodeNotFound where there is none.
func (x *Index) Page(ctx context.Context, r docent.Release, at string) (docent.Page, []docent.Chunk, error) {
	o, err := x.read(ctx)
	if err != nil {
		return docent.Page{}, nil, err
	}
	unit, err := o.unit(ctx, r.Unit)
	if err != nil {
		return docent.Page{}, nil, o.fail(err)
	}
	pages, err := scanPages(o.query(ctx, selectPage, unit, r.Number, at))
	if err != nil {
		return docent.Page{}, nil, o.fail(err)
	}
	if len(pages) == 0 {
		return docent.Page{}, nil, docent.Errorf(docent.CodeNotFound, "there is no page %q", at)
	}
	chunks, err := o.chunks(ctx, r, unit, pages[0].Path, wholePage)
	return pages[0], chunks, o.fail(err)
}

// Section gives the chunks of one section of a page, in order; none where there is
// no such section.
func (x *Index) Section(ctx context.Context, r docent.Release, path string, section int) ([]docent.Chunk, error) {
	o, err := x.read(ctx)
	if err != nil {
		return nil, err
	}
	unit, err := o.unit(ctx, r.Unit)
	if err != nil {
		return nil, o.fail(err)
	}
	chunks, err := o.chunks(ctx, r, unit, path, section)
	return chunks, o.fail(err)
}

// wholePage stands for every section of a page.
const wholePage = -1

// chunks gives those of a page's section in order.
func (o *opened) chunks(ctx context.Context, r docent.Release, unit int64, path string, section int) ([]docent.Chunk, error) {
	rows, err := o.query(ctx, `
		SELECT `+bodyColumns+` FROM chunks c CROSS JOIN bodies b ON b.id = c.id
		WHERE `+visible+` AND path = ?3 AND (?4 = -1 OR section = ?4) ORDER BY ordinal, c.id`, unit, r.Number, path, section)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var chunks []docent.Chunk
	for rows.Next() {
		c := docent.Chunk{Unit: r.Unit}
		if err := scanBody(rows, &c); err != nil {
			return nil, err
		}
		chunks = append(chunks, c)
	}
	return chunks, rows.Err()
}

// Pages gives all pages of a release by path; docent.CodeNotFound where it is not
// kept.
func (x *Index) Pages(ctx context.Context, r docent.Release) (pages []docent.Page, err error) {
	o, err := x.read(ctx)
	if err != nil {
		return nil, err
	}
	unit, err := o.unit(ctx, r.Unit)
	if err != nil {
		return nil, o.fail(err)
	}
	err = o.snapshot(ctx, func(s *snapshot) error {
		there, err := s.kept(unit, r.Number)
		if err != nil {
			return err
		}
		if !there {
			return noRelease(r)
		}
		pages, err = scanPages(s.query(`SELECT `+pageColumns+` FROM pages WHERE `+visible+` ORDER BY path`, unit, r.Number))
		return err
	})
	return pages, o.fail(err)
}

// scanPages reads rows of pageColumns.
func scanPages(rows *sql.Rows, err error) ([]docent.Page, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var pages []docent.Page
	for rows.Next() {
		var p docent.Page
		var breadcrumbs, links sql.RawBytes
		if err := rows.Scan(&p.Path, &p.Title, &p.URL, &p.Description, &breadcrumbs, &p.Order, &p.Hash, &p.Chunks, &links); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(breadcrumbs, &p.Breadcrumbs); err != nil {
			return nil, errors.New("the breadcrumbs of a page can't be read")
		}
		if len(links) > 0 {
			if err := json.Unmarshal(links, &p.Links); err != nil {
				return nil, errors.New("the links of a page can't be read")
			}
		}
		pages = append(pages, p)
	}
	return pages, rows.Err()
}
