// Package access knows who is calling and how much they may: principals,
// identifiers and limits. It is a leaf: it imports only the root package, and
// anyone may import it.
package access

import (
	"crypto/rand"
	"encoding/base32"
	"strings"

	"docent"
)

// LocalSubject is the one subject of a server on loopback with auth off.
const LocalSubject = "local"

// Principal is who is calling. It travels with a request from web to prompts,
// tools and stores.
type Principal struct {
	Site    string
	Subject string
	Scopes  []string          // chat, search, ingest, admin
	Claims  map[string]string // of a token; nil without one
	Origin  string            // of the page that calls; "" outside browsers
}

// Owner is what the principal's stored things belong to.
func (p Principal) Owner() docent.Owner { return docent.Owner{Site: p.Site, Subject: p.Subject} }

// Local is the principal of every caller on loopback with auth off.
func Local() Principal {
	return Principal{Site: docent.DefaultSite, Subject: LocalSubject, Scopes: []string{"chat", "search", "ingest", "admin"}}
}

// idBytes is 120 bits: more than the 96 that make guessing hopeless, and a
// whole number of base32 digits.
const idBytes = 15

// NewID makes an identifier that can't be guessed: prefix ("ses_", "msg_",
// "req_") and 24 lower-case letters and digits.
func NewID(prefix string) string {
	var b [idBytes]byte
	rand.Read(b[:]) // never fails since Go 1.24
	return prefix + strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}
