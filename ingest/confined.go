package ingest

import (
	"io/fs"
	"os"
	"path/filepath"
)

// confined is a folder out of which no path and no symbolic link leads.
type confined string

// Open implements fs.FS. It opens regular files only: others may block, or do
// something when they are opened.
func (dir confined) Open(name string) (fs.File, error) {
	info, err := os.Stat(filepath.Join(string(dir), filepath.FromSlash(name)))
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	if err != nil {
		return nil, err
	}
	return os.OpenInRoot(string(dir), filepath.FromSlash(name))
}
