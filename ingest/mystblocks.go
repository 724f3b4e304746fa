package ingest

import (
	"encoding/csv"
	"strings"

	"github.com/yuin/goldmark/ast"

	"docent"
	"docent/ingest/site"
)

// mystNames are directives of Sphinx that are like others.
var mystNames = map[string]string{
	"tab-item": "tab", "group-tab": "tab", "code-tab": "tab", "tab": "tab", "tab-set": "tabs", "tabbed": "tab", "dropdown": "details", "toggle": "details",
	"hint": "hint", "todo": "todo", "seealso": "seealso", "attention": "attention",
}

// quietMyST are directives that say nothing themselves, not even their
// argument.
var quietMyST = map[string]bool{
	"grid": true, "div": true, "container": true, "only": true, "ifconfig": true, "class": true, "rst-class": true, "margin": true, "tab-set": true,
	"tabs": true, "grid-item": true, "list-table": true, "table": true, "figure": true, "panels": true, "button-ref": true, "button-link": true, "centered": true, "figure-md": true, "image-block": true,
}

// isMyST reports whether a name is known to be a directive's.
func isMyST(name string) bool {
	return admonitions[name] || mystNames[name] != "" || quietMyST[name] || name == "admonition" || strings.HasPrefix(name, "version") || strings.HasPrefix(name, "prf:") || name == "card"
}

// isAPIDirective reports whether the words of a directive stand in a program.
func isAPIDirective(name string) bool {
	return strings.HasPrefix(name, "auto") || name == "click" || name == "argparse"
}

// settle gives a directive of MyST the form that others have. label is what it
// is called in Sphinx; "" where it is no note.
func (r *reader) settle(d *directive) (label string) {
	name := d.name
	switch {
	case name == "admonition":
		title := r.title(d)
		for _, class := range strings.Fields(d.options["class"]) {
			if admonitions[class] && title != "" {
				return site.Readable(class) + ": " + title
			}
		}
		return title
	case name == "versionadded" || name == "versionchanged" || name == "deprecated" || name == "versionremoved":
		version := r.title(d)
		label = map[string]string{"versionadded": "Added in version ", "versionchanged": "Changed in version ", "deprecated": "Deprecated since version ", "versionremoved": "Removed in version "}[name]
		return strings.TrimSpace(label + version)
	case strings.HasPrefix(name, "prf:") || name == "exercise" || name == "solution" || name == "proof":
		label = site.Readable(name[strings.LastIndexByte(name, ':')+1:])
		if title := r.title(d); title != "" {
			label += " (" + title + ")"
		}
	case quietMyST[name]:
		if caption := d.FirstChild(); name == "table" || name == "list-table" || caption == nil {
			break
		}
		r.title(d)
	}
	return label
}

// mystDirective writes one; false where it is like any other directive.
func (r *reader) mystDirective(d *directive) bool {
	name := d.name
	if isAPIDirective(name) {
		api := r.title(d)
		r.add(docent.BlockParagraph, "`"+api+"`", "", d)
		r.source.warn(r.srcLine(max(d.Pos(), 0)), "the documentation of "+api+" is only on the built site: add its HTML as a source")
		return true
	}
	label := r.settle(d)
	switch {
	case label != "":
		r.opened(d, label+":", docent.BlockAdmonition)
	case name == "list-table":
		r.add(docent.BlockParagraph, r.title(d), "", d)
		r.add(docent.BlockTable, r.listTable(d), "", d)
	case (name == "figure" || name == "image-block") && d.options["alt"] != "":
		r.add(docent.BlockParagraph, d.options["alt"], "", d)
		return false
	case d.options["type"] != "" || d.options["default"] != "":
		r.setting(d)
	default:
		return false
	}
	return true
}

// setting writes what documents a setting: its name, type and default in one
// block with what it means.
func (r *reader) setting(d *directive) {
	text := "**" + r.title(d) + "**"
	for _, key := range []string{"type", "default", "required"} {
		if v := d.options[key]; v != "" {
			text += ", " + key + " " + v
		}
	}
	if more := r.children(d); more != "" {
		text += ": " + more
	}
	r.add(docent.BlockDefinition, text, "", d)
}

// listTable makes a table of a list of lists.
func (r *reader) listTable(d *directive) string {
	var rows [][]string
	for list := d.FirstChild(); list != nil; list = list.NextSibling() {
		if _, ok := list.(*ast.List); !ok {
			continue
		}
		for row := list.FirstChild(); row != nil; row = row.NextSibling() {
			var cells []string
			for inner := row.FirstChild(); inner != nil; inner = inner.NextSibling() {
				for cell := inner.FirstChild(); cell != nil; cell = cell.NextSibling() {
					cells = append(cells, r.children(cell))
				}
			}
			rows = append(rows, cells)
		}
	}
	return tableOf(rows)
}

// csvTable makes a table of comma separated values.
func csvTable(content, header string) string {
	var rows [][]string
	for _, text := range []string{header, content} {
		c := csv.NewReader(strings.NewReader(text))
		c.FieldsPerRecord, c.LazyQuotes, c.TrimLeadingSpace = -1, true, true
		all, _ := c.ReadAll()
		rows = append(rows, all...)
	}
	return tableOf(rows)
}

// tableOf writes rows as GitHub's Markdown; the first is the header.
func tableOf(rows [][]string) string {
	var b strings.Builder
	for i, row := range rows {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteByte('|')
		for _, cell := range row {
			b.WriteString(" " + strings.ReplaceAll(strings.Join(strings.Fields(cell), " "), "|", `\|`) + " |")
		}
		if i == 0 {
			b.WriteString("\n|" + strings.Repeat(" --- |", len(row)))
		}
	}
	return b.String()
}
