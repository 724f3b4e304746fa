package site

import "strings"

// jsEnv is where names are looked up.
type jsEnv struct {
	scope  *jsScope
	params map[string]any
	above  *jsEnv
	module *jsModule
}

// jsMaxSteps bounds how many expressions one reading evaluates, and jsMaxCalls
// how deep functions and names lead.
const (
	jsMaxSteps = 1 << 20
	jsMaxCalls = 60
)

// eval gives the value of an expression. Nothing is run: of functions only
// what they return at their end is read.
func (e *jsEnv) eval(n *jsNode) any {
	if n == nil {
		return nil
	}
	r := e.module.reader
	if !r.spend(1) || r.depth > jsMaxCalls*jsMaxDepth {
		return jsUnknown{text: "more than can be read", line: n.line}
	}
	r.depth++
	defer func() { r.depth-- }()
	switch n.kind {
	case jsLiteral:
		return n.value
	case jsIdent:
		return e.name(n)
	case jsArray:
		return e.items(n.list)
	case jsObjectLit:
		return e.object(n)
	case jsCallExpr:
		return e.call(n)
	case jsMember:
		return e.member(n)
	case jsBinary:
		return e.binary(n)
	case jsCondition:
		return e.condition(n)
	case jsFunc:
		return &jsClosure{n, e}
	case jsTextExpr:
		return e.text(n)
	}
	return jsUnknown{text: short(n.text), line: n.line}
}

// condition gives the branch that holds. A variable of the environment is
// taken as not set.
func (e *jsEnv) condition(n *jsNode) any {
	test := e.eval(n.a)
	switch of := test.(type) {
	case *jsCall:
		return jsUnknown{text: "a condition", line: n.line}
	case jsUnknown:
		if !strings.HasPrefix(of.text, "process.env.") {
			return jsUnknown{text: "a condition", line: n.line}
		}
		test = nil
	}
	if jsTruthy(test) {
		return e.eval(n.b)
	}
	return e.eval(n.list[0].value)
}

// spend counts work; false where there was too much of it.
func (r *jsReader) spend(n int) bool {
	r.steps += n
	return r.steps <= jsMaxSteps
}

// name looks a name up.
func (e *jsEnv) name(n *jsNode) any {
	if n.text == "__dirname" {
		return e.module.absolute(".")
	}
	for at := e; at != nil; at = at.above {
		if v, ok := at.params[n.text]; ok {
			return v
		}
		if node, ok := at.scope.vars[n.text]; ok {
			return at.once(n.text, node)
		}
		if imported, ok := at.scope.imports[n.text]; ok {
			return e.module.imported(imported, n.line)
		}
	}
	return jsUnknown{text: n.text, line: n.line}
}

// once evaluates what a name was declared as, unless that leads to the name
// itself.
func (e *jsEnv) once(name string, node *jsNode) any {
	r := e.module.reader
	if r.busy[node] || r.calls > jsMaxCalls {
		return jsUnknown{text: name, line: node.line}
	}
	r.busy[node] = true
	r.calls++
	defer func() {
		r.calls--
		delete(r.busy, node)
	}()
	return e.eval(node)
}

func (e *jsEnv) items(list []jsItem) []any {
	all := make([]any, 0, len(list))
	for _, it := range list {
		v := e.eval(it.value)
		if more, ok := v.([]any); ok && it.spread {
			if e.module.reader.spend(len(more)) {
				all = append(all, more...)
			}
			continue
		}
		all = append(all, v)
	}
	return all
}

func (e *jsEnv) object(n *jsNode) any {
	o := newJSObject()
	for _, it := range n.list {
		key := it.key
		switch {
		case it.spread:
			switch more := e.eval(it.value).(type) {
			case *jsObject:
				for _, k := range more.keys {
					e.module.reader.spend(1)
					o.set(k, more.values[k])
				}
				o.open = o.open || more.open
			case nil, bool:
			default:
				o.open = true
			}
			continue
		case it.name != nil:
			var ok bool
			if key, ok = jsAsText(e.eval(it.name)); !ok {
				o.open = true
				continue
			}
		}
		o.set(key, e.eval(it.value))
	}
	return o
}

