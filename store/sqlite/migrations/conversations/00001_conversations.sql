-- +goose Up

-- Every table has its owner, site and subject, and every statement asks for
-- it. Times are nanoseconds since 1970, UTC.
CREATE TABLE sessions (
    id         TEXT    PRIMARY KEY,
    site       TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    title      TEXT    NOT NULL,
    status     TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_change ON sessions (site, subject, updated_at, id);

-- seq is the place within the session, from 1, in the order of writing; turn
-- is the seq of the question, so that a later retry stands in its turn's place.
CREATE TABLE messages (
    id            TEXT    PRIMARY KEY,
    site          TEXT    NOT NULL,
    subject       TEXT    NOT NULL,
    session_id    TEXT    NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    seq           INTEGER NOT NULL,
    turn          INTEGER NOT NULL,
    role          TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('running', 'finished')),
    text          TEXT    NOT NULL DEFAULT '',
    citations     TEXT    NOT NULL DEFAULT '[]', -- JSON
    sources       TEXT    NOT NULL DEFAULT '[]', -- JSON
    finish_reason TEXT    NOT NULL DEFAULT '',
    cause         TEXT    NOT NULL DEFAULT '',
    certain       TEXT    NOT NULL DEFAULT '',
    grounded      REAL,
    usage         TEXT    NOT NULL DEFAULT '{}', -- JSON
    timings       TEXT,                          -- JSON
    retry_of      TEXT    NOT NULL DEFAULT '',   -- the answer that this one replaced
    replaced_by   TEXT    NOT NULL DEFAULT '',   -- the answer that replaced this one
    created_at    INTEGER NOT NULL,
    UNIQUE (session_id, seq)
) STRICT;
CREATE INDEX messages_in_order ON messages (session_id, turn, seq);
-- A session has at most one answer in the making.
CREATE UNIQUE INDEX messages_running ON messages (session_id) WHERE state = 'running';

CREATE TABLE events (
    message_id TEXT PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    site       TEXT NOT NULL,
    subject    TEXT NOT NULL,
    events     BLOB NOT NULL -- framed and compressed
) STRICT;

CREATE TABLE feedback (
    message_id TEXT    PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    site       TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    rating     TEXT    NOT NULL CHECK (rating IN ('up', 'down')),
    reasons    TEXT    NOT NULL, -- JSON
    comment    TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE idempotency (
    site       TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    message_id TEXT    NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (site, subject, key)
) STRICT;
CREATE INDEX idempotency_of_message ON idempotency (message_id);
