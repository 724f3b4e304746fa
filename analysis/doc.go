// Package analysis turns text into what the rest counts with: terms for
// ranking, a release's statistics, token estimates, sentences and plain words.
// It is a leaf: it imports only the root package, and anyone may import it.
//
// Text passes through like this:
//
//	run     what stands between blanks and brackets: "--log.level", "TypeScript"
//	piece   a run's parts: separators first, then camelCase
//	term    a piece in lower case; words stemmed and without diacritics,
//	        identifiers whole as they are written
//
// One analyzer serves documents and questions, so Docent's stores rank alike:
// whatever changes the terms of any text changes Version, and with it the
// index's stamp. Stop words are terms like others (so a question of nothing
// else can still be asked); QueryTerms drops them.
//
// What it doubts: languages. A page's language may be wrong or unknown; then
// English rules apply, which do little harm elsewhere.
package analysis

// Version names the rules by which text becomes terms. It is part of an
// index's stamp.
const Version = "2"

// MaxTermBytes is the longest term. Longer words are cut, longer identifiers
// are found by their parts only.
const MaxTermBytes = 64

// maxQueryTerms bounds what a question costs: more than any question needs.
const maxQueryTerms = 32
