package indexfile

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"docent"
)

// File is a file whose checksum was found right.
type File struct {
	Header
	Sum Sum

	file    io.Closer
	records *bufio.Reader
	left    int64 // bytes that may still be unpacked
}

// Open opens a file and reads all of it to check its checksum. maxBytes bounds
// both the file and what it is when it is unpacked; above is docent.CodeTooLarge.
// What is no sound file is docent.CodeStore. The caller closes it.
func Open(path string, maxBytes int64) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, &docent.Error{Code: docent.CodeStore, Message: "the index file can't be opened", Err: err}
	}
	f, err := read(file, maxBytes)
	if err != nil {
		file.Close()
		return nil, err
	}
	f.file = file
	return f, nil
}

// Close closes the file.
func (f *File) Close() error { return f.file.Close() }

// read checks a file and reads its header.
func read(from io.ReadSeeker, maxBytes int64) (*File, error) {
	size, err := from.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, damaged("can't be read", err)
	}
	if size > maxBytes {
		return nil, tooLarge(maxBytes)
	}
	body := size - int64(len(magic)) - sha256.Size
	if err := begins(from, body); err != nil {
		return nil, err
	}
	f := &File{left: maxBytes}
	if f.Sum, err = verify(from, size-sha256.Size); err != nil {
		return nil, err
	}
	if _, err := from.Seek(int64(len(magic)), io.SeekStart); err != nil {
		return nil, damaged("can't be read", err)
	}
	gz, err := gzip.NewReader(bufio.NewReader(io.LimitReader(from, body)))
	if err != nil {
		return nil, damaged("can't be unpacked", err)
	}
	f.records = bufio.NewReaderSize(gz, 64<<10)
	if there, err := f.next(&f.Header); err != nil || !there {
		return nil, errors.Join(err, damaged("says nothing of what it holds", nil))
	}
	return f, f.Header.check()
}

// begins looks at a file's first bytes.
func begins(from io.ReadSeeker, body int64) error {
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return damaged("can't be read", err)
	}
	start := make([]byte, len(magic))
	if n, _ := io.ReadFull(from, start); !strings.HasPrefix(string(start[:n]), family) {
		return damaged("is none: it begins otherwise", nil)
	}
	if string(start) != magic {
		return &docent.Error{Code: docent.CodeStore, Message: "the index file has a format that this docent does not know",
			Hint: "use the version of docent that wrote it, or a newer one"}
	}
	if body < 0 {
		return damaged("is cut", nil)
	}
	return nil
}

// verify compares the checksum of the first size bytes with that which follows.
func verify(from io.ReadSeeker, size int64) (sum Sum, err error) {
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return sum, damaged("can't be read", err)
	}
	hash := sha256.New()
	if _, err := io.CopyN(hash, from, size); err != nil {
		return sum, damaged("can't be read", err)
	}
	if _, err := io.ReadFull(from, sum[:]); err != nil {
		return sum, damaged("can't be read", err)
	}
	if sum != Sum(hash.Sum(nil)) {
		return sum, damaged("is cut or damaged: its checksum is another one", nil)
	}
	return sum, nil
}

// check refuses a header that names a unit twice, or no release.
func (h Header) check() error {
	seen := map[docent.Unit]bool{}
	for _, r := range h.Releases {
		if seen[r.Unit] || r.Pages < 0 || r.Chunks < 0 {
			return damaged("names a release that can't be", nil)
		}
		seen[r.Unit] = true
	}
	if len(seen) == 0 {
		return damaged("holds no release", nil)
	}
	return nil
}

// next reads a record; there is false at the end.
func (f *File) next(into any) (there bool, err error) {
	size, err := binary.ReadUvarint(f.records)
	switch {
	case err != nil:
		return false, damaged("is cut within", err)
	case size == 0:
		return false, nil
	case size > maxRecord:
		return false, damaged("holds a page that is too large", nil)
	case int64(size) > f.left:
		return false, tooLarge(f.left)
	}
	f.left -= int64(size)
	decoder := json.NewDecoder(io.LimitReader(f.records, int64(size)))
	if err := decoder.Decode(into); err != nil {
		return false, damaged("holds a record that can't be read", err)
	}
	if decoder.InputOffset() != int64(size) {
		return false, damaged("holds a record that is not whole", nil)
	}
	return true, nil
}

// chunks gives a record's chunks to be put into a unit.
func (r *record) chunks(u docent.Unit) ([]docent.IndexedChunk, error) {
	all := make([]docent.IndexedChunk, len(r.Chunks))
	for i, c := range r.Chunks {
		c.Unit, c.Path, c.Title = u, r.Page.Path, r.Page.Title
		vector, err := unpackVector(c.Vector)
		if err != nil {
			return nil, err
		}
		all[i] = docent.IndexedChunk{Chunk: c.Chunk, Terms: c.Terms, Vector: vector}
	}
	return all, nil
}

func unpackVector(b []byte) ([]float32, error) {
	if len(b)%4 != 0 {
		return nil, damaged("holds a vector that is cut", nil)
	}
	if len(b) == 0 {
		return nil, nil
	}
	v := make([]float32, len(b)/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return v, nil
}

func tooLarge(most int64) error {
	return &docent.Error{Code: docent.CodeTooLarge, Message: fmt.Sprintf("the index file is too large: %d bytes are taken, packed or not", most),
		Hint: "raise index.max_bytes if it is meant to be so large"}
}