func (e *jsEnv) member(n *jsNode) any {
	if text := n.path(); text == "process.env.NODE_ENV" {
		return "production"
	} else if text == "import.meta.dirname" {
		return e.module.absolute(".")
	}
	key := n.text
	of := e.eval(n.a)
	if n.b != nil {
		switch at := e.eval(n.b).(type) {
		case float64:
			if list, ok := of.([]any); ok && at >= 0 && int(at) < len(list) {
				return list[int(at)]
			}
			return jsUnknown{text: "an element", line: n.line}
		case string:
			key = at
		default:
			return jsUnknown{text: "a property", line: n.line}
		}
	}
	switch of := of.(type) {
	case *jsObject:
		v, known := of.values[key]
		if !known && of.open {
			return jsUnknown{text: key, line: n.line}
		}
		return v
	case jsUnknown:
		return jsUnknown{text: of.text + "." + key, line: n.line, from: of.from}
	case *jsCall:
		return jsUnknown{text: of.name + "()." + key, line: n.line, from: of.from}
	}
	return jsUnknown{text: key, line: n.line}
}

// path is a.b.c as written; "" where it is more than names.
func (n *jsNode) path() string {
	switch {
	case n.kind == jsIdent:
		return n.text
	case n.kind == jsMember && n.b == nil:
		if above := n.a.path(); above != "" {
			return above + "." + n.text
		}
	}
	return ""
}

func (e *jsEnv) binary(n *jsNode) any {
	a, b := e.eval(n.a), e.eval(n.b)
	_, unknownA := a.(jsUnknown)
	_, unknownB := b.(jsUnknown)
	switch n.text {
	case "||", "??": // what the environment may override is taken as it is without
		if unknownA || a == nil || n.text == "||" && !jsTruthy(a) {
			return b
		}
		return a
	case "&&":
		if unknownA || !jsTruthy(a) {
			return a
		}
		return b
	}
	if unknownA || unknownB {
		return jsUnknown{text: "an expression", line: n.line}
	}
	switch n.text {
	case "===", "==", "!==", "!=":
		ta, okA := jsAsText(a)
		tb, okB := jsAsText(b)
		if okA && okB {
			return (ta == tb) == (n.text[0] == '=')
		}
	case "+":
		ta, okA := jsAsText(a)
		tb, okB := jsAsText(b)
		if okA && okB && e.module.reader.spend((len(ta)+len(tb))/64) {
			return ta + tb
		}
	}
	return jsUnknown{text: "an expression", line: n.line}
}

func (e *jsEnv) text(n *jsNode) any {
	var b strings.Builder
	for _, it := range n.list {
		s, ok := jsAsText(e.eval(it.value))
		if !ok || !e.module.reader.spend(len(s)/64) {
			return jsUnknown{text: "a template", line: n.line}
		}
		b.WriteString(s)
	}
	return b.String()
}

// call gives what a function that is declared here returns, or the call
// itself.
func (e *jsEnv) call(n *jsNode) any {
	name, args := n.a.path(), e.items(n.list)
	if v, ok := e.builtin(name, args, n.line); ok {
		return v
	}
	if n.a.kind == jsMember {
		if list, ok := e.eval(n.a.a).([]any); ok {
			if v, ok := listMethod(list, n.a.text, args); ok && e.module.reader.spend(len(list)) {
				return v
			}
		}
	}
	switch callee := e.eval(n.a).(type) {
	case *jsClosure:
		return callee.call(args)
	case jsUnknown:
		if callee.from != "" || name == "" {
			name = callee.text
		}
		return &jsCall{name: name, from: callee.from, args: args, line: n.line}
	case *jsCall: // nextra({...})({...})
		return &jsCall{name: callee.name, from: callee.from, args: args, of: callee, line: n.line}
	}
	return &jsCall{name: name, args: args, line: n.line}
}

// call gives what a function returns at its end.
func (c *jsClosure) call(args []any) any {
	r := c.env.module.reader
	if r.busy[c.node] || r.calls > jsMaxCalls {
		return jsUnknown{text: c.node.text, line: c.node.line}
	}
	r.busy[c.node] = true
	r.calls++
	defer func() {
		r.calls--
		delete(r.busy, c.node)
	}()
	env := &jsEnv{scope: &jsScope{}, params: map[string]any{}, above: c.env, module: c.env.module}
	for i, name := range c.node.params {
		env.params[name] = jsUnknown{text: name, line: c.node.line}
		if i < len(args) {
			env.params[name] = args[i]
		}
	}
	if c.node.body == nil {
		return env.eval(c.node.a)
	}
	env.scope = c.node.body
	return env.eval(c.node.body.result)
}

// short is a piece of source for a message.
func short(s string) string {
	s = oneLine(s)
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40]) + "…"
	}
	return s
}
