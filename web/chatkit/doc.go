// Package chatkit speaks the ChatKit server protocol at POST /chatkit, so that a ChatKit
// front end can ask Docent by changing its address.
//
// A body is decoded as the reference server decodes it (decode.go, object.go), and its
// type names one of sixteen operations (chatkit.go). Those that answer at once read or
// change threads and items (threads.go, items.go), which are sessions, messages and
// items by other names (wire.go, entries.go). Those that stream begin an answer by
// web.Call (ask.go), whose events become ChatKit's as they come (answer.go, events.go).
// Nothing is answered here, and nothing is kept but what ChatKit shows of a question
// beyond its words.
//
// What a client can do wrong is said before a stream begins, by a status; what fails in
// a stream, by its last event. A client that leaves stops its answer: the protocol has
// no other way to say so.
//
// Texts are those of /api/v1, with their marks: "[1]" stays where it stands, and an
// annotation's index is the end of its mark in UTF-16 units, as JavaScript counts.
package chatkit
