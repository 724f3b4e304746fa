package ingest

import (
	"bytes"
	"regexp"
)

// Comments that say how code is shown, in the comment signs of many
// languages.
const (
	commentOpen  = `(?://+|#+|--|%+|;+|/\*|<!--|\{/\*|')[ \t]*`
	commentClose = `[ \t]*(?:\*/\}|\*/|-->)?`
)

var (
	lineMark   = regexp.MustCompile(`(?m)[ \t]*` + commentOpen + `\[!code[ \t]+([^\]\n]*)\]` + commentClose)
	magicLine  = regexp.MustCompile(`(?m)^[ \t]*` + commentOpen + `highlight-(?:next-line|start|end)` + commentClose + `[ \t]*\n?`)
	annotation = regexp.MustCompile(`\((\d+)\)!`)
	cutBefore  = regexp.MustCompile(`(?m)^[ \t]*// ?---cut(?:-before)?---[ \t]*\n`)
	cutAfter   = regexp.MustCompile(`(?m)^[ \t]*// ?---cut-after---[ \t]*$`)
	cutPart    = regexp.MustCompile(`(?ms)^[ \t]*// ?---cut-start---.*?// ?---cut-end---[ \t]*\n?`)
	twoslash   = regexp.MustCompile(`(?m)^[ \t]*//[ \t]*(?:\^[?|^]|@\w+).*\n?`)
	rustHidden = regexp.MustCompile(`(?m)^[ \t]*#(?:[ \t].*)?(?:\n|\z)`)
)

// withoutMarks takes out of code what a reader of the site does not see:
// comments that highlight lines, lines that were taken out of a program, lines
// that only make an example compile.
func (d *dialect) withoutMarks(code []byte, info fenceInfo) []byte {
	if d.has(markedCode) {
		if bytes.Contains(code, []byte("[!code")) {
			code = withoutLineMarks(code)
		}
		if bytes.Contains(code, []byte("highlight-")) {
			code = magicLine.ReplaceAll(code, nil)
		}
	}
	if info.flags["twoslash"] {
		code = withoutTwoslash(code)
	}
	if d.Framework == "mkdocs" && bytes.Contains(code, []byte(")!")) {
		code = annotation.ReplaceAll(code, []byte("($1)"))
	}
	if d.has(hiddenRust) && info.lang == "rust" && bytes.IndexByte(code, '#') >= 0 {
		code = rustHidden.ReplaceAll(code, nil)
	}
	return code
}

// withoutLineMarks drops marks, with the line where it was removed or is
// nothing but the mark.
func withoutLineMarks(code []byte) []byte {
	var out []byte
	for line := range bytes.Lines(code) {
		m := lineMark.FindSubmatchIndex(line)
		if m == nil {
			out = append(out, line...)
			continue
		}
		rest := append(append([]byte{}, line[:m[0]]...), line[m[1]:]...)
		if bytes.HasPrefix(line[m[2]:m[3]], []byte("--")) && m[3]-m[2] == 2 || len(bytes.TrimSpace(rest)) == 0 {
			continue
		}
		out = append(out, rest...)
	}
	return out
}

// withoutTwoslash leaves what twoslash shows of TypeScript.
func withoutTwoslash(code []byte) []byte {
	if all := cutBefore.FindAllIndex(code, -1); all != nil {
		code = code[all[len(all)-1][1]:]
	}
	if m := cutAfter.FindIndex(code); m != nil {
		code = code[:m[0]]
	}
	return twoslash.ReplaceAll(cutPart.ReplaceAll(code, nil), nil)
}
