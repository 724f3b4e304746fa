package site

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// python reads the settings of a Python file as far as they are written out:
// assignments of literals at the beginning of lines, and what adds to them. It
// runs nothing: what is computed is unknown.
type python struct {
	src    string
	at     int
	depth  int // of expressions within each other
	open   int // brackets: within them a line's end is white space
	values map[string]any
}

// unknown is a value that only a run of the program tells.
type unknown struct{}

// pythonSettings gives what the file's names are set to.
func pythonSettings(src string) map[string]any {
	p := &python{src: strings.ReplaceAll(src, "\r\n", "\n"), values: map[string]any{}}
	for p.at < len(p.src) {
		p.statement()
		p.endOfStatement()
	}
	return p.values
}

// statement reads what begins a line, if it is an assignment or adds to a list.
func (p *python) statement() {
	name := p.name()
	if name == "" {
		return
	}
	switch p.space(); {
	case p.take("+="):
		p.values[name] = added(p.values[name], p.expression())
	case p.take(":"): // an annotation
		if i := strings.IndexAny(p.src[p.at:], "=\n"); i >= 0 && p.src[p.at+i] == '=' {
			p.at += i + 1
			p.values[name] = p.expression()
		}
	case strings.HasPrefix(p.src[p.at:], "=") && !strings.HasPrefix(p.src[p.at:], "=="):
		p.at++
		p.values[name] = p.expression()
	case p.take(".append("):
		p.values[name] = added(p.values[name], []any{p.expression()})
	case p.take(".extend("):
		p.values[name] = added(p.values[name], p.expression())
	case p.take("["):
		p.item(name)
	}
}

// item reads the assignment of a table's value.
func (p *python) item(name string) {
	key, ok := p.expression().(string)
	if t := table(p.values[name]); ok && t != nil && p.take("]") {
		if p.space(); p.take("=") {
			t[key] = p.expression()
		}
	}
}

// endOfStatement goes on to the next line that is not within brackets or a
// string, nor indented.
func (p *python) endOfStatement() {
	for open := 0; p.at < len(p.src); {
		switch c := p.src[p.at]; {
		case c == '#':
			p.comment()
			continue
		case c == '"' || c == '\'':
			p.text("")
			continue
		case strings.IndexByte("([{", c) >= 0:
			open++
		case strings.IndexByte(")]}", c) >= 0:
			open = max(0, open-1)
		case c == '\\':
			p.at++
		case c == '\n' && open == 0:
			p.at++
			if p.at < len(p.src) && strings.IndexByte(" \t\n#", p.src[p.at]) < 0 {
				return
			}
			continue
		}
		p.at++
	}
}

// expression reads a value, and those that are added to it.
func (p *python) expression() any {
	if p.depth++; p.depth > 100 {
		p.at = len(p.src)
		return unknown{}
	}
	defer func() { p.depth-- }()
	v := p.value()
	for {
		p.space()
		if !p.take("+") {
			break
		}
		v = added(v, p.value())
	}
	// What else follows makes it another value: a call, an index, an "or".
	if p.at < len(p.src) && strings.IndexByte(",)]}:#\n;=", p.src[p.at]) < 0 {
		p.skipValue()
		return unknown{}
	}
	return v
}

// skipValue goes on to what ends a value.
func (p *python) skipValue() {
	for open := 0; p.at < len(p.src); p.at++ {
		switch c := p.src[p.at]; {
		case c == '"' || c == '\'':
			p.text("")
			p.at--
		case strings.IndexByte("([{", c) >= 0:
			open++
		case strings.IndexByte(")]}", c) >= 0:
			if open == 0 {
				return
			}
			open--
		case open == 0 && strings.IndexByte(",\n#", c) >= 0:
			return
		}
	}
}

// value reads one value.
func (p *python) value() any {
	p.space()
	if p.at == len(p.src) {
		return unknown{}
	}
	switch c := p.src[p.at]; {
	case c == '"' || c == '\'':
		return p.texts("")
	case c == '[':
		return p.sequence(']')
	case c == '(':
		return p.parenthesis()
	case c == '{':
		return p.mapping()
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	}
	name := p.name()
	switch name {
	case "":
		p.at++
		return unknown{}
	case "True", "False":
		return name == "True"
	case "None":
		return nil
	}
	if p.at < len(p.src) && (p.src[p.at] == '"' || p.src[p.at] == '\'') {
		return p.texts(strings.ToLower(name))
	}
	return p.variable(name)
}

// variable is what a name stands for; what a call of it gives is known of the
// environment's defaults alone.
func (p *python) variable(name string) any {
	for p.take(".") {
		name += "." + p.name()
	}
	if !strings.HasPrefix(p.src[p.at:], "(") {
		if v, known := p.values[name]; known {
			return v
		}
		return unknown{}
	}
	args, _ := p.sequence(')').([]any)
	if (name == "os.environ.get" || name == "os.getenv") && len(args) == 2 {
		return args[1]
	}
	return unknown{}
}

