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
// soon as a build here or in another process has made it, reading works. A file
// that is deleted or replaced while it is open is noticed by the next call.
type Index struct {
	dir     string
	file    string
	stamp   docent.Stamp
	keep    int
	timeout time.Duration
	largest int // how many chunks a segment has, at most

	opening sync.Mutex
	opened  atomic.Pointer[opened]
	closed  bool // under opening
}

var indexKind = kind{
	holds:      "index",
	mend:       "delete the index file and run `docent ingest` again",
	migrations: migrationsOf("index"),
}

// OpenIndex opens the index of stamp in dir. That there is none is no error
// here, see Index; a file that can't be used is one, with docent.CodeStore.
func OpenIndex(dir string, stamp docent.Stamp, o IndexOptions) (*Index, error) {
	stamp.Embedding = named(stamp.Embedding)
	x := &Index{
		dir: dir, file: filepath.Join(dir, fileName(stamp)), stamp: stamp,
		keep: o.KeepReleases, timeout: o.BusyTimeout, largest: maxSegment,
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

// read gives the file for reading; an error where there is none yet.
func (x *Index) read(ctx context.Context) (*opened, error) {
	if o := x.opened.Load(); o != nil && !o.replaced() {
		return o, nil
	}
	x.opening.Lock()
	defer x.opening.Unlock()
	if o, err := x.current(); o != nil || err != nil {
		return o, err
	}
	o, err := x.open(ctx)
	if err != nil {
		return nil, err
	}
	x.opened.Store(o)
	return o, nil
}

// current gives the open file, and lets go of one that was replaced; nil where
// there is none. It is called with opening locked.
func (x *Index) current() (*opened, error) {
	if x.closed {
		return nil, docent.Errorf(docent.CodeNotReady, "the index is closed")
	}
	o := x.opened.Load()
	if o == nil || !o.replaced() {
		return o, nil
	}
	x.opened.Store(nil)
	o.retire()
	return nil, nil
}

// create gives the file for writing, and makes it where it is missing.
func (x *Index) create(ctx context.Context) (*opened, error) {
	o, err := x.read(ctx)
	if err == nil && o.immutable {
		return nil, o.readOnly(fs.ErrPermission)
	}
	if code := docent.CodeOf(err); code != docent.CodeNoIndex && code != docent.CodeIndexStamp {
		return o, err
	}
	x.opening.Lock()
	defer x.opening.Unlock()
	if o, err := x.current(); o != nil || err != nil {
		return o, err
	}
	if err := os.MkdirAll(x.dir, 0o700); err != nil {
		return nil, &docent.Error{Code: docent.CodeStore, Message: "the folder of the index can't be made",
			Hint: "choose another data_dir, or make its parent writable", Err: err}
	}
	d, err := openDatabase(x.file, indexKind, x.timeout, true)
	if err != nil {
		return nil, err
	}
	o = &opened{database: d, dense: newDense(x.stamp.Dimensions)}
	if err = x.prepare(ctx, d); err == nil {
		o.info, err = os.Stat(x.file)
	}
	if err != nil {
		d.close()
		return nil, d.fail(err)
	}
	x.opened.Store(o)
	return o, nil
}

// still makes sure that o is the file that readers read.
func (x *Index) still(ctx context.Context, o *opened) error {
	now, err := x.read(ctx)
	if err == nil && now != o || docent.CodeOf(err) == docent.CodeNoIndex || docent.CodeOf(err) == docent.CodeIndexStamp {
		return o.lost()
	}
	return err
}

// prepare gives a new file its schema and its stamp.
func (x *Index) prepare(ctx context.Context, d *database) error {
	release, err := d.lock(ctx, "make", schemaWait)
	if errors.Is(err, errLocked) {
		return d.changing()
	}
	if err != nil {
		return err
	}
	defer release()
	if _, err := os.Stat(x.file); errors.Is(err, fs.ErrNotExist) {
		// Left behind by a file that was deleted, and poison to a new one.
		os.Remove(x.file + "-wal")
		os.Remove(x.file + "-shm")
	}
	if err := d.migrate(ctx, indexKind); err != nil {
		return err
	}
	err = d.write(ctx, func(t *tx) error {
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
