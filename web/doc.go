// Package web is Docent over HTTP: questions answered as Server-Sent Events,
// conversations, search, the reader's view of indexed pages, and the files of
// the widget. It turns requests into calls of its ports (Answers, Sessions,
// Search, Ready) and their results into the wire's shapes; it decides nothing
// about answers.
//
// A request passes through one chain, in this order (see New):
//
//	name     gives it a request id
//	harden   headers against misuse by browsers
//	observe  writes its one line of log, and is the one place where an error becomes an answer
//	rescue   turns a panic into an error
//	bound    deadlines, and the body's size and encoding
//	named    refuses names that are not the server's, where every caller is the local one
//	cors     answers preflights, refuses foreign origins      (API only)
//	who      finds the principal, and whether it may          (where the route's entry in the table needs one)
//	limit    counts it, refused or not                        (API only)
//	admit    turns away whom who refused
//
// and then its handler, which returns an error or writes an answer. Files are
// named for groups of routes: chat.go, sessions.go, search.go, reader.go ...
// Streams stand in stream.go, their framing and writing in sse.go: before the
// first byte a failure is an HTTP status, after it an error event.
//
// What it doubts: every byte of a request (size, type, encoding, fields), the
// client's address and origin, the name it was called by, the client's speed,
// and that it stays.
package web
