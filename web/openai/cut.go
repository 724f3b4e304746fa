package openai

import (
	"sort"
	"strings"

	"docent"
	"docent/analysis"
)

// cut ends a text where the client wants it to end: before one of its stops, or after
// so many tokens. However the text comes in pieces, the same text passes.
type cut struct {
	stops []string
	most  int // tokens; 0 is any number

	shown strings.Builder // all that passed
	held  string          // may be the beginning of a stop
	why   docent.FinishReason
}

// write gives what passes of the next piece.
func (k *cut) write(text string) string {
	if k.ended() {
		return ""
	}
	k.held += text
	end, whole := len(k.held), len(k.held)+1 // where the stop begins and ends that is complete first
	for _, stop := range k.stops {
		if i := strings.Index(k.held, stop); i >= 0 && (i+len(stop) < whole || i+len(stop) == whole && i < end) {
			end, whole, k.why = i, i+len(stop), docent.FinishStop
		}
	}
	if !k.ended() {
		end -= k.open()
	}
	passed := k.held[:end]
	k.held = k.held[end:]
	return k.bound(passed)
}

// close gives what was held back, at the text's own end.
func (k *cut) close() string {
	if k.ended() {
		return ""
	}
	held := k.held
	k.held = ""
	return k.bound(held)
}

// ended reports whether nothing passes any more.
func (k *cut) ended() bool { return k.why != "" }

// open is how many bytes at the end of the held text may begin a stop.
func (k *cut) open() int {
	most := 0
	for _, stop := range k.stops {
		for n := min(len(stop)-1, len(k.held)); n > most; n-- {
			if strings.HasSuffix(k.held, stop[:n]) {
				most = n
			}
		}
	}
	return most
}

// bound passes what the number of tokens leaves room for.
func (k *cut) bound(text string) string {
	if k.most > 0 && !k.fits(text) {
		var ends []int // of characters
		for i := range text {
			ends = append(ends, i)
		}
		n := sort.Search(len(ends), func(i int) bool { return !k.fits(text[:ends[i]]) })
		text = text[:ends[max(n-1, 0)]]
		k.why = docent.FinishLength
	}
	k.shown.WriteString(text)
	return text
}

// fits reports whether more text stays within the number of tokens, which is an
// estimate on the safe side.
func (k *cut) fits(more string) bool {
	return k.most == 0 || analysis.Tokens(k.shown.String()+more) <= k.most
}
