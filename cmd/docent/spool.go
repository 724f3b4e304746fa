package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"

	"docent"
)

// spooled puts the file that standard input was written to in the place of "-"
// among what is to be ingested. remove deletes it.
func spooled(in io.Reader, places []string, limit int64) (with []string, remove func(), err error) {
	at := slices.Index(places, "-")
	if at < 0 {
		return places, func() {}, nil
	}
	dir, err := os.MkdirTemp("", "docent-")
	if err != nil {
		return nil, nil, err
	}
	remove = func() { os.RemoveAll(dir) } // what stays is the system's to clean up
	name := filepath.Join(dir, "upload.tar")
	if err := spool(in, name, limit); err != nil {
		remove()
		return nil, nil, err
	}
	with = slices.Clone(places)
	with[at] = name
	return with, remove, nil
}

func spool(in io.Reader, name string, limit int64) error {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	size, err := io.Copy(file, io.LimitReader(in, limit+1))
	if closed := file.Close(); err == nil {
		err = closed
	}
	switch {
	case err != nil:
		return err
	case size == 0:
		return usageErrorf("standard input is empty: give an archive (git archive HEAD docs | docent ingest - --source NAME)")
	case size > limit:
		return &docent.Error{Code: docent.CodeInvalid, Message: "the archive on standard input is too large", Hint: "leave out what is not documentation, or raise ingest.fetch.max_bytes"}
	}
	return nil
}
