package ingest

import (
	"bytes"
	"path"
	"regexp"
	"strings"
)

// includeForm is one way to write an include within a line.
type includeForm struct {
	sign    string         // what every line that has one holds
	word    string         // and a page, too; "" is the sign alone
	pattern *regexp.Regexp // finds them
	inCode  bool           // they hold in code blocks, too
	escaped int            // the group that is there where it is only shown; 0 where none is
	read    func(m []string) include
}

// includeForms are those of each notation.
var includeForms = map[notation][]includeForm{
	snippets: {
		{"8<-", "", regexp.MustCompile(`^[ \t]*(;*)-+8<-+[ \t]+(?:"([^"\n]+)"|'([^'\n]+)')[ \t]*$`), true, 1, func(m []string) include {
			return rooted(withPart(m[2] + m[3]))
		}},
		{"{!", "", regexp.MustCompile(`(\\)?\{!>?[ \t]*([^!\s]+)(?:[ \t]+lines=["']?([\d ,:-]+?)["']?)?[ \t]*!\}`), true, 1, func(m []string) include {
			return include{name: m[2], rooted: true, part: portion{lines: ranges(strings.ReplaceAll(strings.TrimSpace(m[3]), " ", ","))}}
		}},
		{"{*", "", regexp.MustCompile(`^[ \t]*()\{\*[ \t]+(\S+?)((?:[ \t]+\w+\[[^\]]*\])*)[ \t]*\*\}[ \t]*$`), false, 0, func(m []string) include {
			return include{name: m[2], rooted: true, code: true, part: portion{lines: ranges(bracketed(m[3], "ln"))}, title: strings.Trim(bracketed(m[3], "title"), `"'`)}
		}},
		{"{%", "include", regexp.MustCompile(`\{%-?[ \t]*include(-markdown)?[ \t]+(?:"([^"]+)"|'([^']+)')([^%]*?)-?%\}`), true, 0, func(m []string) include {
			return markdownInclude(m[2]+m[3], m[4], m[1] != "")
		}},
	},
	mustache: {
		{"{{#", "", regexp.MustCompile(`(\\)?\{\{[ \t]*#(include|rustdoc_include|playground|playpen)[ \t]+([^}]*?)[ \t]*\}\}`), true, 1, func(m []string) include {
			name, words, _ := strings.Cut(m[3], " ")
			i := include{code: strings.HasPrefix(m[2], "play"), lang: "rust"}
			_ = words
			i.name, i.part = withPart(name)
			return i
		}},
	},
	vue: {
		{"@include", "", regexp.MustCompile(`<!--[ \t]*@{1,2}include:[ \t]*([^\s#{}][^#{}\n]*?)[ \t]*(?:#([\w.-]+))?(?:\{([\d, ]*)\})?(?:#([\w.-]+))?[ \t]*-->`), false, 0, func(m []string) include {
			p := portion{region: m[2] + m[4], heading: true}
			if lines := strings.ReplaceAll(m[3], " ", ""); lines != "" {
				p.lines = ranges(strings.Replace(lines, ",", "-", 1))
			}
			return include{name: m[1], part: p}
		}},
		{"<<<", "", regexp.MustCompile(`^[ \t]*<<<[ \t]+()([^\s#{}\[\]]+)(?:#([\w.-]+))?[ \t]*(?:\{([^}]*)\})?(?:#([\w.-]+))?[ \t]*(?:\[(.+)\])?[ \t]*$`), false, 0, func(m []string) include {
			i := include{name: m[2], code: true, title: m[6], part: portion{region: m[3] + m[5], flush: true}}
			for _, word := range strings.Fields(m[4]) {
				if word = language(word); word != "" && !isNumber(word) {
					i.lang = word
				}
			}
			return i
		}},
	},
	bookBlocks: {
		{"{% include", "", regexp.MustCompile(`\{%[ \t]*include[ \t]+()"([^"]+)"[ \t]*%\}`), false, 0, func(m []string) include {
			return include{name: m[2]}
		}},
	},
	liquid: {
		{"{%", "include", regexp.MustCompile(`\{%-?[ \t]*include(_relative|_cached)?[ \t]+([^\s%{}]+)((?:[ \t]+[\w-]+[ \t]*=[ \t]*(?:"[^"]*"|'[^']*'|[^\s%]+))*)[ \t]*-?%\}`), true, 0, func(m []string) include {
			i := include{name: strings.Trim(m[2], `"'`), params: settings(m[3])}
			if m[1] != "_relative" {
				i.name, i.rooted = path.Join("_includes", i.name), true
			}
			return i
		}},
	},
	shortcodes: {
		{"{{", "readfile", regexp.MustCompile(`\{\{[<%][ \t]*(readfile)[ \t]+((?:[\w-]+[ \t]*=[ \t]*)?(?:"[^"]*"|` + "`[^`]*`" + `|[^\s">%]+)(?:[ \t]+[\w-]+[ \t]*=[ \t]*(?:"[^"]*"|[^\s">%]+))*)[ \t]*/?[>%]\}\}`), false, 0, docsyFile},
		{"{{", "include", regexp.MustCompile(`\{\{[<%][ \t]*(include|include-md|includemd)[ \t]+((?:[\w-]+[ \t]*=[ \t]*)?(?:"[^"]*"|` + "`[^`]*`" + `|[^\s">%]+)(?:[ \t]+[\w-]+[ \t]*=[ \t]*(?:"[^"]*"|[^\s">%]+))*)[ \t]*/?[>%]\}\}`), false, 0, docsyFile},
	},
}

