package chat

import (
	"strings"
	"unicode"
)

// citePlace follows a text character by character and knows where in its
// Markdown it has come to: a block or a span of code, a link's address or plain
// text. It never looks ahead.
type citePlace struct {
	prev    rune // 0 at the beginning
	escaped bool // prev is a backslash that takes the next one's meaning

	// The line up to here.
	head   bool          // its text has begun, after indentation, quote and list markers
	start  bool          // its text begins with the next character, where a fence may
	indent int           // columns before its text
	quote  bool          // it began with >
	bullet bool          // a list's marker was read, that needs a blank
	digits int           // of what may be a list's number
	list   int           // the column where the text of the list's item began
	outer  [maxLists]int // the same of the items around it, and then its own
	lists  int           // how many these are
	at     int           // the column where what may be a marker begins
	marked bool          // the line has a list's marker
	deep   bool          // and that stands so deep that strictly it is none
	unsure bool          // such a marker, or one alone on its line, began the list that goes on here
	lazy   bool          // the text goes on below an item, before its column: the item may, too
	goesOn bool          // the line before is text, which an indented line continues
	code   bool          // the line is code by its indentation

	run   int  // backticks or tildes just read
	runOf rune // which of them
	first bool // the run began the line's text
	span  int  // backticks that opened a code span; 0 outside

	fence      rune // of an open fenced block; 0 outside
	fenceLen   int
	fenceQuote bool // the block stands in a quote
	fenceList  int  // the column of the item it stands in; a line before it ends both
	info       bool // still on the line that opened the block
	closing    bool // up to here the line may close the block
	tail       bool // the line's fence has ended

	tag  string // of HTML, from its < up to here; "" outside of one
	html string // the element of code that is open; "" outside

	depth  int  // brackets open on the line
	linked bool // prev is a bracket that closed one of them
	link   linkPart
	parens int  // open in the link's address
	quoted rune // what closes the link's title
}

// maxLists is how deep lists are followed.
const maxLists = 8

// enter begins an item whose text stands at a column.
func (p *citePlace) enter(column int) {
	if p.lists < maxLists {
		p.outer[p.lists] = column
		p.lists++
	}
	p.list = column
}

// leave ends the items whose text begins behind a column.
func (p *citePlace) leave(column int) {
	for p.lists > 0 && p.outer[p.lists-1] > column {
		p.lists--
	}
	if p.list = 0; p.lists > 0 {
		p.list = p.outer[p.lists-1]
	}
}

// linkPart is a part of a link after its words.
type linkPart int

const (
	linkNone linkPart = iota
	linkURL
	linkGap   // blanks after the address or the title
	linkTitle // in quotes
)

// plain reports whether the next character, no backtick, is plain text.
func (p *citePlace) plain() bool {
	next := *p
	next.endRun()
	return next.fence == 0 && next.span == 0 && !next.code && !next.indented() && next.html == "" &&
		!next.escaped && (next.link == linkNone || next.link == linkGap)
}

// indented reports whether text that begins here is code by its indentation:
// four columns deeper than what is around it, after an empty line. A line that
// begins with a list's marker is none: so models write lists within lists.
func (p *citePlace) indented() bool {
	return !p.head && !p.goesOn && !p.quote && !p.bullet && p.digits == 0 && p.fence == 0 && p.indent >= p.list+4
}

