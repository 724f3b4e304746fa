// Package access knows who is calling and how much they may. It is a leaf: it
// imports only the root package, and anyone may import it.
//
// A Gate is asked with a Call, which is what a request says about its sender,
// and gives a Principal or refuses. Three kinds of credentials are known by
// their first letters: API keys ("dk_", see Keys), the tokens of visitors
// ("dwt_", which the Gate gives out itself, see Mint), and JSON Web Tokens of
// configured issuers (see Issuers). Without any, a caller is who the site's
// public surfaces let in. Principals of different kinds never share a subject.
//
// It doubts everything that it reads: lengths are checked before any work,
// signatures before any content, and secrets are compared in constant time.
// Refusals tell the sender what is wrong; the cause, for the log, says more,
// and neither holds a credential.
package access

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"

	"docent"
)

// The scopes: what a principal may do.
const (
	ScopeChat   = "chat"   // ask, and see one's own conversations
	ScopeSearch = "search" // find sections
	ScopeIngest = "ingest" // change the index
	ScopeAdmin  = "admin"  // see and change everything of the site
)

// AllScopes are the scopes there are.
func AllScopes() []string { return []string{ScopeChat, ScopeSearch, ScopeIngest, ScopeAdmin} }

// The surfaces: the ways in, of which a site says which need no login.
const (
	SurfaceWidget  = "widget"  // tokens for the pages of a site's origins
	SurfaceSearch  = "search"  // search without any credentials
	SurfaceChat    = "chat"    // the chat API without any credentials
	SurfaceChatKit = "chatkit" // the ChatKit protocol
	SurfaceOpenAI  = "openai"  // the OpenAI-compatible API
	SurfaceMCP     = "mcp"     // MCP
)

// AllSurfaces are the surfaces there are.
func AllSurfaces() []string {
	return []string{SurfaceWidget, SurfaceSearch, SurfaceChat, SurfaceChatKit, SurfaceOpenAI, SurfaceMCP}
}

// LocalSubject is the one subject of a server on loopback with auth off.
const LocalSubject = "local"

// Subjects begin with their kind, so that those of two kinds are never equal.
// The subject of a JSON Web Token is the issuer's name, ":" and its own.
const (
	visitorSubject = "anon_"
	keySubject     = "key_"
)

// Principal is who is calling. It travels with a request from web to prompts,
// tools and stores.
type Principal struct {
	Site    string
	Subject string            // "" for a caller without credentials, who owns nothing
	Scopes  []string          // chat, search, ingest, admin
	Claims  map[string]string // of a token; nil without one
	Origin  string            // of the page that calls; "" outside browsers
}

// Owner is what the principal's stored things belong to.
func (p Principal) Owner() docent.Owner { return docent.Owner{Site: p.Site, Subject: p.Subject} }

// May reports whether the principal has a scope. admin alone is none of the
// others.
func (p Principal) May(scope string) bool { return slices.Contains(p.Scopes, scope) }

// Visitor reports whether the principal is a visitor with a token.
func (p Principal) Visitor() bool { return strings.HasPrefix(p.Subject, visitorSubject) }

// Need is nil where the principal has the scope, and otherwise the error that
// names it.
func (p Principal) Need(scope string) error {
	if p.May(scope) {
		return nil
	}
	return &docent.Error{
		Code: docent.CodeForbidden, Message: fmt.Sprintf("these credentials lack the scope %q", scope),
		Hint: "use a key or token that has it",
	}
}

// Local is the principal of every caller on loopback with auth off.
func Local() Principal {
	return Principal{Site: docent.DefaultSite, Subject: LocalSubject, Scopes: AllScopes()}
}

// idBytes is 120 bits: more than the 96 that make guessing hopeless, and a
// whole number of base32 digits.
const idBytes = 15

// NewID makes an identifier that can't be guessed: prefix ("ses_", "msg_",
// "req_") and 24 lower-case letters and digits.
func NewID(prefix string) string { return prefix + randomText(idBytes) }

// digits writes bytes in lower-case letters and the digits 2 to 7.
var digits = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// randomText is n random bytes in digits.
func randomText(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails since Go 1.24
	return digits.EncodeToString(b)
}
