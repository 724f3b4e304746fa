// Package push brings pages that one machine parsed into the index of another:
// a CI job reads the documentation, the server that answers from it keeps the
// index and pays for vectors. Data passes through it like this:
//
//	client.go    Send: parse, tell the hashes, upload what the server lacks, commit
//	wire.go      requests with their repeats, and errors in the server's own words
//	receiver.go  what a server is asked: begin, take a part, plan, commit, follow
//	stage.go     a push on disk, until it is published or too old
//	notes.go     what pushers note of their files, so that they parse what changed
//	keep.go      where the server keeps these notes
//	job.go       a committed push becomes a release, whatever stops the process
//
// A push is named by what it says and by the release that it is made upon. So a
// client that was killed comes back to the same push by doing the same again,
// and a second commit, on whichever machine, finds another release and is told.
//
// What it doubts: everything that comes. A page is taken only if it is in the
// manifest, and if its hash and its chunks' IDs name what it says.
package push
