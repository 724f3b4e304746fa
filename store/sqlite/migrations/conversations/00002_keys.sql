-- +goose Up

-- API keys, of which only digests of the secrets are kept. Times are
-- nanoseconds since 1970, UTC; 0 is never.
CREATE TABLE keys (
    id         TEXT    PRIMARY KEY,
    site       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    scopes     TEXT    NOT NULL, -- words between spaces
    digest     BLOB    NOT NULL,
    before     BLOB,             -- the digest before the last rotation
    before_end INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL DEFAULT 0,
    used_at    INTEGER NOT NULL DEFAULT 0,
    revoked_at INTEGER NOT NULL DEFAULT 0
) STRICT;
