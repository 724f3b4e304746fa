-- +goose Up

-- Which chunks hold a term, see postings.go. A segment is of those chunks of a
-- unit that stand between two rows; it is written as a whole, by the release
-- that publishes them or one that puts segments together.
CREATE TABLE segments (
    id        INTEGER PRIMARY KEY,
    unit      INTEGER NOT NULL REFERENCES units (id),
    first_no  INTEGER NOT NULL, -- no chunk of it begins before this release
    first_row INTEGER NOT NULL,
    last_row  INTEGER NOT NULL,
    listed    INTEGER NOT NULL, -- chunks
    live      INTEGER NOT NULL  -- those of them that were not deleted since
) STRICT;
CREATE INDEX segments_of_unit ON segments (unit, first_row);

CREATE TABLE postings (
    segment INTEGER NOT NULL,
    term    TEXT    NOT NULL,
    chunks  BLOB    NOT NULL,
    PRIMARY KEY (segment, term)
) STRICT, WITHOUT ROWID;

-- The last row of chunks that was ever given: none is given twice, since
-- postings may outlive theirs.
ALTER TABLE about ADD COLUMN last_row INTEGER NOT NULL DEFAULT 0;
UPDATE about SET last_row = coalesce((SELECT max(id) FROM chunks), 0);

DROP TRIGGER chunks_deleted;
DROP TABLE chunk_terms;
