package ingest

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"hash/maphash"
	"regexp"
	"slices"
	"strings"

	"docent/ingest/site"
)

// Copy is a page that is left out, since another one of the same version and
// language has the same title and text.
type Copy struct {
	Path string `json:"path"`
	Of   string `json:"of"` // the path of the page that is in
}

// minCopied is the length from which on equal texts are copies, in bytes. What
// stubs say ("Coming soon") is often the same, and each stands for a page of its
// own.
const minCopied = 200

// bodyKey is what copies have in common; the zero value is of pages that may
// have none.
type bodyKey [sha256.Size]byte

// findCopies gives the page that each copy is of. All files of the unit are
// looked at, also those that did not change: what is a copy depends on what is
// there, not on what was done before.
func (m *maker) findCopies() map[string]string {
	alike := map[uint64][]string{}
	for _, file := range m.files {
		if sum := m.sums[file]; sum != 0 {
			alike[sum] = append(alike[sum], file)
		}
	}
	copies := map[string]string{}
	for _, files := range alike {
		groups := map[bodyKey][]string{}
		for _, file := range files {
			if len(files) == 1 {
				break
			}
			if key := m.bodyKey(file); key != (bodyKey{}) {
				groups[key] = append(groups[key], file)
			}
		}
		for _, same := range groups {
			m.copiesAmong(same, copies)
		}
	}
	return copies
}

// roughSum is the same for all copies of a text, and for few others: of what
// follows the front matter, without white space. It is what every ingest pays
// for each file; 0 is of files that have no copies. raw is spent.
func roughSum(raw []byte, seed maphash.Seed) uint64 {
	if len(raw) < minCopied {
		return 0
	}
	for _, fence := range []string{"---\n", "+++\n"} {
		if head, has := bytes.CutPrefix(raw, []byte(fence)); has {
			if _, body, closed := bytes.Cut(head, []byte("\n"+fence)); closed {
				raw = body
			}
		}
	}
	words := raw[:0]
	for _, b := range raw {
		if b > ' ' {
			words = append(words, b)
		}
	}
	return maphash.Bytes(seed, words)
}

// copiesAmong chooses the page that stays of those with the same text: one to
// which no other's address leads on, one in the navigation, the one nearest to
// the site's root, the first.
func (m *maker) copiesAmong(files []string, copies map[string]string) {
	pages, leads := make([]site.Page, len(files)), map[string]bool{}
	for i, f := range files {
		pages[i] = m.rules.Page(site.File{Path: f})
		for _, alias := range pages[i].Aliases {
			leads[alias] = true
		}
	}
	redirects := m.rules.About().Redirects
	rank := func(i int) (forwarded, unlisted, depth int) {
		p := pages[i]
		if leads[p.URL] || redirects[p.URL] != "" {
			forwarded = 1
		}
		if p.Order == 0 {
			unlisted = 1
		}
		return forwarded, unlisted, strings.Count(strings.TrimSuffix(p.URL, "/"), "/")
	}
	order := make([]int, len(files))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		fa, ua, da := rank(a)
		fb, ub, db := rank(b)
		return cmp.Or(cmp.Compare(fa, fb), cmp.Compare(ua, ub), cmp.Compare(da, db))
	})
	for _, i := range order[1:] {
		copies[files[i]] = files[order[0]]
	}
}

// evaluated is what becomes of a page by more than its own text.
var evaluated = regexp.MustCompile(`\{\{|\{%|<[A-Z]|\$\{`)

// bodyKey is of a file's title and its text without front matter and with white
// space collapsed.
func (m *maker) bodyKey(file string) (key bodyKey) {
	raw, why := readFile(m.folder.abs(file), m.cfg.MaxFileBytes)
	if why != "" || len(raw) < minCopied || m.partials[file] || m.dialect.includes(raw) || evaluated.Match(raw) {
		return key
	}
	text, why := decode(raw)
	if why != "" {
		return key
	}
	source := openSource(file, text, m.dialect.Framework == "mkdocs")
	page := m.rules.Page(site.File{Path: file, Meta: source.meta, Heading: firstHeading(source.text)})
	body := bytes.Join(bytes.Fields(source.text), []byte(" "))
	if page.Hidden != "" || len(body) < minCopied {
		return key
	}
	return sha256.Sum256(append([]byte(page.Title+"\x00"), body...))
}