// sequence reads a list, or what stands between other brackets.
func (p *python) sequence(end byte) any {
	p.at++
	p.open++
	defer func() { p.open-- }()
	all := []any{}
	for {
		p.space()
		if p.at == len(p.src) {
			return unknown{}
		}
		if p.src[p.at] == end {
			p.at++
			return all
		}
		before := p.at
		all = append(all, p.expression())
		p.space()
		if !p.take(",") && p.at < len(p.src) && p.src[p.at] != end {
			p.take("=") // the name of an argument
			if p.at == before {
				p.at++
			}
		}
	}
}

// parenthesis reads a tuple, or a value between parentheses.
func (p *python) parenthesis() any {
	start := p.at
	all, ok := p.sequence(')').([]any)
	if ok && len(all) == 1 && !strings.HasSuffix(strings.TrimRightFunc(p.src[start:p.at-1], unicode.IsSpace), ",") {
		return all[0]
	}
	return all
}

// mapping reads a table; a set is a list.
func (p *python) mapping() any {
	p.at++
	p.open++
	defer func() { p.open-- }()
	all, set := map[string]any{}, []any{}
	for {
		p.space()
		if p.at == len(p.src) {
			return unknown{}
		}
		if p.take("}") {
			if len(set) > 0 {
				return set
			}
			return all
		}
		before := p.at
		spread := p.take("**")
		key := p.expression()
		p.space()
		if spread {
			all = merged(all, table(key))
		} else if p.take(":") {
			if value := p.expression(); Text(key) != "" {
				all[Text(key)] = value
			}
		} else {
			set = append(set, key)
		}
		if p.space(); !p.take(",") && p.at == before {
			p.at++
		}
	}
}

func (p *python) number() any {
	start := p.at
	for p.at < len(p.src) && (strings.IndexByte("+-._xXeE", p.src[p.at]) >= 0 || unicode.IsDigit(rune(p.src[p.at]))) {
		p.at++
	}
	if n, err := strconv.Atoi(p.src[start:p.at]); err == nil {
		return n
	}
	if f, err := strconv.ParseFloat(p.src[start:p.at], 64); err == nil {
		return f
	}
	return unknown{}
}

// texts reads a string and those that follow it at once.
func (p *python) texts(prefix string) any {
	out, known := p.text(prefix)
	for {
		before := p.at
		p.space()
		prefix := strings.ToLower(p.name())
		if p.at == len(p.src) || p.src[p.at] != '"' && p.src[p.at] != '\'' {
			p.at = before
			break
		}
		more, ok := p.text(prefix)
		out, known = out+more, known && ok
	}
	if !known {
		return unknown{}
	}
	return out
}

// text reads one string. It is not known where the program fills it in.
func (p *python) text(prefix string) (text string, known bool) {
	quote := p.src[p.at : p.at+1]
	if strings.HasPrefix(p.src[p.at:], strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	p.at += len(quote)
	raw := strings.Contains(prefix, "r")
	var b strings.Builder
	for p.at < len(p.src) && !p.take(quote) {
		c := p.src[p.at]
		p.at++
		switch {
		case c == '\n' && len(quote) == 1: // it never ended
			return b.String(), false
		case c == '\\' && p.at < len(p.src):
			if raw {
				b.WriteByte('\\')
			}
			b.WriteString(escapeOf(p.src[p.at], raw))
			p.at++
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), !strings.Contains(prefix, "f") || !strings.Contains(b.String(), "{")
}

// escapeOf is what a character after a backslash stands for.
func escapeOf(c byte, raw bool) string {
	if !raw {
		switch c {
		case 'n':
			return "\n"
		case 't':
			return "\t"
		case '\n':
			return ""
		}
	}
	return string(rune(c))
}

func (p *python) name() string {
	start := p.at
	for p.at < len(p.src) {
		r, size := utf8.DecodeRuneInString(p.src[p.at:])
		if r != '_' && !unicode.IsLetter(r) && (p.at == start || !unicode.IsDigit(r)) {
			break
		}
		p.at += size
	}
	return p.src[start:p.at]
}

// space goes over white space, comments, and line ends within brackets, where a
// value is expected.
func (p *python) space() {
	for p.at < len(p.src) {
		switch c := p.src[p.at]; {
		case c == '#':
			p.comment()
		case c == ' ' || c == '\t' || c == '\f' || c == '\n' && p.open > 0:
			p.at++
		case c == '\\' && strings.HasPrefix(p.src[p.at:], "\\\n"):
			p.at += 2
		default:
			return
		}
	}
}

func (p *python) comment() {
	if i := strings.IndexByte(p.src[p.at:], '\n'); i >= 0 {
		p.at += i
	} else {
		p.at = len(p.src)
	}
}

func (p *python) take(s string) bool {
	if strings.HasPrefix(p.src[p.at:], s) {
		p.at += len(s)
		return true
	}
	return false
}

// added is the sum of two values.
func added(a, b any) any {
	switch a := a.(type) {
	case string:
		if b, ok := b.(string); ok {
			return a + b
		}
	case []any:
		if b, ok := b.([]any); ok {
			return append(a[:len(a):len(a)], b...)
		}
		return a // as much as is known
	case map[string]any:
		if b, ok := b.(map[string]any); ok {
			return merged(a, b)
		}
	}
	return unknown{}
}
