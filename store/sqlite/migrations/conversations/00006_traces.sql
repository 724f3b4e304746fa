-- +goose Up

-- How answers came to be, for whoever runs the site. until is when a trace is
-- deleted, in nanoseconds since 1970, UTC.
CREATE TABLE traces (
    message_id TEXT    PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    site       TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    trace      BLOB    NOT NULL, -- as package chat packs it
    until      INTEGER NOT NULL
) STRICT;
CREATE INDEX traces_by_end ON traces (until);
