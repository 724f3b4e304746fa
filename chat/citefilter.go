package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"docent"
)

// citeFilter passes a model's text on, delta by delta, and holds back what may
// be the start of a citation until it is complete. However the text is cut
// into deltas, the same text comes out.
//
// A citation is [1], and of the forms that models write instead: [1, 2], [1-3],
// 【1】, 【1†source】 and [^1], which all become [1][2]. Numbers that are not
// known are taken out, with the blank, comma or parentheses that would be left
// alone. What does not count passes as it is: brackets in code and links,
// definitions of links, and brackets directly after a letter or digit
// (list[1]) where the script divides its words with blanks. Fences and HTML's
// code count as in Markdown, in lists and quotes too; a code span ends with its
// paragraph. Lines indented by four blanks are code after an empty line, where
// they belong to no list.
type citeFilter struct {
	known func(n int) bool
	emit  func(text string) error
	cite  func(n, start int) error

	place citePlace
	out   strings.Builder // to be emitted
	units int             // of UTF-16 in all that was put out
	cited map[int]bool
	marks []citeMark // put out, to be reported once the text is emitted

	partial []byte // of a character cut by a delta's end
	lead    string // held: " ", "(" or " (" before what may be a citation
	held    []byte // held: what may be a citation, from its bracket on

	// A group is citations that stand together: [1][2], ([1], [2]). With group
	// set, citations were just passed or dropped, sep is what divides them from
	// a next one, and kept says that at least one was passed; until then lead
	// stays held.
	group, kept bool
	sep         string
}

// citeMark is the first place of a citation.
type citeMark struct{ n, start int }

// newCiteFilter makes a filter. emit gets the text that passes; cite gets each
// known number once, after the text with its first place was emitted, with
// that place counted in UTF-16 units of all emitted text.
func newCiteFilter(known func(n int) bool, emit func(text string) error, cite func(n, start int) error) *citeFilter {
	return &citeFilter{known: known, emit: emit, cite: cite, cited: make(map[int]bool)}
}

// follow lets the filter's text come after another, with what that cited.
func (f *citeFilter) follow(text string, cited []docent.Citation) {
	for _, r := range text {
		f.place.step(r)
		if f.units++; r > 0xFFFF {
			f.units++
		}
	}
	for _, c := range cited {
		f.cited[c.N] = true
	}
}

// Write passes on what can be decided with delta. Bytes that are not UTF-8
// become U+FFFD. The error is emit's or cite's.
func (f *citeFilter) Write(delta string) error {
	if len(f.partial) > 0 {
		delta, f.partial = string(f.partial)+delta, nil
	}
	for i := 0; i < len(delta); {
		if !utf8.FullRuneInString(delta[i:]) {
			f.partial = []byte(delta[i:])
			break
		}
		r, size := utf8.DecodeRuneInString(delta[i:])
		f.feed(r)
		i += size
	}
	return f.flush()
}

// Close ends the text: an unfinished citation is passed on as it is.
func (f *citeFilter) Close() error {
	for range f.partial {
		f.feed(utf8.RuneError)
	}
	f.partial = nil
	for len(f.held) > 0 {
		f.decide(true)
	}
	f.endGroup('\n')
	f.put(f.lead)
	f.lead = ""
	return f.flush()
}

func (f *citeFilter) flush() error {
	if f.out.Len() > 0 {
		text := f.out.String()
		f.out.Reset()
		if err := f.emit(text); err != nil {
			return err
		}
	}
	for len(f.marks) > 0 {
		m := f.marks[0]
		f.marks = f.marks[1:]
		if err := f.cite(m.n, m.start); err != nil {
			return err
		}
	}
	return nil
}

// feed takes the next character of the text.
func (f *citeFilter) feed(r rune) {
	switch {
	case len(f.held) > 0:
		f.held = utf8.AppendRune(f.held, r)
		f.decide(false)
	case f.group && f.extends(r):
	case f.group && f.endGroup(r):
	default:
		f.text(r)
	}
}

