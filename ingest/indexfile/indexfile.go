// Package indexfile makes releases one file, and the file releases again: what
// was built in one place is served in another, from whichever store into
// whichever.
//
// A file holds what ingest puts into an index, so what reads it is one more
// caller of ingest.Build, and what it publishes was counted like any release:
//
//	"docent index 1\n"
//	gzip: records, each its length and JSON
//	      a Header: the stamp, and the releases that follow
//	      of each release its pages by path, each with its chunks, terms and vectors
//	      an empty record
//	SHA-256 of all before
//
// The same releases make the same bytes, as long as the compressor is the same.
//
// What it doubts: the file. One that is cut, damaged, of a newer version, or
// grows beyond a bound as it is unpacked is refused before anything is
// published. The checksum guards against accidents, not against whoever writes
// the file: what a file says is shown to readers.
package indexfile

import (
	"crypto/sha256"
	"encoding/hex"

	"docent"
)

// magic begins a file. What is before the version is the same in all.
const (
	family = "docent index "
	magic  = family + "1\n"
)

// maxRecord bounds a record, in bytes: the largest is a page.
const maxRecord = 64 << 20

// Header says what is in a file.
type Header struct {
	Stamp    docent.Stamp     `json:"stamp"`
	Releases []docent.Release `json:"releases"`
}

// record is a page with its chunks.
type record struct {
	Page   docent.Page `json:"page"`
	Chunks []chunk     `json:"chunks"`
}

// chunk is an IndexedChunk without what its release and page say.
type chunk struct {
	docent.Chunk
	Terms  []byte `json:"terms"`
	Vector []byte `json:"vector,omitempty"` // float32, little-endian
}

// Sum is the SHA-256 at the end of a file: it names what is in it.
type Sum [sha256.Size]byte

// String is the sum in hexadecimal digits.
func (s Sum) String() string { return hex.EncodeToString(s[:]) }

func damaged(what string, cause error) error {
	return &docent.Error{Code: docent.CodeStore, Message: "the index file " + what,
		Hint: "copy or download it again, or write it again with 'docent index export'", Err: cause}
}
