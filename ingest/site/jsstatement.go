package site

// statements reads declarations, exports and the first return up to the end of
// a block, and skips all else.
func (p *jsParser) statements() *jsScope {
	s := &jsScope{vars: map[string]*jsNode{}, imports: map[string]jsImport{}, exports: map[string]*jsNode{}}
	if p.depth++; p.depth > jsMaxDepth {
		p.depth--
		return s
	}
	defer func() { p.depth-- }()
	for t := p.peek(); t.kind != jsEnd && !t.is("}"); t = p.peek() {
		before := p.at
		p.statement(s)
		if p.at == before {
			p.skipOne()
		}
	}
	p.accept("}")
	return s
}

func (p *jsParser) statement(s *jsScope) {
	switch t := p.peek(); {
	case t.is("const"), t.is("let"), t.is("var"):
		p.declarations(s, nil)
	case t.is("function"), t.is("async") && p.ahead(1).is("function"):
		name, fn := p.declaredFunction()
		s.vars[name] = fn
	case t.is("import") && !p.ahead(1).is("("):
		p.imports(s)
	case t.is("export"):
		p.at++
		p.export(s)
	case t.is("return"):
		p.at++
		if s.result == nil && !p.peek().newline && !p.peek().is(";") {
			s.result = p.expression()
		}
		p.skip()
	case t.is("module") && p.ahead(1).is(".") && p.ahead(2).is("exports"):
		p.at += 3
		p.assigned(s, "default")
	case t.is("exports"):
		p.at++
		p.assigned(s, "default")
	default:
		p.skipOne()
		p.skip()
	}
}

// declarations reads const a = 1, b = 2. exports is nil where they aren't
// exported.
func (p *jsParser) declarations(s *jsScope, exports map[string]*jsNode) {
	for p.at++; ; {
		if t := p.peek(); t.is("{") || t.is("[") {
			p.destructured(s)
		} else if name := p.take(); name.kind == jsName {
			if p.accept(":") {
				p.skipType()
			}
			if p.accept("=") {
				s.vars[name.text] = p.expression()
			}
			if exports != nil {
				exports[name.text] = &jsNode{kind: jsIdent, text: name.text, line: p.line}
			}
		}
		if !p.accept(",") {
			p.skip()
			return
		}
	}
}

// destructured reads { a, b: c } = value; what a list is taken apart to stays
// unknown.
func (p *jsParser) destructured(s *jsScope) {
	isObject := p.peek().is("{")
	open := p.at
	p.skipOne()
	if p.accept(":") {
		p.skipType()
	}
	end := p.at
	if !p.accept("=") {
		return
	}
	value := p.expression()
	for i := open + 1; isObject && i < end-1; i++ {
		t := p.tokens[i]
		if t.kind != jsName || p.tokens[i-1].is("=") || p.tokens[i-1].is(":") || p.tokens[i-1].is("...") {
			continue
		}
		local := t.text
		if p.tokens[i+1].is(":") && p.tokens[i+2].kind == jsName {
			local = p.tokens[i+2].text
		}
		s.vars[local] = &jsNode{kind: jsMember, a: value, text: t.text, line: value.line}
	}
}

func (p *jsParser) export(s *jsScope) {
	switch t := p.peek(); {
	case t.is("default"):
		p.at++
		if t := p.peek(); t.is("function") || t.is("async") && p.ahead(1).is("function") {
			_, s.exports["default"] = p.declaredFunction()
			return
		}
		s.exports["default"] = p.expression()
		p.skip()
	case t.is("const"), t.is("let"), t.is("var"):
		p.declarations(s, s.exports)
	case t.is("function"), t.is("async"):
		name, fn := p.declaredFunction()
		s.vars[name], s.exports[name] = fn, fn
	case t.is("*"):
		p.at++
		if p.accept("from") {
			s.again = append(s.again, p.take().text)
		}
		p.skip()
	case t.is("{"):
		names := p.named()
		from := ""
		if p.accept("from") {
			from = p.take().text
		}
		for local, name := range names {
			s.exports[local] = &jsNode{kind: jsIdent, text: name, line: p.line}
			if from != "" {
				hidden := "export " + local
				s.imports[hidden] = jsImport{from, name}
				s.exports[local].text = hidden
			}
		}
		p.skip()
	default:
		p.skipOne()
		p.skip()
	}
}