// attaches reports whether a bracket here would belong to what precedes it, as
// in list[1]. Letters of scripts that put no blanks between words don't bind.
func (p *citePlace) attaches() bool {
	if unicode.IsLetter(p.prev) || unicode.IsDigit(p.prev) {
		return !unicode.In(p.prev, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
			unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
	}
	return p.prev != 0 && strings.ContainsRune("]_/=&\\", p.prev)
}

// lineStart reports whether the line's text has not begun.
func (p *citePlace) lineStart() bool { return !p.head && p.digits == 0 }

// afterBlank reports whether a blank here would be one too many.
func (p *citePlace) afterBlank() bool {
	return p.prev == 0 || strings.ContainsRune(" \t\n(", p.prev)
}

// opensLink reports whether a parenthesis here begins a link's address.
func (p *citePlace) opensLink() bool { return p.linked }

// endRunBefore settles what can be settled once the next character is known: a
// run of backticks or tildes, and whether an item's fenced block goes on.
func (p *citePlace) endRunBefore(r rune) {
	switch {
	case p.fence == 0:
		if r != p.runOf {
			p.endRun()
		}
	case !p.info && p.closing && p.run == 0 && !p.quote && p.indent < p.fenceList && !isBlank(r) && r != '\n':
		p.fence = 0
	}
}

// step goes on by one character.
func (p *citePlace) step(r rune) {
	p.endRunBefore(r)
	switch {
	case r == '\n':
		p.endLine()
	case p.fence != 0:
		p.inFence(r)
	case p.code:
	case !p.head:
		p.inHead(r)
	default:
		p.inLine(r)
	}
	p.prev = r
}

// endRun settles what a run of backticks or tildes was.
func (p *citePlace) endRun() {
	run := p.run
	p.run = 0
	switch {
	case run == 0, p.html != "":
	case p.first && run >= 3:
		p.fence, p.fenceLen, p.fenceQuote, p.fenceList = p.runOf, run, p.quote, p.list
		p.info, p.span = true, 0
	case p.runOf == '~':
	case p.span == 0:
		p.span = run
	case p.span == run:
		p.span = 0
	}
}

func (p *citePlace) endLine() {
	p.goesOn = p.head && !p.code && p.fence == 0
	p.unsure = p.unsure && (p.list > 0 || !p.head) || p.deep && p.marked || !p.head && (p.marked || p.bullet)
	switch {
	case p.info:
		p.info = false
	case p.fence != 0:
		if p.closing && p.run >= p.fenceLen || p.fenceQuote && !p.quote {
			p.fence = 0
		}
	case p.bullet:
		p.enter(p.indent + 1)
	case !p.head:
		p.span = 0 // an empty line ends the paragraph
		if p.html != preformatted {
			p.html = ""
		}
	}
	if p.quote {
		p.leave(0)
	}
	p.head, p.start, p.indent, p.quote, p.bullet, p.digits, p.marked, p.deep = false, false, 0, false, false, 0, false, false
	p.code, p.tag = false, ""
	p.run, p.closing, p.tail = 0, true, false
	p.depth, p.linked, p.link, p.escaped = 0, false, linkNone, false
}

// inFence takes a character of a fenced block's line.
func (p *citePlace) inFence(r rune) {
	switch {
	case p.info && r == '`' && p.fence == '`': // ```so``` is a code span
		p.fence, p.info, p.span = 0, false, p.fenceLen
		p.run, p.runOf, p.first = 1, '`', false
	case p.info, !p.closing:
	case r == p.fence && !p.tail && p.indent <= p.list+3:
		p.run++
	case isBlank(r) && p.run > 0:
		p.tail = true
	case isBlank(r):
		p.indent = column(p.indent, r)
	case r == '>' && p.fenceQuote && p.run == 0:
		p.quote, p.indent = true, 0
	default:
		p.closing, p.run = false, 0
		if p.fenceQuote && !p.quote { // the quote has ended, and the block with it
			p.fence = 0
			p.inHead(r)
		}
	}
}

// inHead takes a character before the line's text.
func (p *citePlace) inHead(r rune) {
	marked := p.bullet || p.digits > 0
	switch {
	case isBlank(r) && p.digits == 0:
		p.indent = column(p.indent, r)
		if p.bullet {
			p.bullet, p.marked, p.span = false, true, 0
			p.enter(p.indent)
		}
	case r == '>' && !marked:
		p.deep = p.deep || p.indent >= p.list+4
		p.leave(0)
		p.quote, p.indent = true, 0
	case strings.ContainsRune("-*+", r) && !marked:
		p.mark()
		p.bullet = true
		p.indent++
	case '0' <= r && r <= '9' && !p.bullet && p.digits < 9:
		if p.digits == 0 {
			p.mark()
		}
		p.digits++
		p.indent++
	case (r == '.' || r == ')') && p.digits > 0:
		p.bullet, p.digits = true, 0
		p.indent++
	default:
		p.code = p.indented()
		p.head = true
		if p.code {
			return
		}
		column := p.indent
		if marked {
			column = p.at // a marker without a blank is none
		}
		p.bullet, p.digits = false, 0
		p.lazy = !p.marked && (p.goesOn && column < p.list || p.lazy && (p.goesOn || column > 0))
		p.start = !marked && column <= p.list+3
		if p.marked && column <= p.list+3 {
			p.leave(p.list - 1)
			p.enter(column) // all blanks after a marker are its own
		}
		p.leave(column)
		p.inLine(r)
	}
}

// mark begins what may be a list's marker.
func (p *citePlace) mark() {
	p.deep = p.deep || p.indent >= p.list+4
	p.leave(p.indent)
	p.at = p.indent
}

// inLine takes a character of the line's text.
func (p *citePlace) inLine(r rune) {
	start, linked := p.start, p.linked
	p.start, p.linked = false, false
	switch {
	case p.escaped:
		p.escaped = false
	case p.link != linkNone && p.inLink(r):
	case r == '`' || r == '~':
		if p.run == 0 {
			p.runOf, p.first = r, start
		}
		p.run++
	case p.span > 0:
	case r == '<' || p.tag != "":
		p.inTag(r)
	case p.html != "":
	case r == '\\':
		p.escaped = true
	case r == '[':
		p.depth++
	case r == ']' && p.depth > 0:
		p.depth--
		p.linked = true
	case r == '(' && linked:
		p.link, p.parens = linkURL, 1
	}
}

// preformatted is the element whose text goes on over empty lines.
const preformatted = "pre"

// inTag takes a character of an HTML tag, from its < on.
func (p *citePlace) inTag(r rune) {
	switch {
	case r == '<':
		p.tag = "<"
	case r == '>':
		name := strings.TrimRight(p.tag[1:], " ")
		p.tag = ""
		switch {
		case p.html == "" && (name == preformatted || name == "code" || name == "kbd" || name == "samp"):
			p.html = name
		case name == "/"+p.html:
			p.html = ""
		}
	case strings.HasSuffix(p.tag, " "): // among attributes
	case isBlank(r):
		p.tag += " "
	case len(p.tag) <= len("</code"):
		p.tag += string(unicode.ToLower(r))
	default:
		p.tag = ""
	}
}

// inLink takes a character after a link's words; it reports false, and the
// link is over, when the character can't belong to one.
func (p *citePlace) inLink(r rune) bool {
	switch {
	case p.link == linkTitle:
		if r == p.quoted {
			p.link = linkGap
		}
	case isBlank(r):
		p.link = linkGap
	case p.link == linkURL && r == '(':
		p.parens++
	case r == ')':
		if p.parens--; p.parens == 0 || p.link == linkGap {
			p.link = linkNone
		}
	case p.link == linkURL:
	case strings.ContainsRune(`"'(`, r):
		p.link, p.quoted = linkTitle, r
		if r == '(' {
			p.quoted = ')'
		}
	default:
		p.link = linkNone
		return false
	}
	return true
}

func isBlank(r rune) bool { return r == ' ' || r == '\t' }

// column is where a blank at column n leads.
func column(n int, blank rune) int {
	if blank == '\t' {
		return n/4*4 + 4
	}
	return n + 1
}
