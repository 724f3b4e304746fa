-- +goose Up

-- What stands in sessions beside messages: widgets, forms, notes for models. seq
-- counts on from the messages' and turn is that of the question before it (0 before
-- the first one), so that (turn, seq) is one order of both.
CREATE TABLE items (
    id         TEXT    PRIMARY KEY,
    site       TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    session_id TEXT    NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    turn       INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    type       TEXT    NOT NULL,
    hidden     INTEGER NOT NULL, -- from the reader
    body       TEXT    NOT NULL, -- JSON: the protocol's
    created_at INTEGER NOT NULL,
    UNIQUE (session_id, seq)
) STRICT;
CREATE INDEX items_in_order ON items (session_id, turn, seq);

-- Why a session takes no questions.
ALTER TABLE sessions ADD COLUMN status_reason TEXT NOT NULL DEFAULT '';
CREATE INDEX sessions_by_creation ON sessions (site, subject, created_at, id);

-- docent.ClientCall as JSON, of an answer that ended with one.
ALTER TABLE messages ADD COLUMN client_call TEXT;
