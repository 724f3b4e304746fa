package ingest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// scope is what names in templates mean, the innermost first.
type scope []map[string]any

// lookup gives the value of a name such as page.title. known is false where
// nothing says what the name's first part is; a part that is not there is nil.
func (s scope) lookup(name string) (value any, known bool) {
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '[' || r == ']' || r == '"' || r == '\'' })
	if len(parts) == 0 {
		return nil, false
	}
	for _, vars := range s {
		v, ok := vars[parts[0]]
		if !ok {
			continue
		}
		for _, part := range parts[1:] {
			m, _ := v.(map[string]any)
			v = m[part]
		}
		return v, true
	}
	return nil, false
}

// variable is a name with its parts.
var variable = regexp.MustCompile(`^[\pL_$][\pL\pN_$-]*(?:\.[\pL\pN_-]+|\[(?:"[^"]*"|'[^']*'|\d+)\])*$`)

// evaluate gives the value of an expression of a template language: a literal
// or a name, with filters after it. known is false where it can't be told.
func (s scope) evaluate(expression string) (value any, known bool) {
	parts := splitOutside(expression, '|')
	value, known = s.operand(strings.TrimSpace(parts[0]))
	for _, f := range parts[1:] {
		name, arguments, _ := strings.Cut(strings.TrimSpace(f), ":")
		if at := strings.IndexByte(name, '('); at >= 0 {
			name, arguments = name[:at], strings.TrimSuffix(name[at+1:], ")")
		}
		var args []string
		for _, a := range splitOutside(arguments, ',') {
			v, _ := s.operand(strings.TrimSpace(a))
			args = append(args, shownValue(v))
		}
		value, known = filtered(strings.TrimSpace(name), value, known, args)
	}
	return value, known
}

func (s scope) operand(text string) (value any, known bool) {
	switch {
	case text == "":
		return nil, false
	case text == "true" || text == "True":
		return true, true
	case text == "false" || text == "False":
		return false, true
	case text == "nil" || text == "null" || text == "None" || text == "empty" || text == "blank":
		return nil, true
	case strings.HasPrefix(text, "include."): // what the including page left out
		return nil, true
	case len(text) > 1 && (text[0] == '"' || text[0] == '\'') && text[len(text)-1] == text[0]:
		if text[0] == '"' {
			if unquoted, err := strconv.Unquote(text); err == nil {
				return unquoted, true
			}
		}
		return text[1 : len(text)-1], true
	case variable.MatchString(text):
		return s.lookup(text)
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return n, true
	}
	return nil, false
}

// filtered applies one filter. One that is not known leaves the value as it
// is: most of them only style it.
func filtered(name string, value any, known bool, args []string) (any, bool) {
	first := ""
	if len(args) > 0 {
		first = args[0]
	}
	switch text := shownValue(value); name {
	case "default", "d":
		if !known || !truth(value) {
			return first, true
		}
	case "append":
		return text + first, known
	case "prepend":
		return first + text, known
	case "upcase", "upper":
		return strings.ToUpper(text), known
	case "downcase", "lower":
		return strings.ToLower(text), known
	case "capitalize", "title":
		for i, r := range text {
			return text[:i] + string(unicode.ToUpper(r)) + text[i+len(string(r)):], known
		}
	case "strip", "trim":
		return strings.TrimSpace(text), known
	case "remove":
		return strings.ReplaceAll(text, first, ""), known
	case "replace":
		if len(args) > 1 {
			return strings.ReplaceAll(text, first, args[1]), known
		}
	}
	return value, known
}

// shownValue is a value as a page shows it; "" where it can't be shown.
func shownValue(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case bool, int, int64, uint64:
		return fmt.Sprint(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		var all []string
		for _, one := range v {
			if text := shownValue(one); text != "" {
				all = append(all, text)
			}
		}
		return strings.Join(all, ", ")
	}
	return ""
}

func truth(value any) bool { return value != nil && value != false && value != "" }

// condition says whether an expression holds.
func (s scope) condition(expression string) (holds, known bool) {
	for _, word := range []string{" or ", " and "} {
		if left, right, found := strings.Cut(expression, word); found {
			a, knownA := s.condition(left)
			b, knownB := s.condition(right)
			if word == " or " {
				return a || b, knownA && knownB || knownA && a || knownB && b
			}
			return a && b, knownA && knownB || knownA && !a || knownB && !b
		}
	}
	expression = strings.TrimSpace(expression)
	if rest, ok := strings.CutPrefix(expression, "not "); ok {
		holds, known = s.condition(rest)
		return !holds, known
	}
	for _, op := range []string{"==", "!="} {
		if left, right, found := strings.Cut(expression, op); found {
			a, knownA := s.evaluate(left)
			b, knownB := s.evaluate(right)
			return (shownValue(a) == shownValue(b)) == (op == "=="), knownA && knownB
		}
	}
	value, known := s.evaluate(expression)
	return truth(value), known
}

// splitOutside divides text at sep where it stands outside of quotes and
// parentheses.
func splitOutside(text string, sep byte) (parts []string) {
	var quote byte
	depth, from := 0, 0
	for i := range len(text) {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == sep && depth <= 0:
			parts = append(parts, text[from:i])
			from = i + 1
		}
	}
	return append(parts, text[from:])
}
