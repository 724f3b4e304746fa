package chat

import (
	"strings"

	"docent/analysis"
)

// opposites are words of which one never answers for the other, by their
// terms: how to disable something is no answer to how to enable it.
var opposites = pairs(`enable disable, enable deactivate, activate deactivate, activate disable, add remove, add delete,
	create delete, create remove, create destroy, start stop, install uninstall, allow deny, allow forbid, allow disallow,
	open close, show hide, increase decrease, increase reduce, raise lower, upgrade downgrade, connect disconnect,
	subscribe unsubscribe, mount unmount, attach detach, lock unlock, encrypt decrypt, import export, expand collapse,
	grant revoke, register unregister, register deregister, pause resume, accept reject, publish unpublish, upload download,
	login logout`)

// contraries are opposites of statements, beside those: what says one does not
// bear out the other.
var contraries = pairs(`required optional, minimum maximum, min max, first last, public private, true false,
	on off, more less, more fewer, above below, most least, inside outside, synchronous asynchronous, internal external,
	greater smaller, older newer, oldest newest, lower higher, lowest highest, include exclude, accept refuse, allow refuse,
	keep delete, keep remove, keep drop, double halve, start end, sensitive insensitive, succeed fail, load unload,
	read write, local remote, earlier later, shorter longer, faster slower, plain encrypted, temporary permanent,
	mutable immutable, valid invalid, known unknown, manual automatic, manually automatically, always sometimes,
	warning error, ascending descending, sender recipient, up down, all none, enter leave, online offline`)

// Opposed reports whether one of two terms, as analysis gives them, says the
// opposite of the other.
func Opposed(a, b string) bool { return opposites[a][b] || contraries[a][b] }

// Opposites gives the terms of which none answers for a term; nil where it has
// none. It must not be changed.
func Opposites(term string) map[string]bool { return opposites[term] }

func pairs(list string) map[string]map[string]bool {
	of := make(map[string]map[string]bool)
	put := func(a, b string) {
		if of[a] == nil {
			of[a] = make(map[string]bool)
		}
		of[a][b] = true
	}
	for pair := range strings.SplitSeq(list, ",") {
		terms := analysis.Terms(pair, "en")
		put(terms[0], terms[1])
		put(terms[1], terms[0])
	}
	return of
}
