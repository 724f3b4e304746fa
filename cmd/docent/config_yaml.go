package main

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// yamlLayer reads a file's settings, with the line of each. A key that is not
// known is an error that names the nearest one.
func yamlLayer(name string, text []byte) (layer, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, usageErrorf("%s: %s", name, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	l := layer{}
	if len(doc.Content) == 0 {
		return l, nil // an empty file says nothing
	}
	return l, l.collect(name, "", doc.Content[0])
}

// collect adds the settings below node, whose keys begin with prefix.
func (l layer) collect(name, prefix string, node *yaml.Node) error {
	if node.Kind != yaml.MappingNode {
		if node.Tag == "!!null" {
			return nil // "section:" with nothing below
		}
		return usageErrorf("%s line %d: %s must hold keys and values", name, node.Line, orFile(prefix))
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := prefix+node.Content[i].Value, node.Content[i+1]
		place := fmt.Sprintf("%s line %d", name, node.Content[i].Line)
		_, known := keyTypes[key]
		switch {
		case known:
			var v any
			if err := value.Decode(&v); err != nil {
				return usageErrorf("%s: %s: %w", place, key, err)
			}
			l[key] = setting{v, place}
		case isSection(key):
			if err := l.collect(name, key+".", value); err != nil {
				return err
			}
		default:
			return usageErrorf("%s: unknown key %s; did you mean %s?", place, key, nearest(key, allKeys()))
		}
	}
	return nil
}

func orFile(prefix string) string {
	if prefix == "" {
		return "the file"
	}
	return strings.TrimSuffix(prefix, ".")
}

func isSection(key string) bool {
	for k := range keyTypes {
		if strings.HasPrefix(k, key+".") {
			return true
		}
	}
	return false
}

// allKeys gives every key, in order.
func allKeys() []string {
	keys := make([]string, 0, len(keyTypes))
	for k := range keyTypes {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// nearest gives the name with the smallest edit distance.
func nearest(name string, names []string) string {
	best, least := "", int(^uint(0)>>1)
	for _, n := range names {
		if d := editDistance(name, n); d < least {
			best, least = n, d
		}
	}
	return best
}

// editDistance is Levenshtein's, in bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
