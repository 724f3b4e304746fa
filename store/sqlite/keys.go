package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"docent"
	"docent/access"
)

// selectKeys is read by scanKey.
const selectKeys = `SELECT id, site, name, scopes, digest, before, before_end, created_at, expires_at, used_at, revoked_at FROM keys`

const keyOfSite = ` WHERE site = ? AND id = ?`

func noKey() error { return docent.Errorf(docent.CodeNotFound, "there is no such API key") }

func scanKey(scan func(dest ...any) error) (access.Key, error) {
	var k access.Key
	var scopes string
	var beforeEnd, created, expires, used, revoked int64
	err := scan(&k.ID, &k.Site, &k.Name, &scopes, &k.Digest, &k.Before, &beforeEnd, &created, &expires, &used, &revoked)
	if errors.Is(err, sql.ErrNoRows) {
		return k, noKey()
	}
	k.Scopes = strings.Fields(scopes)
	k.BeforeEnd, k.CreatedAt, k.ExpiresAt, k.UsedAt, k.RevokedAt = moment(beforeEnd), moment(created), moment(expires), moment(used), moment(revoked)
	return k, err
}

// moment is a time as the keys table has it: 0 is the zero time.
func moment(nanos int64) time.Time {
	if nanos == 0 {
		return time.Time{}
	}
	return time.Unix(0, nanos).UTC()
}

// nanos is the reverse of moment.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// Key gives one key of any site, as it is now in the file: it implements
// access.Keys.
func (c *Conversations) Key(ctx context.Context, id string) (access.Key, error) {
	k, err := scanKey(func(dest ...any) error { return c.d.row(ctx, dest, selectKeys+` WHERE id = ?`, id) })
	return k, c.d.fail(err)
}

// KeyUsed notes a key's last use. An earlier one than is noted changes nothing.
func (c *Conversations) KeyUsed(ctx context.Context, id string, at time.Time) error {
	return c.d.write(ctx, func(w *tx) error {
		_, err := w.exec(`UPDATE keys SET used_at = max(used_at, ?) WHERE id = ?`, nanos(at), id)
		return err
	})
}

// HasKeys reports whether any key was ever made.
func (c *Conversations) HasKeys(ctx context.Context) (has bool, err error) {
	err = c.d.row(ctx, into(&has), `SELECT EXISTS (SELECT 1 FROM keys)`)
	return has, c.d.fail(err)
}

// Keys lists a site's keys, or with "" those of all sites, oldest first,
// revoked and expired ones too.
func (c *Conversations) Keys(ctx context.Context, site string) ([]access.Key, error) {
	rows, err := c.d.query(ctx, selectKeys+` WHERE ?1 = '' OR site = ?1 ORDER BY created_at, id`, site)
	if err != nil {
		return nil, c.d.fail(err)
	}
	defer rows.Close()
	list := []access.Key{}
	for rows.Next() {
		k, err := scanKey(rows.Scan)
		if err != nil {
			return nil, c.d.fail(err)
		}
		list = append(list, k)
	}
	return list, c.d.fail(rows.Err())
}

// CreateKey keeps a new key.
func (c *Conversations) CreateKey(ctx context.Context, k access.Key) error {
	return c.d.write(ctx, func(w *tx) error {
		_, err := w.exec(`INSERT INTO keys (id, site, name, scopes, digest, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			k.ID, k.Site, k.Name, strings.Join(k.Scopes, " "), k.Digest, nanos(k.CreatedAt), nanos(k.ExpiresAt))
		return err
	})
}

// RevokeKey ends a key for good. Revoking it again keeps the first time.
// NotFound where the site has no such key.
func (c *Conversations) RevokeKey(ctx context.Context, site, id string, at time.Time) error {
	return c.d.write(ctx, func(w *tx) error {
		changed, err := w.exec(`UPDATE keys SET revoked_at = CASE revoked_at WHEN 0 THEN ? ELSE revoked_at END`+keyOfSite, nanos(at), site, id)
		if err == nil && changed == 0 {
			return noKey()
		}
		return err
	})
}

// RotateKey gives a key another secret, and a time at which it expires (zero:
// never). The secret before counts until graceEnd; the one before that no
// longer. NotFound where the site has no such key, Conflict where it was
// revoked.
func (c *Conversations) RotateKey(ctx context.Context, site, id string, digest []byte, graceEnd, expires time.Time) (k access.Key, err error) {
	err = c.d.write(ctx, func(w *tx) error {
		_, err := w.exec(`UPDATE keys SET before = digest, before_end = ?, digest = ?, expires_at = ?`+keyOfSite+` AND revoked_at = 0`,
			nanos(graceEnd), digest, nanos(expires), site, id)
		if err != nil {
			return err
		}
		k, err = scanKey(func(dest ...any) error { return w.row(dest, selectKeys+keyOfSite, site, id) })
		if err == nil && !k.RevokedAt.IsZero() {
			return docent.Errorf(docent.CodeConflict, "the API key was revoked: it can't be used again")
		}
		return err
	})
	return k, err
}

// keysSchema is the version of the schema that brought API keys.
const keysSchema = 2

// ReadKeys lists the API keys of all sites in the file at path, which must
// exist, and changes nothing: an older file has none.
func ReadKeys(ctx context.Context, path string) (keys []access.Key, err error) {
	d, err := openDatabase(path, conversationsKind, busyTimeout, false)
	if err != nil {
		return nil, err
	}
	defer d.close()
	if schema, err := d.version(ctx); err != nil || schema < keysSchema {
		return nil, d.fail(err)
	}
	return (&Conversations{d: d}).Keys(ctx, "")
}
