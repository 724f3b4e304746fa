package chat

import (
	"context"

	"docent"
)

// Library tells of the documentation what messages are understood by. It buys
// questions in other languages than the documentation's, follow-ups that a model
// rewrites, and answers from former passages; without one there are none of these.
type Library interface {
	// Languages are those of what the filters choose, BCP 47, each once; "" is
	// unknown. Errors are those of a search with these filters.
	Languages(ctx context.Context, site string, f docent.Filters) ([]string, error)
	// Releases are those that a question may be answered from, in whatever language
	// it is searched for. Errors are those of a search.
	Releases(ctx context.Context, q docent.Query) ([]docent.Release, error)
	// Leans reports whether a question can't be understood without what was said
	// before it.
	Leans(question string, history []docent.ModelMessage) bool
	// Again gives the passages that sources were of, in their order and with their
	// numbers; those that are gone are left out.
	Again(ctx context.Context, site string, f docent.Filters, sources []docent.Source) ([]docent.Passage, error)
}

// Option changes what a Service can do.
type Option func(*Service)

// WithLibrary lets messages be understood by what the documentation has.
func WithLibrary(l Library) Option { return func(s *Service) { s.docs = l } }
