package retrieval

import (
	"context"
	"errors"
	"slices"
	"sync"

	"docent"
)

// sectionTokens is how long a passage may grow by what stands around its hits in
// their section: half of what passages are joined to by hits alone, since nothing
// says that it fits the question.
const sectionTokens = 1000

// parts gives the chunks of each group in the page's order: its hits, and, where
// whole sections are asked for, what stands around them in their section.
func (s *Searcher) parts(ctx context.Context, q asked, releases []docent.Release, groups []*group, bodies map[string]docent.Chunk) ([][]docent.Chunk, error) {
	parts := make([][]docent.Chunk, len(groups))
	for i, g := range groups {
		for _, h := range g.hits {
			parts[i] = append(parts[i], bodies[h.ID])
		}
	}
	if !q.Whole {
		return parts, nil
	}
	sections, err := s.sections(ctx, releases, groups)
	if err != nil {
		return nil, err
	}
	said := map[string]bool{} // chunks that better passages hold
	for i, p := range parts {
		p = slices.DeleteFunc(p, func(c docent.Chunk) bool { return said[c.ID] })
		if len(p) > 0 {
			p = grown(p, sections[i], said)
		}
		for _, c := range p {
			said[c.ID] = true
		}
		parts[i] = p
	}
	return parts, nil
}

// sections loads the whole section of each group, all at once.
func (s *Searcher) sections(ctx context.Context, releases []docent.Release, groups []*group) ([][]docent.Chunk, error) {
	sections, errs := make([][]docent.Chunk, len(groups)), make([]error, len(groups))
	var loading sync.WaitGroup
	for i, g := range groups {
		h := g.first()
		at := slices.IndexFunc(releases, func(r docent.Release) bool { return r.Unit == h.Unit })
		if at >= 0 {
			loading.Go(func() { sections[i], errs[i] = s.section(ctx, releases[at], h.Path, h.Section) })
		}
	}
	loading.Wait()
	return sections, errors.Join(errs...)
}

// maxSections is how many bytes of sections are kept that passages were lately made
// of: most readers ask about the same pages.
const maxSections = 4 << 20

// chunkBytes is about what a chunk takes beside its text.
const chunkBytes = 1 << 10

// sectionKey names a section for good: a release does not change.
type sectionKey struct {
	unit    docent.Unit
	number  int
	made    int64 // a unit that was dropped begins to count again
	path    string
	section int
}

// section gives the chunks of a section, which nobody may change.
func (s *Searcher) section(ctx context.Context, r docent.Release, path string, n int) ([]docent.Chunk, error) {
	key := sectionKey{r.Unit, r.Number, r.CreatedAt.UnixNano(), path, n}
	if chunks, kept := s.kept.Get(key); kept {
		return chunks, nil
	}
	chunks, err := s.index.Section(ctx, r, path, n)
	if err != nil || len(chunks) == 0 { // it may have been deleted meanwhile
		return chunks, err
	}
	bytes := 0
	for _, c := range chunks {
		bytes += len(c.Text) + chunkBytes
	}
	s.kept.Put(key, chunks, bytes)
	return chunks, nil
}

// grown gives adjoining chunks with what follows and precedes them in their
// section, by turns, as far as sectionTokens reach and without what was said. A
// section that is not there any more leaves them as they are.
func grown(parts, section []docent.Chunk, said map[string]bool) []docent.Chunk {
	from := slices.IndexFunc(section, func(c docent.Chunk) bool { return c.ID == parts[0].ID })
	to := from + len(parts)
	if from < 0 || to > len(section) || section[to-1].ID != parts[len(parts)-1].ID {
		return parts
	}
	tokens := 0
	for _, c := range parts {
		tokens += c.Tokens
	}
	fits := func(i int) bool {
		return i >= 0 && i < len(section) && !said[section[i].ID] && tokens+section[i].Tokens <= sectionTokens
	}
	for fits(to) || fits(from-1) {
		if fits(to) {
			tokens += section[to].Tokens
			to++
		}
		if fits(from - 1) {
			from--
			tokens += section[from].Tokens
		}
	}
	return section[from:to]
}

// join makes one chunk of adjoining ones: the first one's place, the whole text.
func join(parts []docent.Chunk) docent.Chunk {
	c := parts[0]
	c.Blocks = slices.Clone(c.Blocks)
	c.Links = slices.Clone(c.Links)
	for _, next := range parts[1:] {
		shift := len(c.Text) + len("\n\n")
		c.Text += "\n\n" + next.Text
		for _, b := range next.Blocks {
			b.Start += shift
			b.End += shift
			c.Blocks = append(c.Blocks, b)
		}
		c.Links = append(c.Links, next.Links...)
		c.EndLine = next.EndLine
		c.Tokens += next.Tokens
	}
	return c
}
