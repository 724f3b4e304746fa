package retrieval

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"docent"
	"docent/analysis"
)

// memory is an Index of chunks in memory. It proposes by the number of terms
// that a chunk holds, which is about as well as a store ranks.
type memory struct {
	mu       sync.Mutex
	releases []docent.Release
	chunks   map[docent.Unit][]docent.IndexedChunk
	stats    map[docent.Unit]*analysis.Stats
	asked    []docent.CandidateQuery
	statsN   int               // calls of Stats
	dense    map[string]int    // ranks of chunks in a dense list, by ID
	err      error             // of Candidates
	terms    map[string][]byte // terms by chunk ID that replace the right ones
	gone     map[string]bool   // chunks, by ID, that have no body
}

// published makes an index of releases numbered 1.
func published(units map[docent.Unit][]docent.Chunk) *memory {
	m := &memory{chunks: map[docent.Unit][]docent.IndexedChunk{}, stats: map[docent.Unit]*analysis.Stats{}}
	for u, chunks := range units {
		m.stats[u] = new(analysis.Stats)
		pages := map[string]bool{}
		for i := range chunks {
			c := chunks[i]
			c.Unit = u
			c.ID = strings.Join([]string{u.Source, u.Version, u.Lang, c.ID}, "|")
			encoded := analysis.ChunkTerms(&c)
			if err := m.stats[u].Add(encoded); err != nil {
				panic(err)
			}
			m.chunks[u] = append(m.chunks[u], docent.IndexedChunk{Chunk: c, Terms: encoded})
			pages[c.Path] = true
		}
		m.releases = append(m.releases, docent.Release{
			Unit: u, Number: 1, Pages: len(pages), Chunks: len(chunks), Active: true, CreatedAt: time.Unix(1, 0),
		})
	}
	slices.SortFunc(m.releases, func(a, b docent.Release) int {
		return cmp.Or(cmp.Compare(a.Unit.Source, b.Unit.Source), cmp.Compare(a.Unit.Version, b.Unit.Version), cmp.Compare(a.Unit.Lang, b.Unit.Lang))
	})
	return m
}

func (m *memory) Releases(_ context.Context, site string) ([]docent.Release, error) {
	return slices.DeleteFunc(slices.Clone(m.releases), func(r docent.Release) bool { return r.Unit.Site != site }), nil
}

func (m *memory) Stats(_ context.Context, r docent.Release) (*analysis.Stats, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.statsN++
	return m.stats[r.Unit], nil
}

func (m *memory) Candidates(ctx context.Context, q docent.CandidateQuery) ([]docent.Candidate, error) {
	m.mu.Lock()
	m.asked = append(m.asked, q)
	m.mu.Unlock()
	if m.err != nil {
		return nil, m.err
	}
	type scored struct {
		docent.Candidate
		n int
	}
	var all []scored
	for _, r := range q.Releases {
		for _, c := range m.chunks[r.Unit] {
			if !strings.HasPrefix(c.Path, q.PathPrefix) {
				continue
			}
			n := 0
			analysis.EachTerm(c.Terms, func(term string, _ [analysis.NumFields]int) error {
				if slices.Contains(q.Terms, term) {
					n++
				}
				return nil
			})
			if t, ok := m.terms[c.ID]; ok {
				c.Terms = t
			}
			if n > 0 || m.dense[c.ID] > 0 {
				p := proposed(c)
				p.Lexical, p.Dense = min(n, 1), m.dense[c.ID]
				if p.Dense > 0 {
					p.Cosine = 1 / float64(1+p.Dense)
				}
				all = append(all, scored{p, n})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b scored) int { return b.n - a.n })
	var out []docent.Candidate
	for _, s := range all[:min(len(all), q.Limit)] {
		out = append(out, s.Candidate)
	}
	return out, ctx.Err()
}

// proposed is what a store gives of a chunk that it proposes.
func proposed(c docent.IndexedChunk) docent.Candidate {
	return docent.Candidate{ID: c.ID, Key: c.ID, Unit: c.Unit, Path: c.Path, Ordinal: c.Ordinal, Section: c.Section, Terms: c.Terms}
}

func (m *memory) Bodies(ctx context.Context, picked []docent.Candidate) (map[string]docent.Chunk, error) {
	bodies := map[string]docent.Chunk{}
	for _, p := range picked {
		for _, c := range m.chunks[p.Unit] {
			if c.ID == p.Key && !m.gone[c.ID] {
				bodies[c.ID] = c.Chunk
			}
		}
	}
	return bodies, ctx.Err()
}

func (m *memory) Section(_ context.Context, r docent.Release, path string, section int) ([]docent.Chunk, error) {
	var chunks []docent.Chunk
	for _, c := range m.chunks[r.Unit] {
		if c.Path == path && c.Section == section {
			chunks = append(chunks, c.Chunk)
		}
	}
	return chunks, nil
}

func (m *memory) Page(_ context.Context, r docent.Release, path string) (docent.Page, []docent.Chunk, error) {
	var chunks []docent.Chunk
	for _, c := range m.chunks[r.Unit] {
		if c.Path == path {
			chunks = append(chunks, c.Chunk)
		}
	}
	if chunks == nil {
		return docent.Page{}, nil, docent.Errorf(docent.CodeNotFound, "no page")
	}
	return docent.Page{Path: path, Title: chunks[0].Title, URL: "/" + path}, chunks, nil
}

var unit = docent.Unit{Site: docent.DefaultSite, Source: "docs", Lang: "en"}

// page makes the chunks of a page, one a section: heading, text, heading, text ...
func page(path, title string, sections ...string) []docent.Chunk {
	var chunks []docent.Chunk
	for i := 0; i+1 < len(sections); i += 2 {
		c := docent.Chunk{
			ID: path + "#" + sections[i], Path: path, Title: title, URL: "/" + path + "#" + sections[i], Anchor: sections[i],
			Text: sections[i+1], Ordinal: i / 2, Section: i / 2, Line: i + 1, EndLine: i + 2, Tokens: analysis.Tokens(sections[i+1]),
		}
		if sections[i] != "" {
			c.Headings = []string{sections[i]}
		}
		chunks = append(chunks, c)
	}
	return chunks
}

func search(t *testing.T, s *Searcher, q docent.Query) docent.Found {
	t.Helper()
	q.Site = docent.DefaultSite
	found, err := s.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// anchors gives the found passages as path#anchor.
func anchors(found docent.Found) []string {
	var out []string
	for _, p := range found.Passages {
		out = append(out, p.Path+"#"+p.Anchor)
	}
	return out
}
