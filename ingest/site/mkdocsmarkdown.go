package site

import (
	"cmp"
	"path"
	"strings"
)

// bundles are extensions that stand for several.
var bundles = map[string][]string{
	"extra":          {"fenced_code", "footnotes", "attr_list", "def_list", "tables", "abbr", "md_in_html"},
	"pymdownx.extra": {"pymdownx.betterem", "pymdownx.superfences", "footnotes", "attr_list", "def_list", "tables", "abbr", "md_in_html"},
	"smart_strong":   {},
}

// usualExtensions are those that a page's text looks as if they were on.
var usualExtensions = []string{
	"abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "pymdownx.blocks.admonition", "pymdownx.blocks.details",
	"pymdownx.blocks.tab", "pymdownx.caret", "pymdownx.critic", "pymdownx.details", "pymdownx.emoji", "pymdownx.keys", "pymdownx.mark",
	"pymdownx.snippets", "pymdownx.superfences", "pymdownx.tabbed", "pymdownx.tasklist", "pymdownx.tilde",
}

// readMarkdown reads how Python-Markdown is set up.
func (m *mkDocs) readMarkdown() {
	on, toc := map[string]bool{}, map[string]any{}
	for _, e := range named(m.settings["markdown_extensions"]) {
		name := strings.TrimPrefix(e.name, "markdown.extensions.")
		on[name] = true
		for _, inner := range bundles[name] {
			on[inner] = true
		}
		if name == "toc" {
			toc = e.settings
		}
	}
	if m.config == "" {
		on["attr_list"] = true
	}
	fn, known := readSlugify(toc["slugify"])
	if !known {
		m.warnings = append(m.warnings, m.warning(m.config, "toc.slugify %s is not known: anchors are made as by Python-Markdown's own function, and may differ from the site's", slugifyName(toc["slugify"])))
	}
	m.markdown = newPythonMarkdown(on, fn, cmp.Or(Text(toc["separator"]), "-"))
}

// slugifyName is how the configuration names the function.
func slugifyName(v any) string {
	if t, ok := v.(tagged); ok {
		for _, kind := range []string{"!!python/object/apply:", "!!python/name:"} {
			if name, ok := strings.CutPrefix(t.tag, kind); ok {
				return name
			}
		}
	}
	return cmp.Or(Text(at(v, "object")), Text(v)) // Zensical has a table
}

// readSlugify finds out which function makes the anchors.
func readSlugify(v any) (fn slugify, known bool) {
	if v == nil {
		return slugify{}, true
	}
	kwds := table(at(v, "kwds"))
	if t, ok := v.(tagged); ok {
		kwds = table(at(t.value, "kwds"))
	}
	switch name := slugifyName(v); name[strings.LastIndex(name, ".")+1:] {
	case "slugify":
		if strings.HasPrefix(name, "pymdownx") {
			return slugify{
				function: slugifyPymdownx, casing: cmp.Or(Text(kwds["case"]), "none"),
				form: Text(kwds["normalize"]), percent: is(kwds["percent_encode"], false),
			}, true
		}
		if is(kwds["unicode"], false) {
			return slugify{function: slugifyUnicode}, true
		}
		return slugify{}, true
	case "slugify_unicode":
		return slugify{function: slugifyUnicode}, true
	case "uslugify":
		return slugify{function: slugifyPymdownx, casing: "lower"}, true
	case "uslugify_encoded":
		return slugify{function: slugifyPymdownx, casing: "lower", percent: true}, true
	case "uslugify_cased":
		return slugify{function: slugifyPymdownx, casing: "none"}, true
	case "uslugify_cased_encoded":
		return slugify{function: slugifyPymdownx, casing: "none", percent: true}, true
	case "gfm":
		return slugify{function: slugifyPymdownx, casing: "lower-ascii"}, true
	case "gfm_encoded":
		return slugify{function: slugifyPymdownx, casing: "lower-ascii", percent: true}, true
	}
	return slugify{}, false
}

// Syntax implements Rules.
func (m *mkDocs) Syntax() Syntax {
	s := Syntax{Framework: "mkdocs", Off: map[string]bool{}}
	for _, name := range usualExtensions {
		if m.config != "" && !m.markdown.on[name] {
			s.Off[name] = true
		}
	}
	for _, e := range named(m.settings["markdown_extensions"]) {
		if e.name != "pymdownx.snippets" {
			continue
		}
		for _, dir := range list(e.settings["base_path"]) {
			if t, ok := dir.(tagged); ok { // !relative $config_dir/includes
				dir = strings.TrimLeft(strings.NewReplacer("$config_dir", "", "$docs_dir", path.Base(m.dir)).Replace(Text(t.value)), "/")
			}
			s.Roots = append(s.Roots, m.relative(path.Join(path.Dir(m.config), Text(dir))))
		}
	}
	if m.config != "" && len(s.Roots) == 0 {
		s.Roots = []string{m.relative(path.Dir(m.config))}
	}
	if m.plugin("macros") != nil || m.markdown.on["zensical.extensions.macros"] {
		s.Vars = merged(map[string]any{"config": m.settings}, table(m.settings["extra"]))
	}
	return s
}
