-- +goose Up

-- Answers that others who ask the same are given, by what decides an answer.
-- The events are the answer's own: it goes when its session is deleted. until is
-- when it is too old, in nanoseconds since 1970, UTC.
CREATE TABLE cached (
    site       TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    message_id TEXT    NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    bytes      INTEGER NOT NULL, -- of its events, as stored
    until      INTEGER NOT NULL,
    PRIMARY KEY (site, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX cached_by_end ON cached (until);
CREATE INDEX cached_by_message ON cached (message_id);

-- The key of an answer that was kept for others, or taken from there.
ALTER TABLE messages ADD COLUMN cache_key TEXT NOT NULL DEFAULT '';