// text takes a character that follows no citation.
func (f *citeFilter) text(r rune) {
	plain := f.place.plain()
	switch {
	case f.lead == "" && r == ' ' && plain && f.place.head,
		(f.lead == "" || f.lead == " ") && r == '(' && plain && !f.place.opensLink():
		f.lead += string(r)
	case opensCitation(r) && plain:
		f.hold(r)
	case f.lead != "":
		f.put(f.lead)
		f.lead = ""
		f.text(r)
	default:
		f.put(string(r))
	}
}

// hold begins what may be a citation.
func (f *citeFilter) hold(r rune) {
	f.held = utf8.AppendRune(f.held[:0], r)
}

// extends reports whether r belongs to a group, and keeps it.
func (f *citeFilter) extends(r rune) bool {
	switch {
	case opensCitation(r):
		f.hold(r)
	case f.sep == "" && (r == ',' || r == ';'), r == ' ' && !strings.HasSuffix(f.sep, " "):
		f.sep += string(r)
	default:
		return false
	}
	return true
}

// endGroup ends the group before r, and reports whether r was used up. Of a
// group that was dropped whole, lead goes too where it would stand badly.
func (f *citeFilter) endGroup(r rune) (used bool) {
	if !f.group {
		return false
	}
	sep, lead, kept := f.sep, f.lead, f.kept
	f.group, f.kept, f.sep, f.lead = false, false, "", ""
	after := r
	if sep != "" {
		after = rune(sep[0])
	}
	if !kept {
		switch {
		case strings.HasSuffix(lead, "(") && after == ')':
			return true
		case lead == " " && opensWord(after), strings.HasSuffix(lead, "("):
			f.put(lead)
		}
		if after == ' ' && f.place.afterBlank() {
			if sep == "" {
				return true
			}
			sep = sep[1:]
		}
	}
	for _, s := range sep {
		f.text(s)
	}
	return false
}

// decide settles the held text as far as it can be. With final set, or with
// as much held as may be, everything can.
func (f *citeFilter) decide(final bool) {
	held := string(f.held)
	numbers, size, verdict := scanCitation(held, f.context(), final || len(held) >= maxHeld)
	if verdict == citeOpen {
		return
	}
	f.held = f.held[:0]
	if verdict == citeText {
		var bracket rune
		bracket, size = utf8.DecodeRuneInString(held)
		f.release(bracket)
	} else {
		f.pass(numbers)
	}
	for _, r := range held[size:] {
		f.feed(r)
	}
}

// context is what stands before the held text.
func (f *citeFilter) context() citeContext {
	return citeContext{
		attached:  !f.group && f.lead == "" && f.place.attaches(),
		depth:     f.place.depth,
		lineStart: !f.group && !strings.HasSuffix(f.lead, "(") && f.place.lineStart(),
	}
}

// release puts out a held bracket that begins no citation, and what was held
// for it.
func (f *citeFilter) release(bracket rune) {
	f.endGroup(bracket)
	f.put(f.lead + string(bracket))
	f.lead = ""
}

// pass puts out the known numbers of a citation.
func (f *citeFilter) pass(numbers []int) {
	f.group = true
	for _, n := range numbers {
		if !f.known(n) {
			continue
		}
		if f.kept {
			f.put(f.sep)
		} else {
			f.put(f.lead)
			f.lead = ""
			if f.place.attaches() {
				f.put(" ") // 【1】 may follow a word, [1] may not
			}
		}
		f.sep, f.kept = "", true
		f.mark(n)
	}
	f.sep = ""
}

// mark puts out [n] and remembers its first place.
func (f *citeFilter) mark(n int) {
	if !f.cited[n] {
		f.cited[n] = true
		f.marks = append(f.marks, citeMark{n: n, start: f.units})
	}
	f.put(CiteMarker(n))
}

// put passes text on, and follows where in the Markdown it leads.
func (f *citeFilter) put(text string) {
	for _, r := range text {
		f.place.step(r)
		f.units++
		if r > 0xFFFF {
			f.units++
		}
	}
	f.out.WriteString(text)
}

// opensCitation reports whether a citation may begin with r.
func opensCitation(r rune) bool { return r == '[' || r == '【' }

// opensWord reports whether a blank before r is needed.
func opensWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune("([{`$#@\\\"'“‘<", r)
}
