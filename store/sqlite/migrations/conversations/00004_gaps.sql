-- +goose Up

-- Questions that the documentation does not answer, with the answer that said
-- so. asked_at is nanoseconds since 1970, UTC.
CREATE TABLE gaps (
    message_id TEXT    PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    site       TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    question   TEXT    NOT NULL, -- as it was asked
    searched   TEXT    NOT NULL, -- as it was searched for
    nearest    TEXT    NOT NULL, -- JSON: sources
    answerable REAL    NOT NULL, -- the estimate, 0 to 1
    asked_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX gaps_by_time ON gaps (site, asked_at);

-- What was refused before gaps were kept.
INSERT INTO gaps (message_id, site, subject, question, searched, nearest, answerable, asked_at)
    SELECT m.id, m.site, m.subject, q.text, q.text, m.sources, 0, m.created_at
    FROM messages m JOIN messages q ON q.session_id = m.session_id AND q.seq = m.turn
    WHERE m.finish_reason = 'refused';
