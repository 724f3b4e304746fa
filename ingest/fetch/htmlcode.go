package fetch

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// codeTables are how some highlighters set line numbers beside code.
var codeTables = selectors("table.highlighttable", "table.lntable", "table.rouge-table")

// codeBlocks makes each block of code a pre with one code in it, which names
// its language.
func codeBlocks(root *html.Node) {
	for _, pre := range every(root, "pre") {
		if first(root, func(n *html.Node) bool { return n == pre }) == nil {
			continue // in one that was rewritten
		}
		text := strings.Trim(codeText(pre), "\n")
		if strings.TrimSpace(text) == "" {
			pre.Parent.RemoveChild(pre)
			continue
		}
		code := &html.Node{Type: html.ElementNode, Data: "code"}
		if lang := codeLang(pre); lang != "" {
			code.Attr = []html.Attribute{{Key: "class", Val: "language-" + lang}}
		}
		code.AppendChild(textNode(text))
		for c := pre.FirstChild; c != nil; c = pre.FirstChild {
			pre.RemoveChild(c)
		}
		pre.Attr = nil
		pre.AppendChild(code)
	}
	for _, t := range every(root, "table") {
		if slices.ContainsFunc(codeTables, func(s selector) bool { return s.fits(t) }) {
			if pres := every(t, "pre"); len(pres) > 0 {
				pre := pres[len(pres)-1]
				pre.Parent.RemoveChild(pre)
				replace(t, pre)
			}
		}
	}
}

// cells makes one line of each cell of a table, which Markdown's have. Bars in
// code, which the library leaves, would end the cell.
func cells(root *html.Node) {
	for _, cell := range every(root, "td", "th") {
		for _, pre := range every(cell, "pre") {
			codeLines(pre)
		}
		for _, br := range every(cell, "br") {
			replace(br, textNode(" "))
		}
		for _, code := range every(cell, "code") {
			for n := range code.Descendants() {
				if n.Type == html.TextNode {
					n.Data = strings.ReplaceAll(n.Data, "|", `\|`)
				}
			}
		}
	}
}

// codeLines makes each line of a block of code a piece of code by itself.
func codeLines(pre *html.Node) {
	for line := range strings.SplitSeq(codeText(pre), "\n") {
		if strings.TrimSpace(line) != "" {
			code := &html.Node{Type: html.ElementNode, Data: "code"}
			code.AppendChild(textNode(line))
			pre.Parent.InsertBefore(code, pre)
			pre.Parent.InsertBefore(textNode(" "), pre)
		}
	}
	pre.Parent.RemoveChild(pre)
}

// codeText is the text of a block of code. Highlighters put lines into elements
// of their own, with or without line ends between them.
func codeText(pre *html.Node) string {
	var b strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			block := c.Type == html.ElementNode && (c.Data == "div" || c.Data == "tr" || c.Data == "li" || c.Data == "p")
			if block && b.Len() > 0 && !strings.HasSuffix(b.String(), "\n") {
				b.WriteByte('\n')
			}
			switch {
			case c.Type == html.TextNode:
				b.WriteString(c.Data)
			case c.Data == "br":
				b.WriteByte('\n')
			default:
				walk(c)
			}
		}
	}
	walk(pre)
	return b.String()
}

// codeLang is the language that a block of code or what is around it names.
func codeLang(pre *html.Node) string {
	near := []*html.Node{pre}
	if code := first(pre, func(n *html.Node) bool { return n.Data == "code" }); code != nil {
		near = append(near, code)
	}
	for up := pre.Parent; up != nil && len(near) < 6; up = up.Parent {
		near = append(near, up)
	}
	for _, n := range near {
		for _, key := range []string{"data-language", "data-lang"} {
			if lang := attribute(n, key); langName(lang) {
				return lang
			}
		}
		for class := range strings.FieldsSeq(attribute(n, "class")) {
			for _, prefix := range []string{"language-", "lang-", "highlight-"} {
				if lang, has := strings.CutPrefix(class, prefix); has && langName(lang) {
					return lang
				}
			}
		}
	}
	return ""
}

// langName reports whether a word may be a language's name and says something.
func langName(lang string) bool {
	switch lang {
	case "", "default", "none", "notranslate", "text", "plaintext", "source":
		return false
	}
	return !strings.ContainsFunc(lang, func(r rune) bool { return !isWordRune(r) && !strings.ContainsRune("+#-_.", r) })
}

// tabLists are the labels of tabs, and tabPanels what they show.
var (
	tabLists  = selectors("[role=tablist]", ".tabbed-labels", ".vp-code-group .tabs")
	tabPanels = selectors("[role=tabpanel]", ".tabbed-block", ".vp-code-group .blocks div")
)

// labelTabs puts each tab's label before what it shows.
func labelTabs(root *html.Node) {
	var lists []*html.Node
	for n := range root.Descendants() {
		if slices.ContainsFunc(tabLists, func(s selector) bool { return s.fits(n) }) {
			lists = append(lists, n)
		}
	}
	for _, list := range lists {
		panels := panelsOf(list)
		labels := labelsOf(list)
		if len(labels) != len(panels) || len(labels) == 0 {
			continue
		}
		for i, panel := range panels {
			label := &html.Node{Type: html.ElementNode, Data: "p"}
			label.AppendChild(textNode(labels[i]))
			bold(label)
			panel.InsertBefore(label, panel.FirstChild)
		}
		list.Parent.RemoveChild(list)
	}
}

func labelsOf(list *html.Node) (labels []string) {
	for n := range list.Descendants() {
		if n.Type == html.ElementNode && (attribute(n, "role") == "tab" || n.Data == "label") {
			labels = append(labels, words(n))
		}
	}
	return labels
}

// panelsOf are what a list of tabs shows: the panels beside it or below what is
// beside it, but for panels in panels.
func panelsOf(list *html.Node) (panels []*html.Node) {
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch {
			case c == list || c.Type != html.ElementNode:
			case slices.ContainsFunc(tabPanels, func(s selector) bool { return s.fits(c) }):
				panels = append(panels, c)
			default:
				walk(c)
			}
		}
	}
	for up := list.Parent; up != nil && len(panels) == 0; up = up.Parent {
		walk(up)
	}
	return panels
}
