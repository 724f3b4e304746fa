package query

import "strconv"

// positional gives SQL with its named parameters as PostgreSQL numbers them, and
// their values in that order. A name that bind has no value for stays as it is.
// What it takes wrongly for a parameter, or overlooks, is an error of the SQL:
// nothing depends on it.
func positional(text string, bind map[string]string) (string, [][]byte) {
	var values [][]byte
	number := map[string]int{}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		end := passed(text, i)
		name := ""
		if text[i] == ':' && end == i+1 {
			end = wordEnd(text, i+1)
			name = text[i+1 : end]
		}
		if value, has := bind[name]; has && name != "" {
			if number[name] == 0 {
				values = append(values, []byte(value))
				number[name] = len(values)
			}
			out = append(out, "$"+strconv.Itoa(number[name])...)
		} else {
			out = append(out, text[i:end]...)
		}
		i = end
	}
	return string(out), values
}

// passed gives the end of what begins at i: a text, a quoted name, a comment, a
// word, "::", or one byte.
func passed(text string, i int) int {
	rest := text[i:]
	switch {
	case rest[0] == '\'':
		return quotedEnd(text, i+1, '\'', false)
	case rest[0] == '"':
		return quotedEnd(text, i+1, '"', false)
	case len(rest) > 1 && (rest[0] == 'e' || rest[0] == 'E') && rest[1] == '\'':
		return quotedEnd(text, i+2, '\'', true)
	case rest[0] == '$':
		return dollarEnd(text, i)
	case len(rest) > 1 && rest[:2] == "--":
		for i < len(text) && text[i] != '\n' {
			i++
		}
		return i
	case len(rest) > 1 && rest[:2] == "/*":
		return commentEnd(text, i)
	case len(rest) > 1 && rest[:2] == "::":
		return i + 2
	case wordByte(rest[0]):
		return wordEnd(text, i)
	}
	return i + 1
}

// quotedEnd gives the end of a text that began before i.
func quotedEnd(text string, i int, quote byte, escapes bool) int {
	for ; i < len(text); i++ {
		switch {
		case escapes && text[i] == '\\':
			i++
		case text[i] == quote && i+1 < len(text) && text[i+1] == quote:
			i++
		case text[i] == quote:
			return i + 1
		}
	}
	return len(text)
}

// dollarEnd gives the end of a text between $tag$ and $tag$, or of the dollar.
func dollarEnd(text string, i int) int {
	end := wordEnd(text, i+1)
	if end >= len(text) || text[end] != '$' || end > i+1 && text[i+1] >= '0' && text[i+1] <= '9' {
		return i + 1
	}
	tag := text[i : end+1]
	for at := end + 1; at+len(tag) <= len(text); at++ {
		if text[at:at+len(tag)] == tag {
			return at + len(tag)
		}
	}
	return len(text)
}

// commentEnd gives the end of a comment, which may hold others.
func commentEnd(text string, i int) int {
	depth := 0
	for i+1 < len(text) {
		switch text[i : i+2] {
		case "/*":
			depth++
			i += 2
		case "*/":
			depth--
			i += 2
			if depth == 0 {
				return i
			}
		default:
			i++
		}
	}
	return len(text)
}

func wordEnd(text string, i int) int {
	for i < len(text) && wordByte(text[i]) {
		i++
	}
	return i
}

func wordByte(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= 0x80
}
