package verify

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// fact is a name or number that must stand in a passage as it is.
type fact struct {
	name   string // lower case; "" of a quantity
	number float64
	count  float64 // the number as it is written
	unit   string  // the base unit that number counts: "s", "b", "%"; "" without
	local  bool    // it must stand where the passage speaks of the same
}

// String is the fact as a reader knows it.
func (f fact) String() string {
	if f.name != "" {
		return "`" + f.name + "`"
	}
	return strings.TrimSpace(strconv.FormatFloat(f.count, 'g', -1, 64) + " " + f.unit)
}

// general are names in capitals that any writer uses for what a passage says
// otherwise.
var general = words("api url uri http https json yaml cli ui id ip sdk os cpu ram dns html css faq ok i ci tls ssl")

var (
	number   = regexp.MustCompile(`^[~≈<>=±+]*(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?([a-zA-Zµ%]{0,8})$`)
	codeSpan = regexp.MustCompile("`+([^`]+)`+")
)

const edges = ".,;:!?()[]{}\"'“”‘’«»*…|"

// factsOf gives the names and numbers of a sentence.
func factsOf(text string) []fact {
	var out []fact
	prose := text
	if strings.Contains(text, "`") {
		prose = codeSpan.ReplaceAllStringFunc(text, func(code string) string {
			for field := range strings.FieldsSeq(strings.Trim(code, "`")) {
				out = append(out, codeFacts(field)...)
			}
			return " " + codeMark + " "
		})
	}
	fields := strings.FieldsFunc(prose, divides)
	for i, f := range fields {
		f = strings.Trim(f, edges)
		next := ""
		if i+1 < len(fields) {
			next = strings.Trim(fields[i+1], edges)
		}
		if q, ok := quantity(f, next); ok {
			out = append(out, q)
		} else if isName(f) {
			out = append(out, fact{name: strings.ToLower(f)})
		}
	}
	return out
}

