package web

import (
	"context"

	"docent"
	"docent/access"
)

// Answers makes answers and lets many follow each. chat implements it.
type Answers interface {
	// Start begins an answer, which then runs on its own.
	Start(ctx context.Context, p access.Principal, a docent.Ask) (docent.Started, error)
	// Follow gives fn the events of an answer with IDs above after, in order,
	// each once, those together that are there together, waiting for those to
	// come, until the last event or an error. It also follows answers that ended
	// long ago. fn must not change or keep what it is given. Leaving does not
	// stop the answer at once: it runs on for the configured time. With fn's
	// error it returns that error.
	Follow(ctx context.Context, p access.Principal, messageID string, after int, fn func([]docent.Event) error) error
	// CancelSession stops the answers of a session, before it is deleted.
	CancelSession(ctx context.Context, p access.Principal, sessionID string) error
	// Cancel stops an answer; what was said stays stored. Cancelling a
	// finished answer changes nothing and is no error.
	Cancel(ctx context.Context, p access.Principal, messageID string) error
}

// Sessions reads and changes stored conversations. Another owner's are
// docent.CodeNotFound.
type Sessions interface {
	// Sessions lists the owner's, latest change first unless q.Order is "asc".
	Sessions(ctx context.Context, o docent.Owner, q docent.List) (docent.Listed[docent.Session], error)
	Session(ctx context.Context, o docent.Owner, id string) (docent.Session, error)
	RenameSession(ctx context.Context, o docent.Owner, id, title string) (docent.Session, error)
	DeleteSession(ctx context.Context, o docent.Owner, id string) error
	// Messages lists a session's, oldest first unless q.Order is "desc".
	Messages(ctx context.Context, o docent.Owner, sessionID string, q docent.List) (docent.Listed[docent.Message], error)
	Message(ctx context.Context, o docent.Owner, id string) (docent.Message, error)
	SetFeedback(ctx context.Context, o docent.Owner, messageID string, f docent.Feedback) error
}

// Search finds sections without a model.
type Search interface {
	Search(ctx context.Context, q docent.Query) (docent.Found, error)
	// Page gives an indexed page of a source's default version (or f.Version),
	// for the reader's view. at is its path, or its URL as ingest made it.
	Page(ctx context.Context, site string, f docent.Filters, at string) (docent.Page, []docent.Chunk, error)
}

// Ready says nil when questions can be answered, and otherwise why not and
// what to do.
type Ready func(ctx context.Context) error
