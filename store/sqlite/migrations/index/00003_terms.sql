-- +goose Up

-- What ranking reads of a hundred chunks for each question, apart from bodies:
-- these are read for the few that are picked.
CREATE TABLE terms (
    id    INTEGER PRIMARY KEY REFERENCES chunks (id) ON DELETE CASCADE,
    terms BLOB NOT NULL
) STRICT;
INSERT INTO terms (id, terms) SELECT id, terms FROM bodies;
ALTER TABLE bodies DROP COLUMN terms;

-- Out of the JSON in bodies.
ALTER TABLE chunks ADD COLUMN section INTEGER NOT NULL DEFAULT 0;
UPDATE chunks SET section = coalesce((SELECT rest ->> 'section' FROM bodies b WHERE b.id = chunks.id), 0);
