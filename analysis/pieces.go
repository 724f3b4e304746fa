package analysis

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// levels are the separators that divide an identifier, the outermost first.
// On each level the parts are kept whole before they are divided on:
// "app/process.env.NODE_ENV" gives itself, "process.env.node_env", "node_env"
// and the words.
var levels = [...]string{"/:@#$~+", ".", "-_"}

const joiners = "-._/:@+#$~"

// names are written in camelCase, but are one word each: dividing them would
// make every mention of TypeScript one of types.
var names = set(`coffeescript devops ecmascript freebsd github gitlab graphql iphone ipad javascript jquery
	linkedin macos mariadb mongodb mysql nosql nodejs openai openapi openbsd opensearch openssl openssh postgresql
	powershell pypi pytorch tensorflow typescript webassembly webassembly webgl webpack wordpress youtube`)

// whole takes an identifier with its sigils ("--flag", "$HOME", ".env", "C++")
// and gives it without what is only punctuation around it, and then without
// the sigils too. Both are "" when nothing is left.
func whole(run string) (full, bare string) {
	run = strings.TrimLeft(run, ":+'’")
	for strings.HasPrefix(run, "./") || strings.HasPrefix(run, "../") {
		run = run[strings.IndexByte(run, '/')+1:]
	}
	full = strings.TrimRight(run, joiners+"'’")
	bare = strings.TrimLeft(full, joiners+"'’")
	lead, tail := full[:len(full)-len(bare)], run[len(full):]
	switch {
	case len(bare) == 1 && (strings.HasPrefix(tail, "++") || strings.HasPrefix(tail, "#")):
		full += strings.TrimRight(tail, ".:/-_'’") // C++, C#
	case lead == "__" && strings.HasPrefix(tail, "__"):
		full += "__" // __init__
	case len(lead) > 2 || strings.HasPrefix(lead, "_"):
		full = bare
	}
	return full, bare
}

// eachPiece divides an identifier level by level and calls fn for each part:
// whole ones first, and the words it is made of last.
func eachPiece(s string, level int, fn func(piece string, isWord bool)) {
	if isVersion(s) {
		eachVersion(s, fn)
		return
	}
	for ; level < len(levels); level++ {
		parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(levels[level], r) })
		if len(parts) == 1 {
			s = parts[0]
			continue
		}
		fn(s, false)
		if compound, ok := closed(s, parts); ok {
			fn(compound, false)
		}
		for _, p := range parts {
			eachPiece(p, level+1, fn)
		}
		return
	}
	eachHump(s, fn)
}

// closed gives the closed form of a word with one hyphen, as many write it:
// utf8 for utf-8, email for e-mail.
func closed(s string, parts []string) (string, bool) {
	if len(parts) != 2 || len(s) > 24 || len(parts[0])+1+len(parts[1]) != len(s) || s[len(parts[0])] != '-' {
		return "", false
	}
	return parts[0] + parts[1], true
}

// eachHump divides camelCase, and a number from the name before it.
func eachHump(s string, fn func(piece string, isWord bool)) {
	if names[strings.ToLower(s)] {
		fn(s, true)
		return
	}
	humps := divide(s)
	if len(humps) == 1 {
		fn(s, true)
		return
	}
	fn(s, false)
	for _, h := range humps {
		fn(h, true)
	}
}

// divide splits camelCase: before an upper-case letter that follows a
// lower-case one, before the last of several that a lower-case one follows
// (HTTP|Server), and before digits at the end of a name (http|2). Plurals of
// acronyms (URLs) stay.
func divide(s string) []string {
	if acronymPlural(s) {
		return []string{s}
	}
	var out []string
	start := 0
	runes := []rune(s)
	at := 0
	for i, r := range runes {
		if i > 0 && hump(runes, i) {
			out = append(out, s[start:at])
			start = at
		}
		at += max(utf8.RuneLen(r), 1)
	}
	return append(out, s[start:])
}

func hump(r []rune, i int) bool {
	prev, cur := r[i-1], r[i]
	switch {
	case unicode.IsUpper(cur):
		return unicode.IsLower(prev) || unicode.IsUpper(prev) && i+1 < len(r) && unicode.IsLower(r[i+1])
	case unicode.IsDigit(cur) && unicode.IsLetter(prev):
		return len(r)-i <= 4 && allDigits(r[i:]) && (i >= 2 || prev == 'v' || prev == 'V')
	}
	return false
}

func allDigits(r []rune) bool {
	for _, c := range r {
		if !unicode.IsDigit(c) {
			return false
		}
	}
	return true
}

func acronymPlural(s string) bool {
	stem, ok := strings.CutSuffix(s, "s")
	return ok && len(stem) >= 2 && stem == strings.ToUpper(stem) && stem != strings.ToLower(stem)
}

// isVersion reports whether s is a version: 1.2, v1.2.3, 2.0.0-rc.1.
func isVersion(s string) bool {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "v"), "V")
	digits, dots := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '.' && digits > 0 && i+1 < len(s):
			dots++
		case (c == '-' || c == '+') && dots > 0:
			return isASCII(s) && !strings.ContainsAny(s, "/:@#$~")
		default:
			return false
		}
	}
	return dots > 0
}

// eachVersion gives a version as written, without its "v", without the
// pre-release, and as major.minor.
func eachVersion(s string, fn func(piece string, isWord bool)) {
	fn(s, false)
	bare := strings.TrimLeft(s, "vV")
	if bare != s {
		fn(bare, false)
	}
	release := bare
	if i := strings.IndexAny(bare, "-+"); i > 0 {
		release = bare[:i]
		fn(release, false)
	}
	if parts := strings.SplitN(release, ".", 3); len(parts) == 3 {
		fn(parts[0]+"."+parts[1], false)
	}
}
