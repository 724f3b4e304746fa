package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"docent"
)

// IndexOptions are what an Index can be told. The zero value is good.
type IndexOptions struct {
	KeepReleases int           // published releases kept of each unit; 0 is 5
	BusyTimeout  time.Duration // wait for another process's write; 0 is 5 s
}

// defaultKeep is KeepReleases where it is 0.
const defaultKeep = 5

// Index is the index of one stamp. It implements what ingest.Index and
// retrieval.Index ask for (Begin gives its own type, which the package that
// joins them widens), and rolls releases back and forth. It may be used from
// many goroutines.
//
// The file need not be there. Until it is, reading gives docent.CodeNoIndex,
// or docent.CodeIndexStamp where there are only indexes of other stamps; as
// soon as a build here or in another process has made it, reading works.
type Index struct {
	dir     string
	file    string
	stamp   docent.Stamp
	keep    int
	timeout time.Duration

	opening sync.Mutex
	opened  atomic.Pointer[database]
	closed  bool // under opening

	catalogue catalogue
}

var indexKind = kind{
	holds:      "index",
	mend:       "delete the index file and run `docent ingest` again",
	migrations: migrationsOf("index"),
}

// OpenIndex opens the index of stamp in dir. That there is none is no error
// here, see Index; a file that can't be used is one, with docent.CodeStore.
func OpenIndex(dir string, stamp docent.Stamp, o IndexOptions) (*Index, error) {
	x := &Index{
		dir: dir, file: filepath.Join(dir, indexFile(stamp)), stamp: stamp,
		keep: o.KeepReleases, timeout: o.BusyTimeout,
	}
	if x.keep == 0 {
		x.keep = defaultKeep
	}
	if x.timeout == 0 {
		x.timeout = busyTimeout
	}
	if _, err := x.read(context.Background()); err != nil && docent.CodeOf(err) == docent.CodeStore {
		x.Close()
		return nil, err
	}
	return x, nil
}

// Close closes the file. Builds must have been closed before.
func (x *Index) Close() error {
	x.opening.Lock()
	defer x.opening.Unlock()
	x.closed = true
	if d := x.opened.Load(); d != nil {
		return d.close()
	}
	return nil
}

// read gives the database for reading; an error where there is none yet.
func (x *Index) read(ctx context.Context) (*database, error) {
	if d := x.opened.Load(); d != nil {
		return d, nil
	}
	x.opening.Lock()
	defer x.opening.Unlock()
	if d := x.opened.Load(); d != nil || x.closed {
		return d, x.whenClosed()
	}
	if _, err := os.Stat(x.file); errors.Is(err, fs.ErrNotExist) {
		return nil, x.absent(ctx)
	}
	d, err := openDatabase(x.file, indexKind, x.timeout, false)
	if err != nil {
		return nil, err
	}
	if err := x.check(ctx, d); err != nil {
		d.close()
		return nil, err
	}
	x.opened.Store(d)
	return d, nil
}

// create gives the database for writing, and makes it where it is missing.
func (x *Index) create(ctx context.Context) (*database, error) {
	d, err := x.read(ctx)
	if code := docent.CodeOf(err); code != docent.CodeNoIndex && code != docent.CodeIndexStamp {
		return d, err
	}
	x.opening.Lock()
	defer x.opening.Unlock()
	if d := x.opened.Load(); d != nil || x.closed {
		return d, x.whenClosed()
	}
	if err := os.MkdirAll(x.dir, 0o700); err != nil {
		return nil, &docent.Error{Code: docent.CodeStore, Message: "the folder of the index can't be made",
			Hint: "choose another data_dir, or make its parent writable", Err: err}
	}
	if d, err = openDatabase(x.file, indexKind, x.timeout, true); err != nil {
		return nil, err
	}
	if err := x.prepare(ctx, d); err != nil {
		d.close()
		return nil, err
	}
	x.opened.Store(d)
	return d, nil
}

// prepare gives a new file its schema and its stamp.
func (x *Index) prepare(ctx context.Context, d *database) error {
	if err := d.migrate(ctx, indexKind); err != nil {
		return err
	}
	err := d.write(ctx, func(t *tx) error {
		s := x.stamp
		_, err := t.exec(`INSERT OR IGNORE INTO about (id, embedding, dimensions, analyzer, splitter) VALUES (1, ?, ?, ?, ?)`,
			s.Embedding, s.Dimensions, s.Analyzer, s.Splitter)
		return err
	})
	if err != nil {
		return err
	}
	return x.check(ctx, d)
}

func (x *Index) whenClosed() error {
	if x.closed {
		return docent.Errorf(docent.CodeNotReady, "the index is closed")
	}
	return nil
}
