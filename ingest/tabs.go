package ingest

import (
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"

	"docent"
)

// isTab reports whether d is one of several pages in one place, of which a
// reader sees one.
func (d *directive) isTab() bool { return d.name == "tab" }

// isTab reports whether n is a tab.
func isTab(n ast.Node) bool {
	d, ok := n.(*directive)
	return ok && d.isTab()
}

// tabs writes the tabs that stand side by side from first on; of a later one
// nothing is left to write.
func (r *reader) tabs(first ast.Node) {
	if isTab(first.PreviousSibling()) {
		return
	}
	var tabs []ast.Node
	for n := first; isTab(n); n = n.NextSibling() {
		tabs = append(tabs, n)
	}
	labels := make([]string, len(tabs))
	for i, n := range tabs {
		labels[i] = r.title(n.(*directive))
	}
	for i, tab := range r.distinct(tabs, labels) {
		if !tab.copy {
			r.opened(tabs[i], tab.opening(""), docent.BlockParagraph)
		}
	}
}

// codeGroup writes code blocks as tabs that are called what the blocks are.
func (r *reader) codeGroup(d *directive) {
	var tabs []ast.Node
	var labels []string
	for c := d.FirstChild(); c != nil; c = c.NextSibling() {
		code, ok := c.(*ast.FencedCodeBlock)
		if !ok {
			r.block(c)
			continue
		}
		tabs, labels = append(tabs, c), append(labels, r.fence(code).title)
	}
	for i, tab := range r.distinct(tabs, labels) {
		if !tab.copy {
			r.codeBlock(tabs[i], tab.opening(called(tab.label)))
		}
	}
}

// nestedTab gives a tab within another block as text.
func (r *reader) nestedTab(d *directive) string {
	return joinWords(tab{label: r.title(d)}.opening(""), r.children(d))
}

// tab is how one of several tabs is written.
type tab struct {
	label string   // "" where it has none
	alike []string // the labels of its copies
	copy  bool     // it is not written
}

// opening is the words before a tab: those given where it stands for itself.
func (t tab) opening(words string) string {
	switch {
	case len(t.alike) > 0:
		return t.label + " (" + strings.Join(t.alike, ", ") + " alike):"
	case words == "" && t.label != "":
		return t.label + ":"
	}
	return words
}

// distinct says how tabs are written. What one package manager is told and
// another nearly alike is written once, and names the others.
func (r *reader) distinct(nodes []ast.Node, labels []string) []tab {
	tabs := make([]tab, len(nodes))
	first := -1
	for i, label := range labels {
		tabs[i].label = label
		switch {
		case !isManager(label):
		case first < 0:
			first = i
		case alike(r.sourceOf(nodes[first]), r.sourceOf(nodes[i])):
			tabs[i].copy = true
			tabs[first].alike = append(tabs[first].alike, label)
		}
	}
	return tabs
}

// sourceOf is the source text of a block.
func (r *reader) sourceOf(n ast.Node) string {
	from, to := extent(n, 0)
	if from < 0 {
		return ""
	}
	return string(r.src[from:to])
}

var managers = []string{"npm", "npx", "yarn", "pnpm", "bun", "deno", "cnpm", "ni"}

// isManager reports whether a tab is of one of JavaScript's package managers.
func isManager(label string) bool {
	word, _, _ := strings.Cut(strings.ToLower(strings.Trim(label, "` ")), " ")
	return slices.Contains(managers, word)
}

// managerWords are what the same command is called in different managers.
var managerWords = regexp.MustCompile(`(?i)\b(?:(?:npm|npx|pnpm|pnpx|yarn|bun|bunx|deno|cnpm|ni|nlx|nr)\b(?:\s+(?:install|add|i|ci|run|exec|dlx|x|create|init|task|remove|uninstall|rm|up|update|upgrade|global|workspace)\b)*|npm:|@latest\b)|(?:^|\s)--?(?:save-dev|save-exact|save|dev|D|d|g|global|y|yes|E|exact|S|A)?(?:\s|$)`)

// word is what two commands are compared by.
var commandWord = regexp.MustCompile(`[\pL\pN@./_-]+`)

// alike reports whether two tabs say the same to different managers.
func alike(a, b string) bool {
	count := map[string]int{}
	first := commandWord.FindAllString(managerWords.ReplaceAllString(a, " "), -1)
	second := commandWord.FindAllString(managerWords.ReplaceAllString(b, " "), -1)
	for _, w := range first {
		count[w]++
	}
	common := 0
	for _, w := range second {
		if count[w] > 0 {
			count[w]--
			common++
		}
	}
	return 5*common >= 3*max(len(first), len(second))
}
