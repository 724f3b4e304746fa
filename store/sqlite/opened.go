package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"
)

// opened is the file that an Index has open, with what is remembered of it.
type opened struct {
	*database
	info      os.FileInfo // of the file when it was opened
	catalogue catalogue
	dense     *dense
}

// replaced reports whether the path no longer leads to the file. That is one
// look at the folder, a few microseconds.
func (o *opened) replaced() bool {
	info, err := os.Stat(o.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true
	case err != nil: // nothing is known; reading will tell
		return false
	case o.immutable: // nothing tells its connections of a change
		return !os.SameFile(info, o.info) || info.Size() != o.info.Size() || !info.ModTime().Equal(o.info.ModTime())
	}
	return !os.SameFile(info, o.info)
}

// open opens the file, which must be there, and checks it.
func (x *Index) open(ctx context.Context) (*opened, error) {
	info, err := os.Stat(x.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, x.absent(ctx)
	}
	d, err := openForReading(ctx, x.file, indexKind, x.timeout)
	if err != nil {
		return nil, err
	}
	if err := x.check(ctx, d); err != nil {
		d.close()
		return nil, err
	}
	return &opened{database: d, info: info, dense: newDense(x.stamp.Dimensions)}, nil
}

// retire closes a file that was deleted or replaced. Whoever still reads or
// builds in it is told so by its errors.
func (o *opened) retire() {
	o.gone.Store(true)
	o.close() // nothing of it is wanted any more
}
