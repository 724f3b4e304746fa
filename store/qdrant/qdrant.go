// Package qdrant keeps the index in Qdrant, over gRPC: for documentation that
// is too large for one machine's file, and for servers without a disk of their
// own.
//
// Every stamp has a collection, docent-<8 hex digits>. The alias docent leads
// to the one that was published last: people and other tools find the index by
// it, and a server whose own stamp has no collection says by it what there is
// instead. Servers read their own stamp's collection, so moving the alias
// disturbs none.
//
// Everything of an index is a point of that one collection, told apart by
// "kind". So what publishes a release stands in the same log as what it
// publishes, behind it, and a snapshot of the collection is whole:
//
//	chunk  a dense vector, where the stamp has dimensions, a sparse one, and
//	       all of docent.Chunk; from and to say which releases hold it
//	page   what the index lists of a page; from and to likewise
//	stats  a part of a release's statistics
//	unit   a unit's releases, which of them is active, and who builds the next
//
// Qdrant has no transactions. What has to be one step is one change of a
// unit's point: publishing, rolling back, taking the lock. Such a change names
// the state that it follows on in its filter, so of two that meet one does
// nothing, and whoever made it reads back which. See record and lease.
//
// What it doubts: the collection under its name may be another tool's, the
// server may be away for a while, a build may be dead or merely slow, and the
// clocks of two machines never agree, so none is read.
package qdrant

import "time"

// oldestServer is the oldest version whose conditional writes and collection metadata
// this package relies on.
const oldestServer = "1.16"

const (
	defaultPrefix  = "docent"
	defaultTimeout = 10 * time.Second
	defaultKeep    = 5
	defaultBeat    = time.Second

	// maxAnswer bounds an answer in bytes: the default of 4 MiB is less than a
	// few hundred chunks with long vectors.
	maxAnswer = 64 << 20
)