// plainIncludes are notations of tools beside the frameworks.
var plainIncludes = []includeForm{
	{"INCLUDE", "", regexp.MustCompile(`^[ \t]*!INCLUDE[ \t]+()"([^"]+)"(?:,[ \t]*\d+)?[ \t]*$|\[!INCLUDE[ \t]*\[[^\]]*\]\(([^)\s]+)\)\]`), false, 0, func(m []string) include {
		return include{name: m[2] + m[3], rebased: true}
	}},
}

func rooted(name string, p portion) include { return include{name: name, part: p, rooted: true} }

// bracketed gives what stands in the brackets of name[...].
func bracketed(s, name string) string {
	_, rest, found := strings.Cut(s, name+"[")
	value, _, _ := strings.Cut(rest, "]")
	if !found {
		return ""
	}
	return value
}

// setting is name="value" in a tag.
var setting = regexp.MustCompile(`([\w-]+)[ \t]*=[ \t]*(?:"([^"]*)"|'([^']*)'|([^\s"']+))`)

// settings reads the settings of a tag. Those that are no strings, but names of
// variables, begin with "=".
func settings(s string) map[string]string {
	all := map[string]string{}
	for _, m := range setting.FindAllStringSubmatch(s, -1) {
		all[m[1]] = m[2] + m[3]
		if m[4] != "" {
			all[m[1]] = "=" + m[4]
		}
	}
	return all
}

// markdownInclude is an include with the settings of MkDocs' plugin for it.
func markdownInclude(name, rest string, rebased bool) include {
	all := settings(rest)
	value := func(key string) string { return strings.TrimPrefix(all[key], "=") }
	i := include{name: name, part: portion{after: value("start"), before: value("end")}}
	i.rebased = rebased && value("rewrite-relative-urls") != "false"
	if n := value("heading-offset"); n != "" {
		if k, err := lineNumber(n); err == nil {
			i.shift = k
		}
	}
	return i
}

// docsyFile is Docsy's shortcode.
func docsyFile(m []string) include {
	all := settings(m[2])
	name := all["file"]
	if name == "" {
		if name = all["path"]; name == "" {
			name = strings.Trim(m[2], "\"` ")
		}
	}
	code := all["code"] == "true" || all["code"] == "=true"
	return include{name: strings.TrimPrefix(name, "="), code: code, lang: strings.TrimPrefix(all["lang"], "=")}
}

// includeForms gives the forms that a framework's pages have.
func (n notation) includeForms() (all []includeForm) {
	for _, one := range []notation{snippets, mustache, vue, bookBlocks, liquid, shortcodes} {
		if n&one != 0 {
			all = append(all, includeForms[one]...)
		}
	}
	if n == notations["plain"] {
		all = append(append(all, includeForms[vue]...), plainIncludes...)
	}
	return all
}

// includes reports whether a page may take in other files.
func (d *dialect) includes(text []byte) bool {
	for _, f := range d.forms {
		if bytes.Contains(text, []byte(f.sign)) && bytes.Contains(text, []byte(f.word)) {
			return true
		}
	}
	return d.has(fencedBlocks) && bytes.Contains(text, []byte("include}")) || d.imports(text) != nil
}

// text takes in what a text includes. line is the page's line at which it
// stands itself; 0 for the page's own text.
func (x *expansion) text(src []byte, line int) *rewriter {
	w := &rewriter{src: src}
	imports := x.dialect.imports(src)
	fence := ""
	for w.at < len(src) {
		end := w.lineEnd(w.at)
		text := src[w.at:end]
		number := line
		if line == 0 {
			number = w.line()
		}
		if fence == "" && (x.fenced(w, end, number) || x.listed(w, end, number) || x.imported(w, imports, end, number)) {
			continue
		}
		if m := fenceMark(text, fence); m == endOfFence {
			fence = ""
		} else if m != "" {
			fence = m
		}
		x.line(w, end, number, fence != "")
	}
	return w
}

// line copies a line, and takes in what it includes.
func (x *expansion) line(w *rewriter, end, number int, inCode bool) {
	start := w.at
	for _, f := range x.dialect.forms {
		text := bytes.TrimSuffix(w.src[w.at:end], []byte("\n"))
		if inCode && !f.inCode || !bytes.Contains(text, []byte(f.sign)) {
			continue
		}
		for _, m := range f.pattern.FindAllSubmatchIndex(text, -1) {
			at := start + m[0]
			if at < w.at {
				continue
			}
			groups := make([]string, len(m)/2)
			for i := range groups {
				if m[2*i] >= 0 {
					groups[i] = string(text[m[2*i]:m[2*i+1]])
				}
			}
			if f.escaped > 0 && groups[f.escaped] != "" { // without the sign that escapes it, unless that is needed later
				if f.sign == "{{#" && !inCode {
					w.copyTo(start + m[1])
					continue
				}
				w.copyTo(start + m[2*f.escaped])
				w.at++
				w.copyTo(start + m[1])
				continue
			}
			indent := w.src[start : start+indentOf(text)]
			w.copyTo(max(at, start+len(indent)))
			x.put(w, f.read(groups), start+m[1], number, indent, inCode)
		}
		start = w.at
	}
	w.copyTo(end)
}

// put writes what an include stands for in the place of what ends at end. In
// code a notation whose file is missing is but a sample.
func (x *expansion) put(w *rewriter, i include, end, number int, indent []byte, inCode bool) {
	text, file, ok := x.take(i, number)
	if !ok && inCode {
		w.copyTo(end)
		return
	}
	w.at = end
	base := ""
	if i.rebased && ok {
		base = relativePath(x.at, file)
	}
	text = bytes.TrimSuffix(text, []byte("\n"))
	if len(indent) > 0 {
		text = bytes.ReplaceAll(text, []byte("\n"), append([]byte("\n"), indent...))
	}
	w.putLines(text, base)
}
