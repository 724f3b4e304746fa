package site

import (
	"slices"
	"strconv"
)

// A value that was read from JavaScript is a string, a float64, a bool, nil,
// []any, or one of these.
type (
	// jsObject keeps the order of its keys, which is a navigation's.
	jsObject struct {
		keys   []string
		values map[string]any
		open   bool // something was spread into it that could not be read
	}
	// jsCall is a call that only the framework understands, such as
	// starlight({...}).
	jsCall struct {
		name string // as written; an import's is that in its module
		from string // the module that the function is imported from; "" where it is none
		args []any
		of   *jsCall // the call whose result is called: f(a)(b); nil for others
		line int
	}
	// jsClosure is a function.
	jsClosure struct {
		node *jsNode
		env  *jsEnv
	}
	// jsUnknown is what only running the code would tell.
	jsUnknown struct {
		text string // as written, or the name of what could not be found
		line int
		from string // the module of a name that is imported from a package
	}
)

func newJSObject() *jsObject { return &jsObject{values: map[string]any{}} }

func (o *jsObject) set(key string, value any) {
	if _, known := o.values[key]; !known {
		o.keys = append(o.keys, key)
	}
	o.values[key] = value
}

// get is the value of a key; nil where there is none. o may be nil.
func (o *jsObject) get(key string) any {
	if o == nil {
		return nil
	}
	return o.values[key]
}

// text is the string that a key has; "" where it has none.
func (o *jsObject) text(key string) string {
	s, _ := o.get(key).(string)
	return s
}

// object is the object that a key has; nil where it has none.
func (o *jsObject) object(key string) *jsObject {
	of, _ := o.get(key).(*jsObject)
	return of
}

// list is the list that a key has; nil where it has none.
func (o *jsObject) list(key string) []any {
	of, _ := o.get(key).([]any)
	return of
}

// is reports whether a key is true.
func (o *jsObject) is(key string) bool { return o.get(key) == true }

// ordered gives the keys in the order in which JavaScript goes through them:
// those that are whole numbers first.
func (o *jsObject) ordered() []string {
	if o == nil {
		return nil
	}
	keys := slices.Clone(o.keys)
	slices.SortStableFunc(keys, func(a, b string) int { return jsIndex(a) - jsIndex(b) })
	return keys
}

// jsIndex is a key's place among those that are whole numbers.
func jsIndex(key string) int {
	n, err := strconv.Atoi(key)
	if err != nil || n < 0 || n >= 1<<30 || strconv.Itoa(n) != key {
		return 1 << 30
	}
	return n
}

// jsTruthy reports whether a condition holds.
func jsTruthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case float64:
		return v != 0
	}
	return true
}

// jsAsText is a value as a part of a text.
func jsAsText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// jsConfig gives the object that a configuration is: what it exports, what it
// hands to a function like defineConfig, or what its function returns.
func jsConfig(v any) *jsObject {
	for range 10 {
		switch of := v.(type) {
		case *jsObject:
			return of
		case *jsClosure:
			v = of.call(nil)
		case *jsCall:
			v = nil
			for _, arg := range of.args {
				if o := jsConfig(arg); o != nil {
					v = o
					break
				}
			}
		default:
			return nil
		}
	}
	return nil
}

// callsOf gives the calls in a value to a function that is imported from a
// module, outer ones first: of withOther(nextra({...})({...})) that of nextra.
func callsOf(v any, module string) []*jsCall {
	return callsWithin(v, module, 0)
}

func callsWithin(v any, module string, depth int) []*jsCall {
	if depth > 10 {
		return nil
	}
	var inner []any
	switch v := v.(type) {
	case *jsCall:
		if v.from == module {
			return []*jsCall{v}
		}
		inner = v.args
	case []any:
		inner = v
	case *jsClosure:
		inner = []any{v.call(nil)}
	case jsUnknown:
		if v.from == module {
			return []*jsCall{{name: v.text, from: module, line: v.line}}
		}
	}
	var all []*jsCall
	for _, in := range inner {
		all = append(all, callsWithin(in, module, depth+1)...)
	}
	return all
}
