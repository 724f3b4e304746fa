//go:build !unix

package ingest

import "os"

// open opens a file for reading.
func open(name string) (*os.File, error) { return os.Open(name) }
