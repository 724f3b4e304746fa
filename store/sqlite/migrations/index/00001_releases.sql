-- +goose Up

-- The one row about the file: its stamp, and a number that grows with every
-- change that readers must notice.
CREATE TABLE about (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    embedding  TEXT    NOT NULL,
    dimensions INTEGER NOT NULL,
    analyzer   TEXT    NOT NULL,
    splitter   TEXT    NOT NULL,
    sequence   INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE units (
    id      INTEGER PRIMARY KEY,
    site    TEXT    NOT NULL,
    source  TEXT    NOT NULL,
    version TEXT    NOT NULL,
    lang    TEXT    NOT NULL,
    active  INTEGER NOT NULL DEFAULT 0, -- a release's number; 0 before the first
    UNIQUE (site, source, version, lang)
) STRICT;

CREATE TABLE releases (
    id         INTEGER PRIMARY KEY,
    unit       INTEGER NOT NULL REFERENCES units (id),
    number     INTEGER NOT NULL,
    pages      INTEGER NOT NULL,
    chunks     INTEGER NOT NULL,
    created_at INTEGER NOT NULL, -- milliseconds since 1970, UTC
    stats      BLOB    NOT NULL,
    UNIQUE (unit, number)
) STRICT;

-- A row belongs to the releases from_no <= number < to_no; to_no is NULL while
-- it lives on.
CREATE TABLE pages (
    id          INTEGER PRIMARY KEY,
    unit        INTEGER NOT NULL REFERENCES units (id),
    from_no     INTEGER NOT NULL,
    to_no       INTEGER,
    path        TEXT    NOT NULL,
    title       TEXT    NOT NULL,
    url         TEXT    NOT NULL,
    description TEXT    NOT NULL,
    breadcrumbs TEXT    NOT NULL, -- JSON
    hash        TEXT    NOT NULL,
    chunks      INTEGER NOT NULL,
    UNIQUE (unit, path, from_no)
) STRICT;
CREATE INDEX pages_by_url ON pages (unit, url);
CREATE INDEX pages_begun ON pages (unit, from_no);
CREATE INDEX pages_retired ON pages (unit, to_no) WHERE to_no IS NOT NULL;

-- Only what says where a chunk is seen: these rows are read for every match,
-- so they are small. What it says is in bodies.
CREATE TABLE chunks (
    id       INTEGER PRIMARY KEY,
    unit     INTEGER NOT NULL REFERENCES units (id),
    from_no  INTEGER NOT NULL,
    to_no    INTEGER,
    path     TEXT    NOT NULL,
    chunk_id TEXT    NOT NULL,
    ordinal  INTEGER NOT NULL
) STRICT;
CREATE INDEX chunks_of_page ON chunks (unit, path, from_no, to_no);
CREATE INDEX chunks_begun ON chunks (unit, from_no);
CREATE INDEX chunks_retired ON chunks (unit, to_no) WHERE to_no IS NOT NULL;

CREATE TABLE bodies (
    id     INTEGER PRIMARY KEY REFERENCES chunks (id) ON DELETE CASCADE,
    title  TEXT NOT NULL,
    anchor TEXT NOT NULL,
    url    TEXT NOT NULL,
    text   TEXT NOT NULL,
    rest   TEXT NOT NULL, -- JSON: headings, blocks, links, places
    terms  BLOB NOT NULL,
    vector BLOB           -- float32, little-endian; NULL without embeddings
) STRICT;

-- Analysed terms, a term as often as it stands in a field. No text is kept
-- here. Positions are: without them bm25() is zero in a contentless table.
CREATE VIRTUAL TABLE chunk_terms USING fts5 (
    title, headings, text, code,
    content = '', contentless_delete = 1,
    tokenize = "ascii tokenchars '-._/:@+#$~'"
);

-- +goose StatementBegin
CREATE TRIGGER chunks_deleted AFTER DELETE ON chunks BEGIN
    DELETE FROM chunk_terms WHERE rowid = old.id;
END;
-- +goose StatementEnd
