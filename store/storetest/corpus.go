package storetest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"testing"

	"docent"
	"docent/analysis"
)

// corpus is a documentation: a page's chunks by its path, a chunk being its
// text.
type corpus map[string][]string

var guide = docent.Unit{Site: docent.DefaultSite, Source: "guide", Lang: "en"}

// chunksOf makes the chunks of a page: its title is its path's words.
func chunksOf(unit docent.Unit, path string, texts []string) []docent.IndexedChunk {
	var chunks []docent.IndexedChunk
	for i, text := range texts {
		chunks = append(chunks, indexed(docent.Chunk{
			Unit: unit, Path: path, Title: "Page " + path, Headings: []string{"Part", fmt.Sprint("Section ", i)},
			Anchor: fmt.Sprint("section-", i), URL: fmt.Sprintf("/%s#section-%d", path, i), Text: text,
			Blocks: []docent.Block{{Kind: docent.BlockParagraph, End: len(text), Line: 1 + i, EndLine: 1 + i}},
			Line:   1 + i, EndLine: 1 + i, Ordinal: i, Section: i, Tokens: analysis.Tokens(text),
		}))
	}
	return chunks
}

// indexed gives a chunk its ID, which names all of it, and its terms.
func indexed(c docent.Chunk) docent.IndexedChunk {
	sum := sha256.Sum256(fmt.Appendf(nil, "%+v", c))
	c.ID = hex.EncodeToString(sum[:12])
	return docent.IndexedChunk{Chunk: c, Terms: analysis.ChunkTerms(&c)}
}

func pageOf(path string, texts []string) docent.Page {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", texts))
	return docent.Page{Path: path, Title: "Page " + path, URL: "/" + path, Hash: hex.EncodeToString(sum[:]), Chunks: len(texts)}
}

// publish ingests all of docs as the next release, writing only what differs
// from the last one.
func publish(t *testing.T, s IndexStore, unit docent.Unit, docs corpus) docent.Release {
	t.Helper()
	return publishWith(t, s, unit, docs, func(string) []float32 { return nil })
}

// publishWith is publish with the vectors of texts.
func publishWith(t *testing.T, s IndexStore, unit docent.Unit, docs corpus, vector func(text string) []float32) docent.Release {
	t.Helper()
	b, err := s.Begin(t.Context(), unit)
	must(t, err)
	defer b.Close()
	_, pages, stats := b.Base()
	for path := range pages {
		if _, stays := docs[path]; stays {
			continue
		}
		refs, err := b.Chunks(t.Context(), path)
		must(t, err)
		for _, ref := range refs {
			must(t, stats.Remove(ref.Terms))
		}
		must(t, b.Remove(t.Context(), path))
	}
	for _, path := range slices.Sorted(maps.Keys(docs)) {
		page := pageOf(path, docs[path])
		if pages[path].Hash == page.Hash {
			continue
		}
		refs, err := b.Chunks(t.Context(), path)
		must(t, err)
		chunks := chunksOf(unit, path, docs[path])
		for i := range chunks {
			chunks[i].Vector = vector(chunks[i].Text)
		}
		add, retire := difference(t, refs, chunks, stats)
		must(t, b.Put(t.Context(), page, add, retire))
	}
	r, err := b.Publish(t.Context(), stats)
	must(t, err)
	must(t, b.Close())
	return r
}

// difference plans a page and counts its changes into stats.
func difference(t *testing.T, base []docent.ChunkRef, now []docent.IndexedChunk, stats *analysis.Stats) (add []docent.IndexedChunk, retire []string) {
	t.Helper()
	stay := map[string]bool{}
	for _, c := range now {
		if slices.ContainsFunc(base, func(ref docent.ChunkRef) bool { return ref.ID == c.ID }) {
			stay[c.ID] = true
			continue
		}
		add = append(add, c)
		must(t, stats.Add(c.Terms))
	}
	for _, ref := range base {
		if !stay[ref.ID] {
			retire = append(retire, ref.ID)
			must(t, stats.Remove(ref.Terms))
		}
	}
	return add, retire
}

// statsOf counts docs afresh.
func statsOf(t *testing.T, unit docent.Unit, docs corpus) *analysis.Stats {
	t.Helper()
	s := &analysis.Stats{}
	for path, texts := range docs {
		for _, c := range chunksOf(unit, path, texts) {
			must(t, s.Add(c.Terms))
		}
	}
	return s
}

// found gives the texts of the candidates for the words, best first.
func found(t *testing.T, s IndexStore, q docent.CandidateQuery, words string) []string {
	t.Helper()
	if words != "" {
		q.Terms = analysis.QueryTerms(words, "en")
	}
	if q.Limit == 0 {
		q.Limit = 100
	}
	candidates, err := s.Candidates(t.Context(), q)
	must(t, err)
	for i, c := range candidates {
		if c.Lexical != i+1 {
			t.Errorf("candidate %d has place %d", i+1, c.Lexical)
		}
	}
	texts, err := textsOf(t.Context(), s, candidates)
	must(t, err)
	return texts
}

// textsOf gives the texts of candidates, in their order. docent.CodeNotFound
// where one has no body, another error where it has another's.
func textsOf(ctx context.Context, s IndexStore, candidates []docent.Candidate) ([]string, error) {
	if len(candidates) == 0 {
		return nil, nil
	}
	bodies, err := s.Bodies(ctx, candidates)
	if err != nil {
		return nil, err
	}
	var texts []string
	for _, c := range candidates {
		body, there := bodies[c.ID]
		if !there {
			return nil, docent.Errorf(docent.CodeNotFound, "%d of %d bodies are there", len(bodies), len(candidates))
		}
		if body.ID != c.ID || body.Unit != c.Unit || body.Path != c.Path || body.Ordinal != c.Ordinal || body.Section != c.Section {
			return nil, fmt.Errorf("the candidate %+v has the body %+v", c, body)
		}
		texts = append(texts, body.Text)
	}
	return texts, nil
}

// ask gives what a question finds in the active release of guide. Where that
// was deleted meanwhile, it gives no texts; and an error where something is
// missing of one that is still active.
func ask(ctx context.Context, s IndexStore, q docent.CandidateQuery) (texts []string, asked docent.Release, err error) {
	q.Releases, err = s.Releases(ctx, guide.Site)
	if err != nil {
		return nil, asked, err
	}
	asked = q.Releases[0]
	found, err := s.Candidates(ctx, q)
	if err == nil {
		texts, err = textsOf(ctx, s, found)
	}
	if docent.CodeOf(err) != docent.CodeNotFound {
		return texts, asked, err
	}
	now, failed := s.Releases(ctx, guide.Site)
	if failed != nil {
		return nil, asked, failed
	}
	if now[0].Number == asked.Number {
		return nil, asked, fmt.Errorf("release %d is active: %w", asked.Number, err)
	}
	return nil, asked, nil
}

// in asks for candidates of releases.
func in(releases ...docent.Release) docent.CandidateQuery {
	return docent.CandidateQuery{Releases: releases}
}