// named reads { a, b as c }: the name that is given to each, and its own.
func (p *jsParser) named() map[string]string {
	names := map[string]string{}
	p.at++
	for !p.accept("}") && p.peek().kind != jsEnd {
		t := p.take()
		if t.kind != jsName && t.kind != jsString || t.is("type") && p.peek().kind == jsName && !p.peek().is("as") {
			continue
		}
		to := t.text
		if p.accept("as") {
			to = p.take().text
		}
		names[to] = t.text
	}
	return names
}

func (p *jsParser) imports(s *jsScope) {
	p.at++
	if p.peek().is("type") && !p.ahead(1).is("from") && !p.ahead(1).is(",") {
		p.skipOne()
		p.skip()
		return
	}
	found := map[string]string{} // what each name is in its module
	for t := p.peek(); t.kind != jsEnd && t.kind != jsString && !t.is("from") && !t.is(";"); t = p.peek() {
		switch {
		case t.is("{"):
			for to, name := range p.named() {
				found[to] = name
			}
		case t.is("*"):
			p.at++
			p.accept("as")
			found[p.take().text] = "*"
		case t.kind == jsName:
			found[p.take().text] = "default"
		default:
			p.at++
		}
	}
	if p.accept("from") && p.peek().kind == jsString {
		from := p.take().text
		for local, name := range found {
			s.imports[local] = jsImport{from, name}
		}
	}
	p.skip()
}

// assigned reads what follows module.exports or exports: a value, or a name
// and its value.
func (p *jsParser) assigned(s *jsScope, name string) {
	if p.accept(".") {
		name = p.take().text
	}
	if p.accept("=") {
		if v := p.expression(); s.exports[name] == nil {
			s.exports[name] = v
		}
	}
	p.skip()
}

func (p *jsParser) declaredFunction() (name string, fn *jsNode) {
	p.accept("async")
	fn = p.function()
	return fn.text, fn
}

// function reads function name(a, b) { ... }.
func (p *jsParser) function() *jsNode {
	n := p.node(jsFunc)
	p.at++
	p.accept("*")
	if p.peek().kind == jsName {
		n.text = p.take().text
	}
	return p.functionRest(n)
}

func (p *jsParser) functionRest(n *jsNode) *jsNode {
	if p.peek().is("<") {
		p.typeArguments()
	}
	if p.peek().is("(") {
		n.params = p.parameters()
	}
	if p.accept(":") {
		p.skipType()
	}
	if p.accept("{") {
		n.body = p.statements()
	}
	return n
}

// parameters reads (a, b = 1, c: T): the names. What is taken apart has none.
func (p *jsParser) parameters() []string {
	var names []string
	p.at++
	for !p.accept(")") && p.peek().kind != jsEnd {
		p.accept("...")
		if t := p.peek(); t.kind == jsName {
			p.at++
			names = append(names, t.text)
		} else {
			names = append(names, "")
		}
		p.recover(")")
		p.accept(",")
	}
	return names
}

// isArrow reports whether an arrow function begins here.
func (p *jsParser) isArrow() bool {
	t := p.peek()
	if t.kind == jsName {
		return p.ahead(1).is("=>")
	}
	if !t.is("(") {
		return false
	}
	before := p.at
	defer func() { p.at = before }()
	p.skipOne()
	if p.accept(":") {
		p.skipType()
	}
	return p.peek().is("=>")
}

func (p *jsParser) arrow() *jsNode {
	n := p.node(jsFunc)
	if p.peek().is("(") {
		n.params = p.parameters()
	} else {
		n.params = []string{p.take().text}
	}
	if p.accept(":") {
		p.skipType()
	}
	p.accept("=>")
	if p.accept("{") {
		n.body = p.statements()
	} else {
		n.a = p.expression()
	}
	return n
}
