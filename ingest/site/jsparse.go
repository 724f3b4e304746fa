package site

import (
	"strconv"
	"strings"
)

// jsNode is an expression. Which of its fields mean something depends on
// kind.
type jsNode struct {
	kind   jsNodeKind
	text   string // a name, an operator, a property; of what can't be read, its source
	value  any    // of a literal: string, float64, bool or nil
	list   []jsItem
	a, b   *jsNode // operands; a is the callee, or the object of a property
	params []string
	body   *jsScope // of a function in braces
	line   int
}

type jsNodeKind int

const (
	jsUnreadable jsNodeKind = iota
	jsLiteral
	jsIdent
	jsArray
	jsObjectLit
	jsCallExpr
	jsMember    // a.text, or a[b]
	jsBinary    // a text b
	jsCondition // a ? b : list[0]
	jsFunc      // a, or body
	jsTextExpr  // a template: list are its pieces
)

// jsItem is an element, a property, an argument or a piece of a template.
type jsItem struct {
	key    string
	name   *jsNode // of a computed key
	spread bool
	value  *jsNode
}

// jsScope holds what a module or a function declares.
type jsScope struct {
	vars    map[string]*jsNode
	imports map[string]jsImport
	exports map[string]*jsNode // "default" is the module's own value
	again   []string           // modules of which everything is exported
	result  *jsNode            // what a function returns first
}

// jsImport is a name that another module gives.
type jsImport struct {
	from, name string // name "*" is the module itself
}

// jsMaxDepth bounds how deep expressions nest.
const jsMaxDepth = 200

// jsParser reads expressions and declarations, and skips all else. It never
// fails: what it can't read becomes jsUnreadable.
type jsParser struct {
	src    string
	tokens []jsToken
	at     int
	depth  int
	line   int // of the token at lineAt, as lines are counted on the way
	lineAt int
}

func jsParse(src string) *jsScope {
	p := &jsParser{src: src, tokens: jsLex(src), line: 1}
	return p.statements()
}

func (p *jsParser) peek() jsToken { return p.tokens[p.at] }

func (p *jsParser) ahead(n int) jsToken { return p.tokens[min(p.at+n, len(p.tokens)-1)] }

func (p *jsParser) take() jsToken {
	t := p.tokens[p.at]
	if t.kind != jsEnd {
		p.at++
	}
	return t
}

func (p *jsParser) accept(text string) bool {
	if p.peek().is(text) {
		p.at++
		return true
	}
	return false
}

// node begins an expression at the current token.
func (p *jsParser) node(kind jsNodeKind) *jsNode {
	at := p.peek().at
	if at > p.lineAt {
		p.line += strings.Count(p.src[p.lineAt:at], "\n")
		p.lineAt = at
	}
	return &jsNode{kind: kind, line: p.line}
}

// unreadable is what stands from the token at start to the current one.
func (p *jsParser) unreadable(n *jsNode, start int) *jsNode {
	from, to := p.tokens[start].at, p.tokens[start].end
	if p.at > start {
		to = p.tokens[p.at-1].end
	}
	return &jsNode{kind: jsUnreadable, text: p.src[from:to], line: n.line}
}

// expression reads an expression, without commas.
func (p *jsParser) expression() *jsNode {
	start, n := p.at, p.node(jsCondition)
	if p.depth++; p.depth > jsMaxDepth {
		p.depth--
		p.skip()
		return p.unreadable(n, start)
	}
	defer func() { p.depth-- }()
	n.a = p.binary(0)
	if !p.accept("?") {
		return n.a
	}
	n.b = p.expression()
	p.accept(":")
	n.list = []jsItem{{value: p.expression()}}
	return n
}

// jsOperators by how closely they bind, the loosest first.
var jsOperators = [][]string{{"??", "||"}, {"&&"}, {"===", "!==", "==", "!="}, {"<", ">"}, {"+", "-"}, {"*", "/", "%"}}

func (p *jsParser) binary(level int) *jsNode {
	if level == len(jsOperators) {
		return p.unary()
	}
	left := p.binary(level + 1)
	for {
		op := ""
		for _, o := range jsOperators[level] {
			if t := p.peek(); t.kind == jsPunct && t.text == o {
				op = o
			}
		}
		if op == "" {
			return left
		}
		n := p.node(jsBinary)
		p.at++
		n.text, n.a, n.b = op, left, p.binary(level+1)
		left = n
	}
}

func (p *jsParser) unary() *jsNode {
	start, n, t := p.at, p.node(jsUnreadable), p.peek()
	if t.kind == jsName && t.text == "await" {
		p.at++
		return p.unary()
	}
	if t.is("!") || t.is("-") || t.is("+") || t.is("typeof") || t.is("void") || t.is("~") {
		p.at++
		if of := p.unary(); t.text == "-" && of.kind == jsLiteral {
			if f, ok := of.value.(float64); ok {
				n.kind, n.value = jsLiteral, -f
				return n
			}
		} else if t.text == "!" && of.kind == jsLiteral {
			n.kind, n.value = jsLiteral, !jsTruthy(of.value)
			return n
		}
		return p.unreadable(n, start)
	}
	return p.postfix(p.primary())
}

