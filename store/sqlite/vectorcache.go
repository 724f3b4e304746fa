package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"docent"
)

// Vectors remembers the vectors of texts, so that none is paid for twice:
// across killed runs, sources, versions and indexes. Texts are not in it, only
// their hashes. It may be used from many goroutines, and several processes may
// have the file open.
//
// It is a cache: deleting the file costs money and time, nothing else.
type Vectors struct {
	d *database
}

var vectorsKind = kind{
	holds:      "cache of vectors",
	mend:       "delete the file: its vectors are made again where they are needed",
	migrations: migrationsOf("vectors"),
}

// OpenVectors opens the file at path and makes it, and its folder, where they
// are missing. Errors are docent.CodeStore.
func OpenVectors(path string) (*Vectors, error) { return openVectors(path, busyTimeout) }

func openVectors(path string, timeout time.Duration) (*Vectors, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, &docent.Error{Code: docent.CodeStore, Message: "the folder of the cache of vectors can't be made",
			Hint: "choose another data_dir, or make its parent writable", Err: err}
	}
	d, err := openDatabase(path, vectorsKind, timeout, true)
	if err != nil {
		return nil, err
	}
	if err := d.migrate(context.Background(), vectorsKind); err != nil {
		d.close()
		return nil, err
	}
	return &Vectors{d}, nil
}

// Close closes the file. Closing twice is no error.
func (v *Vectors) Close() error { return v.d.close() }

// Of gives the vectors that one model, named with all that they depend on,
// makes in so many dimensions of one kind of texts. Kinds keep questions and
// passages apart, of which some models make different vectors.
func (v *Vectors) Of(model string, dimensions int, kind string) *ModelVectors {
	return &ModelVectors{v.d, model, dimensions, kind}
}

// ModelVectors are the vectors of one model and one kind of texts.
type ModelVectors struct {
	d          *database
	model      string
	dimensions int
	kind       string
}

// Get gives the vectors that are known, by the texts' places.
func (m *ModelVectors) Get(ctx context.Context, texts []string) (map[int][]float32, error) {
	known := map[int][]float32{}
	for i, text := range texts {
		hash := sha256.Sum256([]byte(text))
		var blob []byte
		err := m.d.row(ctx, into(&blob), `SELECT vector FROM vectors WHERE model = ? AND dimensions = ? AND kind = ? AND hash = ?`,
			m.model, m.dimensions, m.kind, hash[:])
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err == nil {
			known[i], err = decodeVector(blob)
		}
		if err != nil {
			return nil, m.d.fail(err)
		}
	}
	return known, nil
}

// Put stores the vectors of texts, all or, with an error, none. Storing what is
// there already is no error.
func (m *ModelVectors) Put(ctx context.Context, texts []string, vectors [][]float32) error {
	if len(texts) != len(vectors) {
		return docent.Errorf(docent.CodeInternal, "%d vectors are to be stored for %d texts", len(vectors), len(texts))
	}
	return m.d.write(ctx, func(t *tx) error {
		for i, text := range texts {
			if n := len(vectors[i]); n != m.dimensions {
				return docent.Errorf(docent.CodeInternal, "a vector of %d dimensions is to be stored among those of %d", n, m.dimensions)
			}
			hash := sha256.Sum256([]byte(text))
			_, err := t.exec(`INSERT INTO vectors (model, dimensions, kind, hash, vector) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT DO UPDATE SET vector = excluded.vector`,
				m.model, m.dimensions, m.kind, hash[:], encodeVector(vectors[i]))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// rowBytes is about what a row takes beside its vector.
const rowBytes = 160

// Trim removes the oldest vectors until what is left takes about maxBytes at
// most, gives the room back to the disk, and tells how many it removed. That
// needs as much room on the disk, for a while, as is left in the file.
func (v *Vectors) Trim(ctx context.Context, maxBytes int64) (removed int64, err error) {
	err = v.d.write(ctx, func(t *tx) error {
		removed, err = t.exec(`DELETE FROM vectors WHERE id <= (
			SELECT max(id) FROM (SELECT id, sum(length(vector) + ?1) OVER (ORDER BY id DESC) AS total FROM vectors)
			WHERE total > ?2)`, rowBytes, maxBytes)
		return err
	})
	if err != nil || removed == 0 {
		return removed, err
	}
	return removed, v.d.shrink(ctx)
}

// shrink gives the room of removed rows back to the disk.
func (d *database) shrink(ctx context.Context) error {
	select {
	case <-d.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { d.turn <- struct{}{} }()
	for _, command := range []string{"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if _, err := d.conn.ExecContext(ctx, command); err != nil {
			return d.fail(fmt.Errorf("%s: %w", command, err))
		}
	}
	return nil
}
