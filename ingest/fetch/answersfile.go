package fetch

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"
)

// warner takes what is wrong in a line of a file.
type warner func(line int, format string, args ...any)

// answersForm reads the answers of a file; nil where its name is of another kind
// of file.
func answersForm(name string) func(raw []byte, warn warner) ([]curated, error) {
	switch strings.ToLower(path.Ext(name)) {
	case ".yaml", ".yml", ".json": // JSON is YAML, too
		return answersOfYAML
	case ".md", ".markdown":
		return answerOfMarkdown
	}
	return nil
}

// answersOfYAML reads a list of entries, or the list under the key answers.
func answersOfYAML(raw []byte, warn warner) ([]curated, error) {
	root, err := yamlNode(raw)
	if err != nil {
		return nil, err
	}
	if root != nil && root.Kind == yaml.MappingNode {
		root = fieldsOf(root)["answers"]
	}
	if root == nil || root.Kind != yaml.SequenceNode {
		return nil, errors.New("it is no list of entries, and has none under answers")
	}
	var all []curated
	for _, entry := range root.Content {
		if a, ok := answerOf(resolved(entry), warn); ok {
			all = append(all, a)
		}
	}
	return all, nil
}

// answerOfMarkdown reads a page whose front matter has the questions; without
// any, its first heading is the question.
func answerOfMarkdown(raw []byte, warn warner) ([]curated, error) {
	text := strings.ReplaceAll(strings.TrimPrefix(string(raw), "\uFEFF"), "\r\n", "\n")
	entry := &yaml.Node{Kind: yaml.MappingNode, Line: 1}
	if rest, has := strings.CutPrefix(text, "---\n"); has {
		head, body, closed := strings.Cut(rest, "\n---\n")
		if !closed {
			return nil, errors.New(`line 1: the front matter has no end: a line "---"`)
		}
		node, err := yamlNode([]byte("\n" + head)) // as many lines as in the file
		if err != nil {
			return nil, err
		}
		if node != nil && node.Kind == yaml.MappingNode {
			entry = node
		}
		text = body
	}
	text = strings.TrimLeft(text, "\n")
	if fields := fieldsOf(entry); fields["question"] == nil && fields["questions"] == nil {
		line, body, _ := strings.Cut(text, "\n")
		if question, is := strings.CutPrefix(line, "# "); is {
			entry.Content = append(entry.Content, scalar("question", entry.Line), scalar(strings.TrimSpace(question), entry.Line))
			text = body
		}
	}
	entry.Content = append(entry.Content, scalar("answer", entry.Line), scalar(text, entry.Line))
	if a, ok := answerOf(entry, warn); ok {
		return []curated{a}, nil
	}
	return nil, nil
}

func scalar(text string, line int) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Line: line}
}

// yamlNode reads a document with the lines of what is in it; nil where it is
// empty.
func yamlNode(raw []byte) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(raw)).Decode(&doc); err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	return resolved(doc.Content[0]), nil
}

// resolved is what an alias stands for.
func resolved(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func fieldsOf(n *yaml.Node) map[string]*yaml.Node {
	fields := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		fields[n.Content[i].Value] = resolved(n.Content[i+1])
	}
	return fields
}

// answerOf reads an entry; ok is false where it is none.
func answerOf(n *yaml.Node, warn warner) (a curated, ok bool) {
	a.line = n.Line
	if n.Kind != yaml.MappingNode {
		warn(n.Line, "the entry is no table with question and answer: it is left out")
		return a, false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], resolved(n.Content[i+1])
		switch key.Value {
		case "question", "questions":
			a.questions = append(a.questions, textsOf(value, key.Value, warn)...)
		case "answer":
			if value.Kind == yaml.ScalarNode && value.Tag != "!!null" {
				a.text = strings.TrimSpace(value.Value)
			}
		case "links":
			a.links = linksOf(value, warn)
		default:
			warn(key.Line, "%q is no field of an entry: it has question, questions, answer and links", key.Value)
		}
	}
	switch {
	case len(a.questions) == 0:
		warn(n.Line, "the entry has no question: it is left out")
	case a.text == "":
		warn(n.Line, "the entry has no answer: it is left out")
	default:
		return a, true
	}
	return a, false
}

// textsOf reads a text or a list of them.
func textsOf(n *yaml.Node, field string, warn warner) (all []string) {
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	for _, item := range items {
		item = resolved(item)
		text := strings.TrimSpace(item.Value)
		if item.Kind != yaml.ScalarNode || item.Tag == "!!null" || text == "" {
			warn(item.Line, "%s holds something that is no text", field)
			continue
		}
		all = append(all, text)
	}
	return all
}

// linksOf reads a link or a list of them: addresses, or tables of title and
// url.
func linksOf(n *yaml.Node, warn warner) (all []answerLink) {
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	for _, item := range items {
		item = resolved(item)
		link := answerLink{url: item.Value}
		if item.Kind == yaml.MappingNode {
			for key, value := range fieldsOf(item) {
				switch key {
				case "title":
					link.title = oneLine(value.Value)
				case "url":
					link.url = value.Value
				default:
					warn(item.Line, "%q is no field of a link: it has title and url", key)
				}
			}
		}
		if why := unfitLink(link.url); why != "" {
			warn(item.Line, "the link %q %s: it is left out", link.url, why)
			continue
		}
		if link.title == "" {
			link.title = link.url
		}
		all = append(all, link)
	}
	return all
}

// unfitLink says why an address is none that a reader can follow; "" where it
// is one.
func unfitLink(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil || strings.ContainsAny(address, "<> \n"):
		return "can't be read"
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		return fmt.Sprintf("is no address of a page, which begins with %s", "https://")
	}
	return ""
}
