package server

import (
	"context"
	"sync"

	"docent"
	"docent/retrieval"
)

// search is the server's search: each call uses the index of the moment when it
// began, to its end. So an index can be put in another's place while questions
// are asked: none fails, and none sees both.
type search struct {
	mu  sync.Mutex
	now *serving
}

// enter gives the index of the moment; the caller ends with users.Done.
func (s *search) enter() *serving {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now.users.Add(1)
	return s.now
}

// Search implements web.Search and chat.Retrieve.
func (s *search) Search(ctx context.Context, q docent.Query) (docent.Found, error) {
	now := s.enter()
	defer now.users.Done()
	return now.Search(ctx, q)
}

// Page implements web.Search.
func (s *search) Page(ctx context.Context, site string, f docent.Filters, at string) (docent.Page, []docent.Chunk, error) {
	now := s.enter()
	defer now.users.Done()
	return now.Page(ctx, site, f, at)
}

// Chunks gives a page as retrieval.Searcher does.
func (s *search) Chunks(ctx context.Context, site string, f docent.Filters, at string) (docent.Page, []docent.Chunk, error) {
	now := s.enter()
	defer now.users.Done()
	return now.Chunks(ctx, site, f, at)
}

// Sections implements docs.Library.
func (s *search) Sections(ctx context.Context, site string, f docent.Filters, at string) (docent.Page, []docent.Passage, error) {
	now := s.enter()
	defer now.users.Done()
	return now.Sections(ctx, site, f, at)
}

// Languages implements chat.Library.
func (s *search) Languages(ctx context.Context, site string, f docent.Filters) ([]string, error) {
	now := s.enter()
	defer now.users.Done()
	return now.Languages(ctx, site, f)
}

// Releases implements chat.Library.
func (s *search) Releases(ctx context.Context, q docent.Query) ([]docent.Release, error) {
	now := s.enter()
	defer now.users.Done()
	return now.Releases(ctx, q)
}

// Leans implements chat.Library.
func (s *search) Leans(question string, history []docent.ModelMessage) bool {
	return retrieval.Leans(question, history)
}

// Again implements chat.Library.
func (s *search) Again(ctx context.Context, site string, f docent.Filters, sources []docent.Source) ([]docent.Passage, error) {
	now := s.enter()
	defer now.users.Done()
	return now.Again(ctx, site, f, sources)
}

func (s *search) ready(ctx context.Context) error {
	now := s.enter()
	defer now.users.Done()
	return now.ready(ctx)
}

// replace puts next in the place of what was there, and closes that when the
// last call that uses it has ended.
func (s *search) replace(next *serving) error {
	s.mu.Lock()
	old := s.now
	s.now = next
	s.mu.Unlock()
	if old == nil {
		return nil
	}
	old.users.Wait() // nobody enters it any more
	return old.index.Close()
}

// close closes the index. Calls under way and later ones fail.
func (s *search) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now == nil {
		return nil
	}
	return s.now.index.Close()
}
