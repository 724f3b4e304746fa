package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"docent"
)

// fail makes an error of the database one for two readers: what is wrong and
// what to do, and the cause with the file's path for the log. A *docent.Error
// and the end of a context pass as they are.
func (d *database) fail(err error) error {
	var told *docent.Error
	switch {
	case err == nil, errors.As(err, &told), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case d.gone.Load():
		return d.lost()
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), full(err):
		return d.readOnly(err)
	}
	return d.because(primary(err), err)
}

// lost says that the file is no longer there.
func (d *database) lost() error {
	return &docent.Error{Code: docent.CodeStore, Message: "the " + d.holds + " was deleted or replaced while it was in use",
		Hint: "try again; an ingest begins again", Err: errors.New(d.path)}
}

// readOnly says that the file or its folder can't be written.
func (d *database) readOnly(cause error) error {
	if full(cause) {
		return d.because(codes.SQLITE_FULL, cause)
	}
	return d.because(codes.SQLITE_READONLY, cause)
}

// because tells the failure that SQLite's primary result code names.
func (d *database) because(code int, cause error) error {
	reason, hint := d.explain(code)
	return &docent.Error{Code: docent.CodeStore, Message: "the " + d.holds + " " + reason, Hint: hint, Err: fmt.Errorf("%s: %w", d.path, cause)}
}

// full reports whether err says, by another code than SQLITE_FULL, that the
// disk or the user's share of it is full. SQLite calls it so only where a write
// met exactly ENOSPC; making room for the readers' shared memory, which a first
// reader does, and a share that is used up are failures of input and output to
// it. A disk that really fails mostly fails to read or to sync.
func full(err error) bool {
	var e *driver.Error
	if errors.As(err, &e) {
		return e.Code() == codes.SQLITE_IOERR_SHMSIZE || e.Code() == codes.SQLITE_IOERR_WRITE
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// explain gives the reason and the hint for SQLite's primary result code.
func (d *database) explain(code int) (reason, hint string) {
	file := filepath.Base(d.path)
	switch code {
	case codes.SQLITE_CORRUPT, codes.SQLITE_NOTADB, codes.SQLITE_FORMAT:
		return "can't be read: the file is damaged", d.mend
	case codes.SQLITE_FULL:
		return "can't be written: the disk is full", "make room on the disk that holds " + file
	case codes.SQLITE_BUSY, codes.SQLITE_LOCKED, codes.SQLITE_PROTOCOL:
		return "is in use by another process", "end the process that holds " + file + ", or try again when it is done"
	case codes.SQLITE_CANTOPEN, codes.SQLITE_PERM, codes.SQLITE_READONLY, codes.SQLITE_AUTH:
		return "can't be opened for writing", "make " + file + " and its folder writable: log files are kept beside it"
	case codes.SQLITE_IOERR:
		return "can't be read or written: the disk failed", "look at the disk that holds " + file
	}
	return "can't be read or written", "the log has the cause"
}

// primary gives SQLite's primary result code; 0 where err is not SQLite's.
func primary(err error) int {
	var e *driver.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// is reports whether err has the given primary result code.
func is(err error, code int) bool { return primary(err) == code }
