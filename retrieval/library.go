package retrieval

import (
	"context"
	"slices"
	"strings"

	"docent"
	"docent/analysis"
)

// Leans reports whether a question can't be understood without what was said
// before it.
func Leans(question string, history []docent.ModelMessage) bool {
	return len(formerOf(question, history)) > 0
}

// Languages are those of what the filters choose, BCP 47, each once; "" is
// unknown. Errors are Choose's and the index's.
func (s *Searcher) Languages(ctx context.Context, site string, f docent.Filters) ([]string, error) {
	releases, err := s.Chosen(ctx, site, f)
	if err != nil {
		return nil, err
	}
	var langs []string
	for _, r := range releases {
		if !slices.Contains(langs, r.Unit.Lang) {
			langs = append(langs, r.Unit.Lang)
		}
	}
	return langs, nil
}

// Releases gives what a query may be answered from: what its filters choose, and
// what they choose in the language of its text. Errors are Choose's and the
// index's.
func (s *Searcher) Releases(ctx context.Context, q docent.Query) ([]docent.Release, error) {
	releases, _, _, err := s.choose(ctx, q)
	lang := analysis.LanguageOf(q.Text)
	if err != nil || lang == "" {
		return releases, err
	}
	q.Filters.Lang = lang
	more, _, _, err := s.choose(ctx, q)
	for _, r := range more {
		if !slices.ContainsFunc(releases, func(have docent.Release) bool { return have.Unit == r.Unit }) {
			releases = append(slices.Clip(releases), r)
		}
	}
	return releases, err
}

// Chosen gives the releases that filters mean, those of their preview among them.
// Errors are Choose's and the index's.
func (s *Searcher) Chosen(ctx context.Context, site string, f docent.Filters) ([]docent.Release, error) {
	releases, _, _, err := s.choose(ctx, docent.Query{Site: site, Filters: f})
	return releases, err
}

// Again gives the passages that sources were of as the documentation has them
// now, in their order and with their numbers. A chunk that is gone is looked for
// by its address; what has none any more is left out.
func (s *Searcher) Again(ctx context.Context, site string, f docent.Filters, sources []docent.Source) ([]docent.Passage, error) {
	var passages []docent.Passage
	said := map[string]bool{} // chunks that passages before hold
	for _, source := range sources {
		_, chunks, err := s.Page(ctx, site, f, s.pageOf(source.URL, f.Index))
		if docent.CodeOf(err) == docent.CodeNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		parts := partsOf(source, chunks, said)
		if len(parts) == 0 {
			continue
		}
		for _, c := range parts {
			said[c.ID] = true
		}
		passages = append(passages, docent.Passage{N: source.N, Chunk: join(parts), Score: source.Score, Snippet: source.Snippet})
	}
	return passages, nil
}

// Chunks gives a page, by its path or by an address that readers have of it, with its
// chunks in order. docent.CodeNotFound where there is none.
func (s *Searcher) Chunks(ctx context.Context, site string, f docent.Filters, at string) (docent.Page, []docent.Chunk, error) {
	page, chunks, err := s.Page(ctx, site, f, s.pageOf(at, f.Index))
	for _, form := range s.addresses(at) {
		if docent.CodeOf(err) != docent.CodeNotFound {
			break
		}
		page, chunks, err = s.Page(ctx, site, f, form)
	}
	return page, chunks, err
}

// Sections gives a page, by its path or its address, with its sections as
// passages, in order. docent.CodeNotFound where there is none.
func (s *Searcher) Sections(ctx context.Context, site string, f docent.Filters, at string) (docent.Page, []docent.Passage, error) {
	page, chunks, err := s.Chunks(ctx, site, f, at)
	if err != nil {
		return docent.Page{}, nil, err
	}
	var sections []docent.Passage
	for len(chunks) > 0 {
		end := slices.IndexFunc(chunks, func(c docent.Chunk) bool { return c.Section != chunks[0].Section })
		if end < 0 {
			end = len(chunks)
		}
		whole := join(chunks[:end])
		sections = append(sections, docent.Passage{Chunk: whole, Snippet: opening(whole.Text)})
		chunks = chunks[end:]
	}
	return page, sections, nil
}

// partsOf gives the chunks of a page that make the passage of a source again.
func partsOf(source docent.Source, chunks []docent.Chunk, said map[string]bool) []docent.Chunk {
	at := slices.IndexFunc(chunks, func(c docent.Chunk) bool { return c.ID == source.ID })
	if at < 0 {
		at = slices.IndexFunc(chunks, func(c docent.Chunk) bool { return c.URL == source.URL })
	}
	if at < 0 || said[chunks[at].ID] {
		return nil
	}
	section := slices.DeleteFunc(slices.Clone(chunks), func(c docent.Chunk) bool { return c.Section != chunks[at].Section })
	return grown(chunks[at:at+1], section, said)
}

// pageOf gives the address that the index knows a source's page by.
func (s *Searcher) pageOf(url, preview string) string {
	page, _, _ := strings.Cut(strings.TrimPrefix(url, s.config.PublicURL), "#")
	if preview != "" {
		page = strings.TrimSuffix(page, "index="+preview)
		page = strings.TrimRight(page, "?&")
	}
	return page
}
