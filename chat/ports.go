package chat

import (
	"context"

	"docent"
)

// Store keeps turns. It buys conversations in SQLite or PostgreSQL.
type Store interface {
	// BeginTurn stores the question and the place of its answer, before the
	// answer is made. Conflict where the session has an answer in the making;
	// NotFound where the session, or the message to retry, is not the owner's.
	// Where the owner used t.IdempotencyKey within ten minutes, nothing is
	// stored or counted and the earlier turn is given back with joined true;
	// unless t.RetryOf is its answer, and failed: then the key becomes t's.
	// t.Bounds hold exactly for all who use the store, and over restarts:
	// RateLimited beyond PerHour or AtOnce, Conflict beyond Messages.
	BeginTurn(ctx context.Context, o docent.Owner, t docent.Turn) (turn docent.Turn, joined bool, err error)
	// FinishTurn stores the answer as it ended, with its events and its gap,
	// which goes with the answer when that is deleted.
	FinishTurn(ctx context.Context, o docent.Owner, answer docent.Message, events []docent.Event) error
	// History gives a session's latest messages, oldest first, at most limit,
	// without replaced ones. With before set (a message's ID) only those that
	// precede it.
	History(ctx context.Context, o docent.Owner, sessionID, before string, limit int) ([]docent.Message, error)
	// Message gives one message; NotFound where it is not the owner's.
	Message(ctx context.Context, o docent.Owner, id string) (docent.Message, error)
	// Events gives the stored events of a finished answer.
	Events(ctx context.Context, o docent.Owner, messageID string) ([]docent.Event, error)
	// Cached gives the events of the answer that was last kept under a key of the
	// site, see docent.CacheEntry, and its ID: whoever's it is. NotFound where there
	// is none, or it is too old; or it was deleted, retried or voted down, itself
	// or one that was made of it.
	Cached(ctx context.Context, site, key string) (messageID string, events []docent.Event, err error)
	// ImproveTitle gives a session another title, unless its reader chose one:
	// that stays, without an error. NotFound where the session is not the owner's.
	ImproveTitle(ctx context.Context, o docent.Owner, sessionID, title string) error
	// AddUsage adds to what an answer took: model calls that ended after it. NotFound
	// where the message is not the owner's.
	AddUsage(ctx context.Context, o docent.Owner, messageID string, u docent.Usage) error
}

// Model streams an answer, delta by delta. An error of onDelta stops it and
// comes back. Partial text is what onDelta has seen. Errors are *docent.Error
// with one of the model codes. It buys models that can be exchanged, and tests
// without one.
type Model interface {
	Stream(ctx context.Context, r docent.ModelRequest, onDelta func(text string) error) (docent.ModelResult, error)
}

// Retrieve finds passages for a question.
type Retrieve func(ctx context.Context, q docent.Query) (docent.Found, error)

// Verify begins the check of an answer to question from passages, which are
// numbered; the Judge is for one goroutine. It buys checks by other means.
type Verify func(question string, passages []docent.Passage) Judge

// Extract composes an answer to question in the passages' own words, cited by
// their numbers. lang is the language of passages that name none; "" is unknown.
// ok is false where nothing fits. It buys answers without a model, and tests of
// each without the other.
type Extract func(question, lang string, passages []docent.Passage) (text string, ok bool)