// divides reports whether r stands between words: a blank, the dash of a range,
// or a character of a script that has no blanks beside its numbers.
func divides(r rune) bool {
	return unicode.IsSpace(r) || r == '–' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// codeMark stands for code in prose.
const codeMark = "\x00"

// codeFacts gives what a word of code names: placeholders are nothing, and of
// KEY=value each side counts.
func codeFacts(field string) []fact {
	var out []fact
	for part := range strings.SplitSeq(field, "=") {
		part = strings.Trim(part, ".,;:!?()[]{}\"'*|")
		if q, ok := quantity(part, ""); ok {
			out = append(out, q)
			continue
		}
		if part == "" || strings.ContainsAny(part, "<>") || !strings.ContainsFunc(part, isAlnum) {
			continue
		}
		lower := strings.ToLower(part)
		out = append(out, fact{name: lower, local: lower == "true" || lower == "false"})
	}
	return out
}

func isAlnum(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// isName reports whether a word of prose is a name: a flag, a path, a file, an
// identifier or an abbreviation.
func isName(s string) bool {
	if len(s) < 2 || !isASCIIName(s) {
		return false
	}
	letters := strings.ContainsFunc(s, unicode.IsLetter)
	switch {
	case strings.HasPrefix(s, "--"), strings.Contains(s, "_"), strings.HasPrefix(s, "/") && letters:
		return true
	case strings.ContainsAny(s, "0123456789"):
		return true // v1.2, 0.0.0.0, RS256, 5xx
	case strings.ToUpper(s) == s && letters:
		return !general[strings.ToLower(s)]
	}
	dot := strings.LastIndexByte(s, '.')
	if dot > 0 && dot < len(s)-1 {
		return true // config.toml, cache.enabled
	}
	return strings.ContainsFunc(s[1:], unicode.IsUpper) && strings.ToLower(s[1:2]) == s[1:2] && s[0] >= 'a'
}

func isASCIIName(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// scale has units as their base unit and how many of it they are.
var scale = map[string]struct {
	unit string
	of   float64
}{}

func init() {
	for unit, list := range map[string]string{
		"s": "ns=1e-9 nanosecond=1e-9 µs=1e-6 us=1e-6 microsecond=1e-6 ms=1e-3 msec=1e-3 millisecond=1e-3 s=1 sec=1 second=1 m=60 min=60 minute=60 h=3600 hr=3600 hour=3600 d=86400 day=86400 week=604800 w=604800 " +
			"sekunde=1 sekunden=1 minuten=60 stunde=3600 stunden=3600 tag=86400 tage=86400 seconde=1 heure=3600 jour=86400 segundo=1 minuto=60 hora=3600 día=86400",
		"b": "b=1 byte=1 kb=1024 kib=1024 kilobyte=1024 mb=1048576 mib=1048576 megabyte=1048576 gb=1073741824 gib=1073741824 gigabyte=1073741824 " +
			"tb=1099511627776 tib=1099511627776 terabyte=1099511627776",
		"%": "%=1 percent=1 prozent=1",
	} {
		for pair := range strings.FieldsSeq(list) {
			name, of, _ := strings.Cut(pair, "=")
			n, _ := strconv.ParseFloat(of, 64)
			scale[name] = struct {
				unit string
				of   float64
			}{unit, n}
		}
	}
}

// spelled are numbers as words. One is a pronoun, too: it counts before a unit.
var spelled = map[string]float64{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
	"zero": 0, "nine": 9, "ten": 10, "twelve": 12, "once": 1, "twice": 2, "a": 1, "an": 1}

// quantity reads a number with its unit, which may be the next word.
func quantity(s, next string) (fact, bool) {
	lower := strings.ToLower(s)
	n, isWord := spelled[lower]
	suffix := ""
	if !isWord {
		if !strings.ContainsAny(s, "0123456789") {
			return fact{}, false
		}
		m := number.FindStringSubmatch(s)
		if m == nil {
			return fact{}, false
		}
		n, _ = strconv.ParseFloat(strings.ReplaceAll(m[1], ",", "")+m[2], 64)
		suffix = m[3]
	}
	if suffix == "" {
		suffix = next
		if _, known := unitOf(next); !known {
			suffix = ""
		}
	}
	u, known := unitOf(suffix)
	switch {
	case known:
		return fact{number: n * u.of, count: n, unit: u.unit, local: true}, true
	case suffix != "", isWord && (n == 1 || lower == "twice"):
		return fact{}, false // an identifier; a pronoun
	}
	return fact{number: n, count: n, local: true}, true
}

func unitOf(s string) (u struct {
	unit string
	of   float64
}, known bool) {
	s = strings.ToLower(s)
	if u, known = scale[s]; !known {
		u, known = scale[strings.TrimSuffix(s, "s")]
	}
	return u, known && s != ""
}

// same reports whether two quantities are one: a number without a unit is the
// same as one with it.
func (f fact) same(o fact) bool {
	switch {
	case f.unit == o.unit:
		return alike(f.number, o.number)
	case f.unit == "" || o.unit == "":
		return alike(f.count, o.count)
	}
	return false
}

func alike(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Abs(a) }

// quantities gives the numbers of a text.
func quantities(text string) []fact {
	var out []fact
	fields := strings.FieldsFunc(text, func(r rune) bool { return divides(r) || r == '`' || r == '=' || r == '|' })
	for i, f := range fields {
		next := ""
		if i+1 < len(fields) {
			next = strings.Trim(fields[i+1], edges)
		}
		if q, ok := quantity(strings.Trim(f, edges), next); ok {
			out = append(out, q)
		}
	}
	return out
}

// lettered is a text as facts are looked for in it.
type lettered struct {
	lower   string
	amounts []fact // its numbers
}

func letteredOf(text string) lettered {
	lower := strings.ToLower(text)
	return lettered{lower, quantities(lower)}
}

// in reports whether a text has the fact.
func (f fact) in(text lettered) bool {
	if f.name == "" {
		return slices.ContainsFunc(text.amounts, f.same)
	}
	if stands(text.lower, f.name) {
		return true
	}
	parts := strings.Split(f.name, ".")
	if len(parts) < 2 || strings.ContainsAny(f.name, "/0123456789") || isFile(f.name) {
		return false
	}
	for _, p := range parts { // a.b may stand as two lines of YAML
		if !stands(text.lower, p+":") {
			return false
		}
	}
	return true
}

var file = regexp.MustCompile(`\.(md|ya?ml|toml|json|ini|conf|cfg|env|txt|log|db|sh|go|py|js|ts|html|css|xml|zip|gz)$`)

func isFile(s string) bool { return file.MatchString(s) }

// stands reports whether name is in text and no part of a longer name there.
func stands(text, name string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], name)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(name)
		if !joined(text, start-1, name[0], -1) && !joined(text, end, name[len(name)-1], 1) {
			return true
		}
		at = start + 1
	}
}

// joined reports whether the character at i belongs to the name beside it: a
// letter, a digit, or what joins them to more of it.
func joined(text string, i int, edge byte, step int) bool {
	if i < 0 || i >= len(text) || !isAlnum(rune(edge)) {
		return false
	}
	c := text[i]
	if isAlnum(rune(c)) || c == '_' || c >= 0x80 {
		return true
	}
	next := i + step
	return (c == '-' || step < 0 && c == '.' || step > 0 && c == '.') && next >= 0 && next < len(text) && isAlnum(rune(text[next]))
}
