package ingest

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"docent"
)

const (
	maxCalled     = 20  // of Chunk.Called
	maxCalledText = 120 // bytes: longer is a sentence, and no name
)

// nameless are texts of links that say nothing of where they lead.
var nameless = func() map[string]bool {
	all := map[string]bool{}
	for _, s := range strings.Split(`here|click here|see here|this|that|it|link|this link|links|page|this page|that page|section|this section|
article|this article|guide|this guide|see|see also|more|read more|learn more|find out more|more information|more info|info|details|more details|
below|above|next|previous|prev|back|top|back to top|home|edit|example|this example|doc|docs|the docs|documentation|the documentation|reference|
source|hier|mehr|ici|plus|aquí|más|aqui|mais|qui|здесь|тут|这里|這裡|こちら|ここ|여기`, "|") {
		all[strings.TrimSpace(s)] = true
	}
	return all
}()

// outgoing gives the page's links to others of its source, as its record keeps
// them.
func (p *page) outgoing() []docent.PageLink {
	var links []docent.PageLink
	seen := map[docent.PageLink]bool{}
	for i := range p.Sections {
		for _, l := range p.Sections[i].Links {
			out := docent.PageLink{Path: l.Path, Anchor: l.Anchor, Text: strings.Join(strings.Fields(l.Text), " ")}
			if l.Path != "" && l.Path != p.Path && !seen[out] && names(out.Text) {
				seen[out] = true
				links = append(links, out)
			}
		}
	}
	return links
}

// names reports whether the text of a link can be what it leads to is called.
func names(text string) bool {
	bare := strings.ToLower(strings.TrimFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
	return bare != "" && len(text) <= maxCalledText && !nameless[bare] && !strings.Contains(text, "://") && !strings.HasPrefix(bare, "www.")
}

// mention is a text of links to one anchor of a page.
type mention struct{ anchor, text string }

// mentions are what other pages call a page: how many of them, for each.
type mentions map[mention]int

// mentioned gives the mentions of a unit's pages by path, when all are known:
// those that were read and those of the last release that stay.
func (m *maker) mentioned(found []made) map[string]mentions {
	all := map[string]mentions{}
	add := func(links []docent.PageLink) {
		for _, l := range links {
			to := cmp.Or(m.copies[l.Path], l.Path)
			if all[to] == nil {
				all[to] = mentions{}
			}
			all[to][mention{l.Anchor, l.Text}]++
		}
	}
	kept := map[string]bool{}
	for i := range found {
		switch one := &found[i]; {
		case one.skip != "":
			below(m.base, one.path, func(path string) { kept[path] = true })
		case one.same:
			add(m.base[one.path].Links)
		default:
			add(one.links)
		}
	}
	for _, s := range m.folder.skipped {
		below(m.base, s.Path, func(path string) { kept[path] = true })
	}
	for path := range kept {
		add(m.base[path].Links)
	}
	return all
}

// digest names what a page is called; "" where it is called nothing.
func (m mentions) digest() string {
	if len(m) == 0 {
		return ""
	}
	h := sha256.New()
	for _, at := range slices.SortedFunc(maps.Keys(m), m.order) {
		fmt.Fprintf(h, "%q %q %d\n", at.anchor, at.text, m[at])
	}
	return "+" + hex.EncodeToString(h.Sum(nil)[:8])
}

// order compares two mentions, the more frequent one first.
func (m mentions) order(a, b mention) int {
	return cmp.Or(cmp.Compare(m[b], m[a]), cmp.Compare(a.text, b.text), cmp.Compare(a.anchor, b.anchor))
}

// sameFile reports whether two hashes of a page differ at most in what others
// call it.
func sameFile(a, b string) bool {
	a, _, _ = strings.Cut(a, "+")
	b, _, _ = strings.Cut(b, "+")
	return a == b
}

// called gives what others call a section, in other words than its title and
// headings.
func (p *page) called(section int) []string {
	if len(p.mentions) == 0 {
		return nil
	}
	anchors := p.anchorsTo(section)
	said := map[string]bool{strings.ToLower(p.Title): true}
	for _, h := range p.Sections[section].Headings {
		said[strings.ToLower(h)] = true
	}
	var called []string
	for _, at := range slices.SortedFunc(maps.Keys(p.mentions), p.mentions.order) {
		lower := strings.ToLower(at.text)
		if slices.Contains(anchors, at.anchor) && !said[lower] && len(called) < maxCalled {
			said[lower] = true
			called = append(called, at.text)
		}
	}
	return called
}

// anchorsTo gives the anchors of links that lead to a section: its own, where no
// section above has it, those of the sections that it is the first words of, and
// the page's top.
func (p *page) anchorsTo(section int) (anchors []string) {
	for level := 7; p.Sections[section].Level < level; section-- {
		s := &p.Sections[section]
		level = s.Level
		above := p.Sections[:section]
		if s.Anchor != "" && !slices.ContainsFunc(above, func(o docent.Section) bool { return o.Anchor == s.Anchor }) {
			anchors = append(anchors, s.Anchor)
		}
		if section == 0 {
			return append(anchors, "", "top")
		}
		if len(above[section-1].Blocks) > 0 {
			break
		}
	}
	return anchors
}
