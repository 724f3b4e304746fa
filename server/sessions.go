package server

import (
	"context"

	"docent"
	"docent/store/sqlite"
	"docent/web/chatkit"
)

// Sessions is everyone's conversations, for whoever runs the server. Where there is no
// such session, the error is docent.CodeNotFound.
type Sessions interface {
	chatkit.Threads
	Messages(ctx context.Context, o docent.Owner, sessionID string, q docent.List) (docent.Listed[docent.Message], error)
	// OwnerOf says whose a session is.
	OwnerOf(ctx context.Context, id string) (docent.Owner, error)
	// EachSession gives fn the sessions of a site and a subject, latest change first; ""
	// is any.
	EachSession(ctx context.Context, site, subject string, fn func(docent.Owner, docent.Session) error) error
	SetStatus(ctx context.Context, o docent.Owner, id, status, reason string) (docent.Session, error)
	// Import stores a session from elsewhere, see sqlite.Conversations.
	Import(ctx context.Context, o docent.Owner, s docent.Session, entries []docent.Entry, dry bool) (docent.Imported, error)
	Close() error
}

// OpenSessions opens the store of conversations, for commands. The caller closes it.
func OpenSessions(cfg Config) (Sessions, error) {
	path, err := cfg.databasePath()
	if err != nil {
		return nil, err
	}
	return sqlite.OpenConversations(path)
}
