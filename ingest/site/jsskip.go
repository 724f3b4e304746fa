package site

// jsBrackets are what opens, and what closes it.
var jsBrackets = map[string]string{"(": ")", "[": "]", "{": "}"}

// skipOne skips a token, or all up to the bracket that closes it.
func (p *jsParser) skipOne() {
	var open []string
	for {
		t := p.take()
		if t.kind == jsEnd {
			return
		}
		if t.kind == jsPunct {
			if end, opens := jsBrackets[t.text]; opens {
				open = append(open, end)
			} else if n := len(open); n > 0 && t.text == open[n-1] {
				open = open[:n-1]
			}
		}
		if len(open) == 0 {
			return
		}
	}
}

// jsBegins are the words with which a statement begins.
var jsBegins = map[string]bool{
	"const": true, "let": true, "var": true, "function": true, "async": true, "export": true, "import": true, "return": true,
	"module": true, "if": true, "for": true, "class": true, "type": true, "interface": true,
}

// skip skips what is left of a statement.
func (p *jsParser) skip() {
	for {
		t := p.peek()
		switch {
		case t.kind == jsEnd, t.is("}"):
			return
		case t.is(";"):
			p.at++
			return
		case t.newline && t.kind == jsName && jsBegins[t.text]:
			return
		}
		p.skipOne()
	}
}

// jsMaxTypeTokens bounds how far a "<" is looked after.
const jsMaxTypeTokens = 100

// typeArguments skips <A, B> where that is what stands before a call or
// parameters.
func (p *jsParser) typeArguments() bool {
	before, depth := p.at, 0
	for t := p.peek(); t.kind != jsEnd && !t.is(";") && p.at < before+jsMaxTypeTokens; t = p.peek() {
		switch {
		case t.is("<"):
			depth++
			p.at++
		case t.is(">"):
			p.at++
			if depth--; depth == 0 {
				if p.peek().is("(") {
					return true
				}
				p.at = before
				return false
			}
		case t.is(")"), t.is("]"), t.is("}"):
			p.at = before
			return false
		default:
			p.skipOne()
		}
	}
	p.at = before
	return false
}

// skipType skips a TypeScript type.
func (p *jsParser) skipType() {
	for {
		for p.accept("|") || p.accept("&") || p.accept("typeof") || p.accept("keyof") || p.accept("readonly") {
		}
		switch t := p.peek(); {
		case t.is("("):
			p.skipOne()
			if p.accept("=>") {
				p.skipType()
			}
		case t.is("{"), t.is("["), t.kind == jsName, t.kind == jsString, t.kind == jsNumber, t.kind == jsTemplate:
			p.skipOne()
		default:
			return
		}
		for {
			t := p.peek()
			if t.is(".") {
				p.at += 2
			} else if t.is("[") && !t.newline {
				p.skipOne()
			} else if !t.is("<") || !p.skipAngles() {
				break
			}
		}
		if t := p.peek(); !t.is("|") && !t.is("&") {
			p.at = min(p.at, len(p.tokens)-1)
			return
		}
	}
}

// skipAngles skips <A, B<C>>.
func (p *jsParser) skipAngles() bool {
	depth := 0
	for t := p.peek(); t.kind != jsEnd; t = p.peek() {
		switch {
		case t.is("<"):
			depth++
			p.at++
		case t.is(">"):
			p.at++
			if depth--; depth == 0 {
				return true
			}
		default:
			p.skipOne()
		}
	}
	return false
}

// skipElement skips a JSX element with all that is in it.
func (p *jsParser) skipElement() {
	for depth := 0; p.peek().kind != jsEnd; {
		switch {
		case p.peek().is("<") && p.ahead(1).is("/"):
			depth--
			p.skipTag()
		case p.peek().is("<"):
			if !p.skipTag() {
				depth++
			}
		default:
			p.skipOne()
			continue
		}
		if depth <= 0 {
			return
		}
	}
}

// skipTag skips a tag, and reports whether it closes itself.
func (p *jsParser) skipTag() (closes bool) {
	p.at++
	for t := p.peek(); t.kind != jsEnd; t = p.peek() {
		if t.is(">") {
			closes = p.tokens[p.at-1].is("/")
			p.at++
			return closes
		}
		p.skipOne()
	}
	return true
}
