package fetch

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// markdown writes the document: a section for each tag, and in it one for each
// operation. It ends with the operation that goes beyond the limit, in bytes;
// left counts those that are not written.
func (d *openAPI) markdown(anchor string, limit int64) (text []byte, left int) {
	var b strings.Builder
	info := mapping(d.root["info"])
	fmt.Fprintf(&b, "# %s\n\n", escaped(d.title()))
	paragraph(&b, prose(info["description"]))
	groups := map[string][]operation{}
	for _, o := range d.operations {
		groups[oneLine(o.tag)] = append(groups[oneLine(o.tag)], o)
	}
	for _, tag := range d.tags() {
		name := oneLine(plain(tag["name"]))
		level := 2
		if name != "" {
			fmt.Fprintf(&b, "## %s\n\n", escaped(name))
			level = 3
		}
		paragraph(&b, prose(tag["description"]))
		for _, o := range groups[name] {
			if int64(b.Len()) > limit {
				left++
				continue
			}
			d.operation(&b, o, level, anchor)
		}
	}
	return []byte(b.String()), left
}

// tags are those that the document lists, then those that only operations have,
// then none.
func (d *openAPI) tags() (tags []map[string]any) {
	seen := map[string]bool{}
	add := func(tag map[string]any) {
		if name := oneLine(plain(tag["name"])); tag != nil && !seen[name] {
			seen[name] = true
			tags = append(tags, tag)
		}
	}
	listed, _ := d.root["tags"].([]any)
	for _, tag := range listed {
		add(mapping(tag))
	}
	for _, o := range d.operations {
		add(map[string]any{"name": o.tag})
	}
	return tags
}

func (d *openAPI) operation(b *strings.Builder, o operation, level int, template string) {
	call := strings.ToUpper(o.method) + " " + o.path
	heading := cmp.Or(escaped(oneLine(plain(o.spec["summary"]))), code(call))
	id := o.anchor(template)
	if !strings.ContainsFunc(id, func(r rune) bool { return unicode.IsSpace(r) || r == '{' || r == '}' }) {
		heading += " {#" + escaped(id) + "}"
	}
	fmt.Fprintf(b, "%s %s\n\n%s\n\n", strings.Repeat("#", level), heading, code(call))
	if o.spec["deprecated"] == true {
		paragraph(b, "**Deprecated.**")
	}
	paragraph(b, cmp.Or(prose(o.spec["description"]), prose(o.item["description"])))
	d.parameters(b, o)
	body := d.resolve(o.spec["requestBody"])
	if content := mapping(body["content"]); len(content) > 0 {
		paragraph(b, "**Request body**")
		paragraph(b, prose(body["description"]))
		d.content(b, content)
	}
	d.responses(b, o)
}

// parameters writes those of the path and of the operation, which override them.
func (d *openAPI) parameters(b *strings.Builder, o operation) {
	rows := [][]string{}
	at := map[string]int{}
	for _, list := range []any{o.item["parameters"], o.spec["parameters"]} {
		all, _ := list.([]any)
		for _, v := range all {
			p := d.resolve(v)
			name, in := plain(p["name"]), plain(p["in"])
			if name == "" {
				continue
			}
			schema := d.resolve(p["schema"])
			if schema == nil {
				schema = p // Swagger 2 has the type beside the name
			}
			row := []string{code(name), in, d.kind(schema), required(p["required"] == true), d.about(p, schema)}
			if i, again := at[name+" "+in]; again {
				rows[i] = row
				continue
			}
			at[name+" "+in] = len(rows)
			rows = append(rows, row)
		}
	}
	writeTable(b, "Parameters", []string{"Name", "In", "Type", "Required", "Description"}, rows)
}

// content writes the fields of each kind of body.
func (d *openAPI) content(b *strings.Builder, content map[string]any) {
	var kinds []string
	for _, kind := range sortedKeys(content) {
		kinds = append(kinds, code(kind))
	}
	paragraph(b, strings.Join(kinds, ", "))
	schema := d.resolve(mapping(content[sortedKeys(content)[0]])["schema"])
	list := fieldList{openAPI: d}
	list.add(schema, "", 0)
	writeTable(b, "Fields", []string{"Name", "Type", "Required", "Description"}, list.rows)
}

// The bounds of a list of fields: schemas may name each other, and themselves,
// as often as they like.
const (
	maxFieldDepth = 4
	maxFields     = 300
	maxSchemas    = 2000
)

// fieldList are the fields of a body.
type fieldList struct {
	*openAPI
	rows    [][]string
	schemas int // that were looked at
}

