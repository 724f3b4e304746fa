package site

import (
	"net/url"
	"path"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// summaryItem is an item of a page that lists others, such as SUMMARY.md: a
// link, a label for the items below it, or a heading between lists.
type summaryItem struct {
	label  string
	target string // where its link leads, decoded; "" without a link
	link   bool   // it has one, of which the target may be left out
	part   bool   // it is a heading
	inner  []summaryItem
}

var summaryMarkdown = goldmark.New(goldmark.WithRendererOptions(html.WithUnsafe()))

// summary reads the links, lists and headings of a page, in order.
func summary(raw []byte) []summaryItem {
	return summaryItems(summaryMarkdown.Parser().Parse(text.NewReader(raw)), raw)
}

func summaryItems(n ast.Node, src []byte) []summaryItem {
	var items []summaryItem
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Heading:
			items = append(items, summaryItem{label: inlineText(c, src), part: true})
		case *ast.List:
			items = append(items, listItems(c, src)...)
		case *ast.Paragraph:
			items = append(items, linksIn(c, src)...)
		}
	}
	return items
}

func listItems(list ast.Node, src []byte) []summaryItem {
	var items []summaryItem
	for li := list.FirstChild(); li != nil; li = li.NextSibling() {
		items = append(items, listItem(li, src))
	}
	return items
}

// listItem is an item of a list, with the lists in it below it.
func listItem(li ast.Node, src []byte) summaryItem {
	var item summaryItem
	for c := li.FirstChild(); c != nil; c = c.NextSibling() {
		if inner, ok := c.(*ast.List); ok {
			item.inner = append(item.inner, listItems(inner, src)...)
			continue
		}
		if links := linksIn(c, src); len(links) > 0 && !item.link {
			item.label, item.target, item.link = links[0].label, links[0].target, true
		} else if item.label == "" {
			item.label = inlineText(c, src)
		}
	}
	return item
}

// linksIn are the links of a paragraph.
func linksIn(n ast.Node, src []byte) []summaryItem {
	var items []summaryItem
	ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		if link, ok := c.(*ast.Link); ok && entering {
			target := string(util.UnescapePunctuations(link.Destination))
			if decoded, err := url.PathUnescape(target); err == nil {
				target = decoded
			}
			items = append(items, summaryItem{label: inlineText(link, src), target: target, link: true})
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	return items
}

// summaryEntries are the pages that a table of contents lists. A heading is the label
// of those that follow it, save the first one, which is the list's own.
func summaryEntries(items []summaryItem) []entry {
	var all []entry
	into := &all
	for i, item := range items {
		if item.part {
			if i > 0 {
				all = append(all, entry{label: item.label})
				into = &all[len(all)-1].inner
			}
			continue
		}
		e := entry{label: item.label, inner: summaryEntries(item.inner)}
		if target, _, _ := strings.Cut(item.target, "#"); target != "" && !strings.Contains(target, "://") {
			e.file = path.Clean(target)
		}
		*into = append(*into, e)
	}
	return all
}

// inlineText is the text within n.
func inlineText(n ast.Node, src []byte) string {
	var b strings.Builder
	ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := c.(*ast.Text); ok && entering {
			b.Write(util.ResolveEntityNames(util.UnescapePunctuations(t.Value(src))))
			if t.SoftLineBreak() {
				b.WriteByte(' ')
			}
		}
		return ast.WalkContinue, nil
	})
	return oneLine(b.String())
}
