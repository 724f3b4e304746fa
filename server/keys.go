package server

import (
	"context"
	"time"

	"docent/access"
	"docent/store/sqlite"
)

// Keys is API keys with their administration. Where a site has no such key, the
// error is docent.CodeNotFound.
type Keys interface {
	access.Keys
	// Keys lists a site's, or with "" those of all sites, oldest first,
	// revoked and expired ones too.
	Keys(ctx context.Context, site string) ([]access.Key, error)
	CreateKey(ctx context.Context, k access.Key) error
	RevokeKey(ctx context.Context, site, id string, at time.Time) error
	// RotateKey gives a key another secret, and a time at which it expires
	// (zero: never). The secret before counts until graceEnd.
	RotateKey(ctx context.Context, site, id string, digest []byte, graceEnd, expires time.Time) (access.Key, error)
	Close() error
}

// OpenKeys opens the store of API keys, for commands. The caller closes it.
func OpenKeys(cfg Config) (Keys, error) {
	path, err := cfg.databasePath()
	if err != nil {
		return nil, err
	}
	return sqlite.OpenConversations(path)
}
