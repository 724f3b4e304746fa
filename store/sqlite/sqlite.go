// Package sqlite keeps the index, the conversations and the cache of vectors of
// one machine in SQLite files, without cgo.
//
// They never share a file. A cache can be deleted at any time, and an index can
// be built again from the documentation; conversations can't. So:
//
//	index-<stamp>.db  Index: releases of units, with their chunks, postings
//	                  and statistics; one file for each stamp
//	docent.db         Conversations: sessions, messages, items, events, feedback
//	embeddings.db     Vectors: a cache of what embedding models made
//	locks/            empty databases whose locks say who is at work
//
// Publications to the indexes of a folder are counted, each above those of the
// others, and every index keeps the numbers of its first and its last: so which
// is newer does not hang on a clock.
//
// A file has one connection that writes and a few that read. It is in WAL
// mode, so readers never wait for the writer, and its schema is moved on by
// the migrations that are embedded here.
//
// Locks are exclusive transactions on the files in locks/: they work alike on
// every system and between processes, and die with the process that holds
// them. All these files belong on a local disk; network file systems lock badly.
//
// Where the stamp has dimensions, an index holds the vectors of the active
// releases in memory, once a question or Warm has asked for them: a byte a
// dimension and about 20 bytes a chunk, so 27 MB for 100,000 chunks of 256
// dimensions. They are scanned as int8, and the nearest compared exactly with
// what the file has.
//
// An index in a folder that can't be written is read as it stands; nobody may
// change it meanwhile.
//
// What it doubts: the files. One that is cut, damaged, of a newer version or
// of another stamp is refused with a sentence and what to do about it.
package sqlite

import (
	"net/url"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// busyTimeout is how long a connection waits for another process's write.
const busyTimeout = 5 * time.Second

// dsn names the file at path for the driver. Parameters are pairs of a name
// and a value.
func dsn(path string, parameters ...[2]string) string {
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/data is /C:/data in a URI
	}
	query := url.Values{}
	for _, p := range parameters {
		query.Add(p[0], p[1])
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}
	return u.String()
}
