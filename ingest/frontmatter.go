package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"go.yaml.in/yaml/v3"

	"docent"
)

// frontMatter takes the front matter off a page: YAML between ---, TOML
// between +++, or a JSON object. meta is nil where there is none. lines is how
// many lines it was. What can't be
// read as front matter is left out with a warning where its end is known, and
// stays text where it isn't.
func frontMatter(text []byte) (meta map[string]any, body []byte, lines int, warn *docent.Warning) {
	var block []byte
	var err error
	switch {
	case isFence(text, "---"):
		if block, body = fenced(text, "---", "..."); block == nil {
			return nil, text, 0, unclosed(text, "---", ':')
		}
		var v any
		if err = yaml.Unmarshal(block, &v); err != nil {
			if meta = quotedYAML(block); meta != nil {
				lines = bytes.Count(text[:len(text)-len(body)], []byte("\n"))
				return meta, body, lines, unquoted(errorLine(block, err))
			}
		}
		var ok bool
		if meta, ok = v.(map[string]any); !ok && (v != nil || err != nil && !yamlKey.Match(block)) {
			return nil, text, 0, nil // two thematic breaks with prose between them
		}
		if v == nil && err == nil {
			meta = map[string]any{} // empty, but there: a site may ask no more of a page
		}
	case isFence(text, "+++"):
		if block, body = fenced(text, "+++"); block == nil {
			return nil, text, 0, unclosed(text, "+++", '=')
		}
		err = toml.Unmarshal(block, &meta)
	case looksLikeJSON(text):
		if block, body, err = jsonObject(text, &meta); block == nil {
			return nil, text, 0, problem(1, err)
		}
	default:
		return nil, text, 0, nil
	}
	lines = bytes.Count(text[:len(text)-len(body)], []byte("\n"))
	if err != nil {
		return nil, body, lines, problem(errorLine(block, err), err)
	}
	return meta, body, lines, nil
}

// multiMarkdown takes off lines of keys and values without fences, up to the
// first one that is neither a key nor indented. Keys are in lower case; meta is
// nil where there is none.
func multiMarkdown(text []byte) (meta map[string]any, body []byte, lines int) {
	body, key := text, ""
	for len(body) > 0 {
		line, rest, _ := bytes.Cut(body, []byte("\n"))
		m := multiMarkdownKey.FindSubmatch(line)
		indented := bytes.HasPrefix(line, []byte("    ")) || bytes.HasPrefix(line, []byte("\t"))
		value := string(bytes.TrimSpace(line))
		switch {
		case m != nil:
			if key, value = strings.ToLower(string(m[1])), string(bytes.TrimSpace(m[2])); meta == nil {
				meta = map[string]any{}
			}
		case value == "" || key == "" || !indented:
			return meta, body, lines
		}
		if before, again := meta[key].(string); again {
			value = before + " " + value
		}
		meta[key] = value
		body = rest
		lines++
	}
	return meta, body, lines
}

var multiMarkdownKey = regexp.MustCompile(`^ {0,3}([A-Za-z0-9_-]+):[ \t]*(.*)`)

// isFence reports whether text begins with a line that is mark alone.
func isFence(text []byte, mark string) bool {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return string(bytes.TrimRight(line, " \t")) == mark
}

// fenced gives what stands between the first line and one that is a mark. The
// block begins with the first line's end, so that its lines count as the
// file's do; it is nil where no mark follows.
func fenced(text []byte, marks ...string) (block, body []byte) {
	start := bytes.IndexByte(text, '\n')
	if start < 0 {
		return nil, nil
	}
	for at := start + 1; at < len(text); {
		next := len(text)
		if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
			next = at + i + 1
		}
		for _, mark := range marks {
			if isFence(text[at:next], mark) {
				return text[start:at], text[next:]
			}
		}
		at = next
	}
	return nil, nil
}

// unclosed warns where a first line opens front matter that never ends, unless
// the page only begins with a thematic break.
func unclosed(text []byte, mark string, assign byte) *docent.Warning {
	_, rest, _ := bytes.Cut(text, []byte("\n"))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	key, _, found := bytes.Cut(line, []byte{assign})
	if !found || !keyPattern.Match(key) {
		return nil
	}
	return problem(1, fmt.Errorf("no line with %s ends it", mark))
}

// quotedYAML reads YAML in which values that begin with a character YAML keeps
// for itself, such as "@", stand without quotes: they are text, and some
// generators take them for that. nil where that is not all that is wrong.
func quotedYAML(block []byte) (meta map[string]any) {
	found := false
	block = yamlReserved.ReplaceAllFunc(block, func(line []byte) []byte {
		m := yamlReserved.FindSubmatch(line)
		found = true
		return append(bytes.Clone(m[1]), "'"+strings.ReplaceAll(string(bytes.TrimSpace(m[2])), "'", "''")+"'"...)
	})
	if !found || yaml.Unmarshal(block, &meta) != nil {
		return nil
	}
	return meta
}

// yamlReserved is a line with such a value.
var yamlReserved = regexp.MustCompile("(?m)^([\\w.-]+:[ \t]+)([@`%].*)$")

func unquoted(line int) *docent.Warning {
	return &docent.Warning{Line: line, Message: "front matter: a value that begins with @, ` or % needs quotes; it was taken as text"}
}

// yamlKey is a line that gives a key a value.
var yamlKey = regexp.MustCompile(`(?m)^[\w.-]+\s*:`)

var keyPattern = regexp.MustCompile(`^[\w.-]+\s*$`)

// looksLikeJSON tells an object's beginning from a template's.
func looksLikeJSON(text []byte) bool {
	rest, ok := bytes.CutPrefix(text, []byte("{"))
	if !ok {
		return false
	}
	rest = bytes.TrimLeft(rest, " \t\n")
	return bytes.HasPrefix(rest, []byte(`"`)) || bytes.HasPrefix(rest, []byte("}"))
}

// jsonObject reads the object that text begins with. Of a broken one the end
// is the first line that is a brace alone.
func jsonObject(text []byte, meta *map[string]any) (block, body []byte, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if err = d.Decode(meta); err == nil {
		end := int(d.InputOffset())
		_, body, _ = bytes.Cut(text[end:], []byte("\n"))
		return text[:end], body, nil
	}
	*meta = nil
	if end := bytes.Index(text, []byte("\n}\n")); end >= 0 {
		return text[:end+3], text[end+3:], err
	}
	return nil, nil, err
}

func problem(line int, err error) *docent.Warning {
	message := yamlLine.ReplaceAllString(strings.TrimPrefix(err.Error(), "yaml: "), "")
	message = strings.Join(strings.Fields(strings.TrimPrefix(message, "toml: ")), " ")
	return &docent.Warning{Line: line, Message: "front matter can't be read: " + message}
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// errorLine finds in which line of the file the parser stumbled. YAML and
// TOML blocks begin with the end of line 1.
func errorLine(block []byte, err error) int {
	var t *toml.DecodeError
	var s *json.SyntaxError
	switch {
	case errors.As(err, &t):
		row, _ := t.Position()
		return row
	case errors.As(err, &s):
		return lineOf(block, min(int(s.Offset), len(block)))
	}
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		n, _ := strconv.Atoi(m[1])
		if strings.Contains(err.Error(), "did not find") {
			n++ // the YAML parser, unlike its scanner, counts from 0
		}
		return n
	}
	return 1
}
