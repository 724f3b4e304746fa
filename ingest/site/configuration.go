package site

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"go.yaml.in/yaml/v3"

	"docent"
)

// maxConfig is more than any framework's configuration has.
const maxConfig = 4 << 20

// readConfig reads a file of the repository, up to maxConfig bytes of it,
// without a byte order mark.
func readConfig(repo fs.FS, name string) ([]byte, error) {
	file, err := repo.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, maxConfig+1))
	if len(raw) > maxConfig {
		return nil, fmt.Errorf("it is larger than %d bytes", maxConfig)
	}
	return bytes.TrimPrefix(raw, []byte("\uFEFF")), err
}

// readTable reads a configuration by its extension: TOML, and YAML, of which
// JSON is a part.
func readTable(repo fs.FS, name string) (map[string]any, error) {
	raw, err := readConfig(repo, name)
	if err != nil {
		return nil, err
	}
	table := map[string]any{}
	if strings.HasSuffix(name, ".toml") {
		err = toml.Unmarshal(raw, &table)
		return table, err
	}
	v, err := decodeYAML(raw)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case nil:
		return table, nil
	case map[string]any:
		return v, nil
	}
	return nil, fmt.Errorf("it is no table of keys and values")
}

// tagged is a YAML value with a tag of the program that reads it.
type tagged struct {
	tag   string // with its exclamation marks
	value any
}

// tagKey marks a tagged value while it is decoded.
const tagKey = "\x00tag"

// decodeYAML reads YAML. Tags that it does not know make a tagged.
func decodeYAML(raw []byte) (any, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		return nil, err
	}
	markTags(&doc, 0)
	var v any
	if err := doc.Decode(&v); err != nil {
		return nil, err
	}
	return taggedValues(v), nil
}

// markTags makes each value with a foreign tag a mapping that holds both.
func markTags(n *yaml.Node, depth int) {
	if depth > 100 {
		return
	}
	for _, child := range n.Content {
		markTags(child, depth+1)
	}
	if tag := n.Tag; strings.HasPrefix(tag, "!") && !coreTags[tag] {
		inner := *n
		if inner.Tag, inner.Anchor = "", ""; inner.Kind == yaml.ScalarNode && inner.Value != "" && inner.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0 {
			inner.Style = yaml.DoubleQuotedStyle // a name, never a number
			inner.Tag = "!!str"
		}
		*n = yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Anchor: n.Anchor, Line: n.Line, Content: []*yaml.Node{
			{Kind: yaml.ScalarNode, Tag: "!!str", Value: tagKey},
			{Kind: yaml.ScalarNode, Tag: "!!str", Value: tag},
			{Kind: yaml.ScalarNode, Tag: "!!str", Value: "value"},
			&inner,
		}}
	}
}

var coreTags = map[string]bool{
	"!!str": true, "!!int": true, "!!float": true, "!!bool": true, "!!null": true, "!!map": true, "!!seq": true,
	"!!timestamp": true, "!!binary": true, "!!merge": true, "!": true,
}

// taggedValues makes tagged of what markTags marked, and text of keys that are
// none.
func taggedValues(v any) any {
	switch v := v.(type) {
	case map[any]any:
		out := make(map[string]any, len(v))
		for key, value := range v {
			out[fmt.Sprint(key)] = taggedValues(value)
		}
		return out
	case map[string]any:
		if tag, ok := v[tagKey].(string); ok {
			return tagged{tag, taggedValues(v["value"])}
		}
		for key, value := range v {
			v[key] = taggedValues(value)
		}
	case []any:
		for i, value := range v {
			v[i] = taggedValues(value)
		}
	}
	return v
}

// at follows keys into nested tables; nil where one is missing.
func at(v any, keys ...string) any {
	for _, key := range keys {
		table, _ := v.(map[string]any)
		v = table[key]
	}
	return v
}

// table is v where it is one; otherwise nil, which reads as an empty one.
func table(v any) map[string]any {
	t, _ := v.(map[string]any)
	return t
}

// list is v where it is a list, a list of v where it is a single value, and
// empty where there is none.
func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// texts are the values of a list that are text.
func texts(v any) []string {
	var all []string
	for _, item := range list(v) {
		if s := Text(item); s != "" {
			all = append(all, s)
		}
	}
	return all
}

// is is v where it is true or false, and otherwise what is usual.
func is(v any, usual bool) bool {
	if b, ok := v.(bool); ok {
		return b
	}
	return usual
}

// unreadable warns of a configuration.
func (s Settings) unreadable(name string, err error, meaning string) docent.Warning {
	message := strings.Join(strings.Fields(strings.TrimPrefix(strings.TrimPrefix(reasonOf(err), "yaml: "), "toml: ")), " ")
	return s.warning(name, "can't be read: %s; %s", message, meaning)
}

// warning is one of a file of the repository.
func (s Settings) warning(name, format string, args ...any) docent.Warning {
	return docent.Warning{Path: s.relative(name), Message: fmt.Sprintf(format, args...)}
}

// sortedKeys are a table's keys, in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
