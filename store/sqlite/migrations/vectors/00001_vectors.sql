-- +goose Up

-- Rows are never changed but by an equal vector, so the order of ids is the
-- order of age.
CREATE TABLE vectors (
    id         INTEGER PRIMARY KEY,
    model      TEXT    NOT NULL, -- with all else that vectors depend on
    dimensions INTEGER NOT NULL,
    kind       TEXT    NOT NULL, -- what the texts are, such as 'passage'
    hash       BLOB    NOT NULL, -- SHA-256 of the text
    vector     BLOB    NOT NULL, -- float32, little-endian
    UNIQUE (model, dimensions, kind, hash),
    CHECK (length(vector) = 4 * dimensions)
) STRICT;