// add lists the fields of a schema, whose names begin with prefix.
func (l *fieldList) add(schema map[string]any, prefix string, depth int) {
	if l.schemas++; depth > maxFieldDepth || l.schemas > maxSchemas {
		return
	}
	for _, key := range []string{"allOf", "oneOf", "anyOf"} {
		parts, _ := schema[key].([]any)
		for _, part := range parts {
			l.add(l.resolve(part), prefix, depth+1)
		}
	}
	if items := l.resolve(schema["items"]); items != nil {
		l.add(items, prefix+"[].", depth+1)
	}
	needed, _ := schema["required"].([]any)
	properties := mapping(schema["properties"])
	for _, name := range sortedKeys(properties) {
		if len(l.rows) >= maxFields {
			return
		}
		p := l.resolve(properties[name])
		l.rows = append(l.rows, []string{code(strings.ReplaceAll(prefix, ".[]", "[]") + name), l.kind(p), required(slices.Contains(needed, any(name))), l.about(p, p)})
		l.add(p, prefix+name+".", depth+1)
	}
}

func (d *openAPI) responses(b *strings.Builder, o operation) {
	responses := mapping(o.spec["responses"])
	var rows [][]string
	for _, status := range sortedKeys(responses) {
		r := d.resolve(responses[status])
		rows = append(rows, []string{code(status), cell(r["description"])})
	}
	writeTable(b, "Responses", []string{"Status", "Description"}, rows)
}

// kind is a schema's type in a word.
func (d *openAPI) kind(schema map[string]any) string {
	kind := plain(schema["type"])
	if list, several := schema["type"].([]any); several {
		var all []string
		for _, v := range list {
			all = append(all, plain(v))
		}
		kind = strings.Join(all, " or ")
	}
	if items := d.resolve(schema["items"]); items != nil && kind == "array" {
		kind = "array of " + cmp.Or(plain(items["type"]), "values")
	}
	if format := plain(schema["format"]); format != "" {
		kind += " (" + format + ")"
	}
	return escaped(oneLine(kind))
}

// about is what is said of a parameter or a field: its description, its values,
// its default.
func (d *openAPI) about(p, schema map[string]any) string {
	said := []string{cell(cmp.Or(plain(p["description"]), plain(schema["description"])))}
	if values, _ := schema["enum"].([]any); len(values) > 0 {
		var all []string
		for _, v := range values[:min(len(values), 50)] {
			all = append(all, code(plain(v)))
		}
		said = append(said, "One of "+strings.Join(all, ", ")+".")
	}
	if v := plain(schema["default"]); v != "" {
		said = append(said, "Default: "+code(v)+".")
	}
	return strings.TrimSpace(strings.Join(said, " "))
}

func required(is bool) string {
	if is {
		return "yes"
	}
	return ""
}

// writeTable writes rows below a label; none writes nothing.
func writeTable(b *strings.Builder, label string, head []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	paragraph(b, "**"+label+"**")
	fmt.Fprintf(b, "| %s |\n|%s\n", strings.Join(head, " | "), strings.Repeat("---|", len(head)))
	for _, row := range rows {
		for i := range row {
			row[i] = bars(row[i])
		}
		fmt.Fprintf(b, "| %s |\n", strings.Join(row, " | "))
	}
	b.WriteByte('\n')
}

// bars escapes the bars that would end a cell.
func bars(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, `\|`, "|"), "|", `\|`)
}

func paragraph(b *strings.Builder, text string) {
	if text != "" {
		b.WriteString(text + "\n\n")
	}
}

// prose is a description, which is Markdown. Its headings are no sections of
// ours: they become bold.
func prose(v any) string {
	lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(plain(v), "\r\n", "\n")), "\n")
	fence := ""
	for i, line := range lines {
		bare := strings.TrimSpace(line)
		switch {
		case fence != "":
			if strings.HasPrefix(bare, fence) {
				fence = ""
			}
		case strings.HasPrefix(bare, "```"), strings.HasPrefix(bare, "~~~"):
			fence = bare[:3]
		case strings.HasPrefix(bare, "#"):
			if words := strings.Trim(bare, "# "); words != "" {
				lines[i] = "**" + words + "**"
			}
		case bare != "" && i > 0 && (strings.Trim(bare, "=") == "" || strings.Trim(bare, "-") == ""):
			lines[i] = "" // a line below makes a heading too
		}
	}
	if fence != "" {
		lines = append(lines, fence)
	}
	return strings.Join(lines, "\n")
}

// cell is a description in one line.
func cell(v any) string { return oneLine(plain(v)) }

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// code is a text as code, with as many ticks as it needs.
func code(s string) string {
	s = oneLine(s)
	if s == "" {
		return ""
	}
	ticks := "`"
	for strings.Contains(s, ticks) {
		ticks += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return ticks + s + ticks
}

// escaped keeps what Markdown would take for a notation.
func escaped(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\\`*_[]<>~&#", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// plain is a plain value's text; "" where it is none.
func plain(v any) string {
	switch v := v.(type) {
	case nil, map[string]any, []any:
		return ""
	case string:
		return v
	default:
		return fmt.Sprint(v)
	}
}

func firstText(v any) string {
	if list, _ := v.([]any); len(list) > 0 {
		return plain(list[0])
	}
	return ""
}

func mapping(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
