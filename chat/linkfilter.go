package chat

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// linkFilter passes a model's text on, delta by delta, and lets its links lead
// only where they may: what a document, a page or a tool made the model write
// could otherwise carry a reader's words to somebody's server, with a click or,
// as an image, without one. However the text is cut into deltas, the same text
// comes out.
//
// A link that may not be is its words; an image is its alternative text; an
// address that stands alone becomes code, whole where it was given to the model
// and else its host alone. Tags of HTML are escaped, but for a few without
// attributes. Code passes as it is: in fences, and in spans that are closed.
type linkFilter struct {
	rules linkRules
	next  func(text string) error

	place   citePlace
	held    string // not yet decided
	swallow bool   // the rest of an address that was too long to hold
	ended   bool   // nothing follows
	words   bool   // the text is a link's words: what follows them is not known
	barred  bool   // code on this line has a bar, at which a table's cell would end
}

// maxLink is how many bytes of what may be a link are held back, at most.
const maxLink = 2 << 10

// newLinkFilter makes a filter that gives next the text that passes.
func newLinkFilter(rules linkRules, next func(text string) error) *linkFilter {
	return &linkFilter{rules: rules, next: next}
}

// Write passes on what can be decided with delta. The error is next's.
func (f *linkFilter) Write(delta string) error {
	f.held += delta
	return f.pass()
}

// Close ends the text.
func (f *linkFilter) Close() error {
	f.ended = true
	return f.pass()
}

// pass puts out what can be decided.
func (f *linkFilter) pass() error {
	var out strings.Builder
	for f.held != "" {
		text, size := f.piece(f.ended || len(f.held) >= maxLink)
		if size == 0 {
			break
		}
		for _, r := range text {
			f.place.step(r)
		}
		out.WriteString(text)
		f.held = f.held[size:]
	}
	if out.Len() == 0 {
		return nil
	}
	return f.next(out.String())
}

// piece decides what the held text begins with, and gives what passes of it and
// how many bytes that settles: 0 where more has to be seen.
func (f *linkFilter) piece(final bool) (string, int) {
	if !utf8.FullRuneInString(f.held) && !final {
		return "", 0
	}
	r, size := utf8.DecodeRuneInString(f.held)
	if f.swallow {
		if f.swallow = !endsAddress(r); f.swallow {
			return "", size
		}
	}
	plain := func() (string, int) { return string(r), size }
	f.place.endRunBefore(r)
	f.barred = f.barred && r != '\n'
	switch {
	case f.place.fence != 0 && !f.place.fenceQuote: // where a quote's block ends is not sure enough
		return plain()
	case r == '\\':
		return escapePiece(f.held, final)
	case r == '`' || r == '~':
		return f.codePiece(r, final)
	case r == '[' || r == '!':
		return f.linkPiece(final)
	case r == '<':
		return f.tagPiece(final)
	}
	if text, size, is := f.addressPiece(final); is {
		return text, size
	}
	return plain()
}

// escapePiece is a backslash with the mark that it escapes, or alone.
func escapePiece(held string, final bool) (string, int) {
	switch {
	case len(held) == 1 && !final:
		return "", 0
	case len(held) > 1 && held[1] < utf8.RuneSelf && (unicode.IsPunct(rune(held[1])) || unicode.IsSymbol(rune(held[1]))):
		return held[:2], 2
	}
	return held[:1], 1
}

// codePiece is the run of backticks or tildes that opens a fence, or a whole
// span of code. A run that its line does not close is escaped: what follows it
// is text.
func (f *linkFilter) codePiece(mark rune, final bool) (string, int) {
	run := len(f.held) - len(strings.TrimLeft(f.held, string(mark)))
	line, _, whole := strings.Cut(f.held[run:], "\n")
	whole = whole || final
	fence := run >= 3 && !f.place.head && (mark == '~' || !strings.Contains(line, "`"))
	switch {
	case (line == "" || fence) && !whole:
		return "", 0
	case fence && f.place.fence != 0 && strings.TrimSpace(line) == "": // a quote's block ends
		return f.held[:run], run
	case fence && f.place.fence == 0 && f.opensFence(f.held[:run]+line):
		return f.held[:run+len(line)], run + len(line)
	case mark == '~' && fence: // no fence for everybody
		return strings.Repeat("\\~", run), run
	case mark == '~':
		return f.held[:run], run
	}
	size, open := codeSize(f.held, f.barred)
	if open && !final {
		return "", 0
	}
	if size == run {
		return strings.Repeat("\\`", run), run
	}
	f.barred = f.barred || strings.Contains(f.held[:size], "|")
	return f.apart() + f.held[:size], size
}

// opensFence reports whether a line, from here on, begins a fenced block.
func (f *linkFilter) opensFence(line string) bool {
	at := f.place
	for _, r := range line + "\n" {
		at.step(r)
	}
	if strings.Contains(line, "|") { // some take it for a table's first row
		return false
	}
	return at.fence != 0 && !f.place.deep && (f.place.indent == 0 && !f.place.quote || !f.place.unsure && !f.place.lazy)
}

// closingRun gives where the next run of so many backticks ends; -1 where there
// is none.
func closingRun(line string, run int) int {
	for i := 0; i < len(line); {
		n := len(line[i:]) - len(strings.TrimLeft(line[i:], "`"))
		if n == run {
			return i + n
		}
		i += max(n, 1)
	}
	return -1
}

// mayLink reports whether a text has what a link or a tag is made of. What stands
// directly behind a word, as in Promise<string>, is a tag that does nothing.
func mayLink(s string) bool {
	return strings.ContainsAny(s, "[:") || strings.Contains(s, "www.") || mayTag.MatchString(s)
}

var mayTag = regexp.MustCompile(`(?:^|[^\pL\pN])<[A-Za-z/!?]|<[^>]*[=/!?]`)

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
