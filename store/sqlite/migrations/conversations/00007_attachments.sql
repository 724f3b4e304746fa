-- +goose Up

-- Files that questions refer to, as far as a model is given them. session_id is
-- NULL until a question names the file; then it goes with the session.
CREATE TABLE attachments (
    id         TEXT    PRIMARY KEY,
    site       TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    session_id TEXT    REFERENCES sessions (id) ON DELETE CASCADE,
    about      TEXT    NOT NULL, -- JSON: all but the contents
    text       TEXT    NOT NULL,
    image      BLOB,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX attachments_of_owner ON attachments (site, subject);
CREATE INDEX attachments_of_session ON attachments (session_id);
CREATE INDEX attachments_unused ON attachments (created_at) WHERE session_id IS NULL;

-- Which question names which files, in their order.
CREATE TABLE attached (
    message_id    TEXT    NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    attachment_id TEXT    NOT NULL REFERENCES attachments (id) ON DELETE CASCADE,
    site          TEXT    NOT NULL,
    subject       TEXT    NOT NULL,
    place         INTEGER NOT NULL,
    PRIMARY KEY (message_id, attachment_id)
) STRICT;
CREATE INDEX attached_by_attachment ON attached (attachment_id);
