package fetch

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"docent"
)

// defaultAnchor is the anchor of an operation where the source gives no
// template. A template may name {operationId}, {tag}, {method}, {METHOD} and
// {path}; braces in a path are left out.
const defaultAnchor = "{operationId}"

// fetchOpenAPI makes one page of an OpenAPI document, as its renderers show one.
func fetchOpenAPI(ctx context.Context, src Source, cfg Config, s *shelf) (out Result, err error) {
	origin := "openapi " + src.OpenAPI
	s.forget(origin)
	raw, err := readDocument(ctx, src, cfg)
	if err != nil {
		return out, err
	}
	doc, err := parseOpenAPI(raw)
	if err != nil {
		return out, failed("give an OpenAPI or Swagger document in YAML or JSON", err, "%s can't be read", bare(src.OpenAPI))
	}
	base, err := baseAddress(src.BaseURL)
	if err != nil {
		return out, err
	}
	p := &page{front: front{Title: doc.title(), Lang: src.Lang}}
	left := 0
	if p.Text, left = doc.markdown(cmp.Or(src.Anchor, defaultAnchor), cfg.MaxFileBytes*3/4); left > 0 {
		out.Warnings = append(out.Warnings, docent.Warning{Message: fmt.Sprintf("%s: %d operations are left out, since the page would be larger than ingest.max_file_bytes", bare(src.OpenAPI), left)})
	}
	if base != nil {
		p.URL = src.BaseURL // renderers stand at files and at folders
	}
	if len(doc.operations) == 0 {
		out.Warnings = append(out.Warnings, docent.Warning{Message: bare(src.OpenAPI) + " has no operations"})
	}
	content, err := p.file()
	if err != nil {
		return out, err
	}
	d, err := s.begin(cfg.Limits.TotalBytes)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	if err := d.write(documentName(src.OpenAPI), content); err != nil {
		return out, err
	}
	out.Dir, err = d.publish(state{Origin: origin})
	return out, err
}

// readDocument reads a file or asks for an address.
func readDocument(ctx context.Context, src Source, cfg Config) ([]byte, error) {
	if isRemote(src.OpenAPI) {
		got, err := newAsker(src, cfg, nil).document(ctx, src.OpenAPI, cfg.MaxFileBytes)
		return got.body, err
	}
	f, err := os.Open(src.OpenAPI)
	if err != nil {
		return nil, failed("check the path; it is relative to the current folder", err, "the OpenAPI document can't be read")
	}
	raw, err := readAtMost(f, cfg.MaxFileBytes)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, failed("check the file; ingest.max_file_bytes bounds it", err, "%s can't be read", src.OpenAPI)
	}
	return raw, nil
}

// documentName is the file that a document becomes.
func documentName(from string) string {
	name := filepath.ToSlash(from)
	if u, err := url.Parse(from); err == nil && isRemote(from) {
		name = u.Path
	}
	name = path.Base(name)
	return portable(strings.TrimSuffix(name, path.Ext(name))) + ".md"
}

// openAPI is a document with its operations in order.
type openAPI struct {
	root       map[string]any
	operations []operation
}

// operation is a method of a path.
type operation struct {
	method, path, tag string
	item, spec        map[string]any // of the path, of the method
}

var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

func parseOpenAPI(raw []byte) (*openAPI, error) {
	var v any
	var err error
	if strings.HasPrefix(strings.TrimSpace(string(raw)), "{") {
		err = json.Unmarshal(raw, &v)
	} else {
		err = yaml.Unmarshal(raw, &v)
	}
	if err != nil {
		return nil, err
	}
	root, _ := textKeys(v, 0).(map[string]any)
	if plain(root["openapi"]) == "" && plain(root["swagger"]) == "" {
		return nil, errors.New("it has neither openapi nor swagger at its top")
	}
	doc := &openAPI{root: root}
	for _, group := range []string{"paths", "webhooks"} {
		items := mapping(root[group])
		for _, at := range sortedKeys(items) {
			item := doc.resolve(items[at])
			for _, method := range methods {
				if spec := mapping(item[method]); spec != nil {
					doc.operations = append(doc.operations, operation{method, at, firstText(spec["tags"]), item, spec})
				}
			}
		}
	}
	return doc, nil
}

// maxNesting is how deep values are read: aliases may be nested without end.
const maxNesting = 200

// textKeys makes every key a text: YAML has status codes as numbers.
func textKeys(v any, depth int) any {
	if depth > maxNesting {
		return nil
	}
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = textKeys(v[k], depth+1)
		}
		return v
	case map[any]any:
		m := make(map[string]any, len(v))
		for k, value := range v {
			m[fmt.Sprint(k)] = textKeys(value, depth+1)
		}
		return m
	case []any:
		for i := range v {
			v[i] = textKeys(v[i], depth+1)
		}
		return v
	}
	return v
}

// resolve follows a reference within the document; one to another document, or
// in a circle, gives what names it.
func (d *openAPI) resolve(v any) map[string]any {
	m := mapping(v)
	for range 10 {
		ref, is := m["$ref"].(string)
		if !is || !strings.HasPrefix(ref, "#/") {
			return m
		}
		var at any = d.root
		for part := range strings.SplitSeq(ref[2:], "/") {
			part, _ = url.PathUnescape(part)
			at = mapping(at)[strings.NewReplacer("~1", "/", "~0", "~").Replace(part)]
		}
		next := mapping(at)
		if next == nil {
			return m
		}
		m = next
	}
	return m
}

func (d *openAPI) title() string {
	return cmp.Or(oneLine(plain(mapping(d.root["info"])["title"])), "API")
}

var nonWord = regexp.MustCompile(`\W`)

// anchor fills a template.
func (o operation) anchor(template string) string {
	id := cmp.Or(plain(o.spec["operationId"]), o.method+nonWord.ReplaceAllString(o.path, "_"))
	return strings.NewReplacer(
		"{operationId}", id, "{tag}", strings.Join(strings.Fields(o.tag), "-"), "{method}", o.method, "{METHOD}", strings.ToUpper(o.method),
		"{path}", strings.NewReplacer("{", "", "}", "").Replace(o.path),
	).Replace(template)
}
