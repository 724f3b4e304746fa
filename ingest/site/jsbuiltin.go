package site

import (
	"path"
	"slices"
	"strings"
)

// builtin is what functions of the language and of Node give.
func (e *jsEnv) builtin(name string, args []any, line int) (v any, ok bool) {
	switch name {
	case "require":
		if from, ok := first(args).(string); ok {
			return e.module.imported(jsImport{from, "*"}, line), true
		}
	case "require.resolve":
		if at, ok := first(args).(string); ok && strings.HasPrefix(at, ".") {
			if file, ok := e.module.resolve(at); ok {
				return "/" + file, true
			}
			return e.module.absolute(at), true
		}
		return first(args), true
	case "fileURLToPath", "url.fileURLToPath":
		return e.fileOf(first(args))
	case "JSON.parse":
		if in, ok := first(args).(*jsCall); ok && strings.HasSuffix(in.name, "readFileSync") {
			if file, ok := e.fileOf(first(in.args)); ok && path.Ext(file.(string)) == ".json" {
				return e.module.imported(jsImport{file.(string), "default"}, line), true
			}
		}
	case "path.resolve", "path.join", "path.posix.join", "resolve", "join":
		if joined, ok := joinPaths(args); ok {
			return joined, true
		}
	case "Object.freeze", "structuredClone":
		return first(args), true
	}
	return nil, false
}

// fileOf is the path that a value names: a text, or a URL of the module's own.
func (e *jsEnv) fileOf(v any) (file any, ok bool) {
	switch v := v.(type) {
	case string:
		if strings.HasPrefix(v, "/") {
			return v, true
		}
		return e.module.absolute(v), true
	case *jsCall:
		if at, ok := first(v.args).(string); ok && v.name == "URL" && strings.HasPrefix(at, ".") {
			return e.module.absolute(at), true
		}
	}
	return nil, false
}

// listMethod is what a list's method gives, of those that configurations use.
// What a filter would leave out, other than what is not there, stays.
func listMethod(list []any, method string, args []any) (v any, ok bool) {
	switch method {
	case "concat":
		return append(list[:len(list):len(list)], flat(args)...), true
	case "filter":
		return slices.DeleteFunc(slices.Clone(list), func(v any) bool { return v == nil || v == false || v == "" }), true
	case "flat":
		return flat(list), true
	case "map", "flatMap":
		fn, isFunc := first(args).(*jsClosure)
		if !isFunc {
			return nil, false
		}
		all := make([]any, len(list))
		for i, item := range list {
			all[i] = fn.call([]any{item, float64(i)})
		}
		if method == "flatMap" {
			return flat(all), true
		}
		return all, true
	}
	return nil, false
}

func first(list []any) any {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// flat takes lists in a list apart, and leaves out what is not there.
func flat(list []any) []any {
	var all []any
	for _, v := range list {
		if more, ok := v.([]any); ok {
			all = append(all, more...)
		} else if v != nil && v != false {
			all = append(all, v)
		}
	}
	return all
}

func joinPaths(args []any) (string, bool) {
	joined := ""
	for _, a := range args {
		s, ok := a.(string)
		if !ok {
			return "", false
		}
		joined = path.Join(joined, s)
	}
	return joined, true
}