// postfix reads what may follow a value: properties, calls, types.
func (p *jsParser) postfix(n *jsNode) *jsNode {
	for {
		t := p.peek()
		switch {
		case t.is(".") || t.is("?.") && p.ahead(1).kind == jsName:
			p.at++
			next := p.node(jsMember)
			next.a, next.text = n, p.take().text
			n = next
		case t.is("?."):
			p.at++
		case t.is("["):
			next := p.node(jsMember)
			p.at++
			next.a, next.b = n, p.expression()
			p.closing("]")
			n = next
		case t.is("("):
			n = p.call(n)
		case t.is("<") && n.kind == jsIdent && p.typeArguments():
		case t.is("!") && !t.newline: // it is not null
			p.at++
		case t.kind == jsName && !t.newline && (t.text == "as" || t.text == "satisfies"):
			p.at++
			p.skipType()
		case t.kind == jsTemplate: // tagged
			p.at++
			n = &jsNode{kind: jsUnreadable, text: p.src[t.at:t.end], line: n.line}
		default:
			return n
		}
	}
}

func (p *jsParser) call(callee *jsNode) *jsNode {
	n := p.node(jsCallExpr)
	p.at++
	n.a, n.list = callee, p.items(")")
	return n
}

// items reads elements or arguments up to the closing bracket.
func (p *jsParser) items(end string) []jsItem {
	var items []jsItem
	for !p.accept(end) && p.peek().kind != jsEnd {
		if p.accept(",") {
			continue
		}
		it := jsItem{spread: p.accept("...")}
		it.value = p.expression()
		items = append(items, it)
		p.recover(end)
	}
	return items
}

// recover skips what does not belong between two items.
func (p *jsParser) recover(end string) {
	for t := p.peek(); t.kind != jsEnd && !t.is(",") && !t.is(end); t = p.peek() {
		if t.is(")") || t.is("]") || t.is("}") {
			p.at++ // one that nothing opened
			continue
		}
		p.skipOne()
	}
}

// closing skips to a bracket and takes it.
func (p *jsParser) closing(end string) {
	p.recover(end)
	for p.accept(",") {
		p.recover(end)
	}
	p.accept(end)
}

func (p *jsParser) primary() *jsNode {
	start, n, t := p.at, p.node(jsLiteral), p.peek()
	switch {
	case t.is("async") && !p.ahead(1).is("=>"):
		p.at++
		return p.primary()
	case t.is("function"):
		return p.function()
	case p.isArrow():
		return p.arrow()
	case t.is("new"):
		p.at++
		return p.primary()
	case t.is("{"):
		return p.object()
	case t.is("["):
		p.at++
		n.kind, n.list = jsArray, p.items("]")
		return n
	case t.is("("):
		p.at++
		in := p.expression()
		p.closing(")")
		return in
	case t.is("<") && (p.ahead(1).kind == jsName || p.ahead(1).is(">")):
		p.skipElement()
		return p.unreadable(n, start)
	case t.is(")"), t.is("]"), t.is("}"), t.is(","), t.is(";"), t.kind == jsEnd:
		return p.unreadable(n, start)
	}
	p.at++
	switch t.kind {
	case jsString:
		n.value = t.text
	case jsTemplate:
		return p.text(n, t.text)
	case jsNumber:
		f, err := strconv.ParseFloat(strings.ReplaceAll(t.text, "_", ""), 64)
		if err != nil {
			return p.unreadable(n, start)
		}
		n.value = f
	case jsName:
		return jsWord(n, t.text)
	default:
		return p.unreadable(n, start)
	}
	return n
}

func jsWord(n *jsNode, word string) *jsNode {
	switch word {
	case "true":
		n.value = true
	case "false":
		n.value = false
	case "null", "undefined":
	default:
		n.kind, n.text = jsIdent, word
	}
	return n
}

// text reads a template's pieces.
func (p *jsParser) text(n *jsNode, raw string) *jsNode {
	n.kind = jsTextExpr
	for raw != "" {
		before, rest, found := strings.Cut(raw, "${")
		n.list = append(n.list, jsItem{value: &jsNode{kind: jsLiteral, value: jsUnquote(before), line: n.line}})
		if !found {
			break
		}
		inner := &jsParser{src: rest, tokens: jsLex(rest), line: n.line, depth: p.depth + 1}
		n.list = append(n.list, jsItem{value: inner.expression()})
		inner.recover("}")
		end := inner.peek().end
		raw = rest[min(end, len(rest)):]
	}
	return n
}

func (p *jsParser) object() *jsNode {
	n := p.node(jsObjectLit)
	p.at++
	for !p.accept("}") && p.peek().kind != jsEnd {
		if p.accept(",") {
			continue
		}
		if it, ok := p.property(); ok {
			n.list = append(n.list, it)
		}
		p.recover("}")
	}
	return n
}

// property reads a property of an object; ok is false for accessors.
func (p *jsParser) property() (it jsItem, ok bool) {
	if p.accept("...") {
		return jsItem{spread: true, value: p.expression()}, true
	}
	accessor := false
	for t, next := p.peek(), p.ahead(1); (t.is("async") || t.is("get") || t.is("set") || t.is("*")) &&
		!next.is(":") && !next.is(",") && !next.is("}") && !next.is("("); t, next = p.peek(), p.ahead(1) {
		accessor = t.is("get") || t.is("set")
		p.at++
	}
	t := p.take()
	it.key = t.text
	short := &jsNode{kind: jsIdent, text: t.text, line: p.line}
	switch {
	case t.is("["):
		it.name = p.expression()
		p.closing("]")
	case t.kind == jsPunct, t.kind == jsRegexp, t.kind == jsTemplate:
		return it, false
	}
	switch {
	case p.accept(":"):
		it.value = p.expression()
	case p.peek().is("("): // a method
		it.value = p.functionRest(p.node(jsFunc))
		return it, !accessor
	case t.kind == jsName:
		it.value = short
	default:
		return it, false
	}
	return it, true
}
