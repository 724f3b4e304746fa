package site

import (
	"regexp"
	"strings"
)

// route is a pattern of paths with named parts, such as "en/:rest*", as
// VitePress and Next.js have them.
type route struct {
	pattern *regexp.Regexp
	names   []string
}

// routePart is :name, :name(expression) or (expression), with how often it may
// stand there.
var routePart = regexp.MustCompile(`(/?)(?::(\w+)(\((?:[^()]|\([^()]*\))*\))?|(\((?:[^()]|\([^()]*\))*\)))([*+?]?)`)

// newRoute reads a pattern; ok is false for one that can't be read.
func newRoute(text string) (r route, ok bool) {
	if strings.HasPrefix(text, "^") {
		return r, false // an expression as a whole
	}
	var b strings.Builder
	b.WriteString("^")
	at := 0
	for _, m := range routePart.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(regexp.QuoteMeta(text[at:m[0]]))
		at = m[1]
		group := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return text[m[2*i]:m[2*i+1]]
		}
		slash, name, inner := group(1), group(2), group(3)+group(4)
		if name == "" {
			name = string(rune('0' + len(r.names)))
		}
		if inner == "" {
			inner = `([^/#?]+?)`
		}
		inner = strings.ReplaceAll(inner[1:len(inner)-1], "(", "(?:")
		inner = strings.ReplaceAll(inner, "(?:?", "(?")
		switch group(5) {
		case "*":
			b.WriteString("(?:" + slash + "((?:" + inner + ")(?:/(?:" + inner + "))*))?")
		case "+":
			b.WriteString(slash + "((?:" + inner + ")(?:/(?:" + inner + "))*)")
		case "?":
			b.WriteString("(?:" + slash + "(" + inner + "))?")
		default:
			b.WriteString(slash + "(" + inner + ")")
		}
		r.names = append(r.names, name)
	}
	b.WriteString(regexp.QuoteMeta(text[at:]) + "/?$")
	var err error
	r.pattern, err = regexp.Compile("(?i)" + b.String())
	return r, err == nil
}

// rewrite gives what a path becomes that fits: the target with its named parts
// filled in.
func (r route) rewrite(path, target string) (to string, ok bool) {
	m := r.pattern.FindStringSubmatch(path)
	if m == nil || len(m) != len(r.names)+1 {
		return "", false
	}
	return routePart.ReplaceAllStringFunc(target, func(part string) string {
		p := routePart.FindStringSubmatch(part)
		for i, name := range r.names {
			if name == p[2] && name != "" {
				if m[i+1] == "" {
					return ""
				}
				return p[1] + m[i+1]
			}
		}
		return part
	}), true
}
