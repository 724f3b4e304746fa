-- +goose Up

-- Vectors apart from bodies, which no longer hold any: they are read by the
-- hundred for each question, and the long rows of bodies made that slow.
CREATE TABLE vectors (
    id     INTEGER PRIMARY KEY REFERENCES chunks (id) ON DELETE CASCADE,
    vector BLOB NOT NULL -- float32, little-endian
) STRICT;
INSERT INTO vectors (id, vector) SELECT id, vector FROM bodies WHERE vector IS NOT NULL;
UPDATE bodies SET vector = NULL WHERE vector IS NOT NULL;

-- When the first release was published, in milliseconds since 1970; 0 before.
ALTER TABLE about ADD COLUMN published INTEGER NOT NULL DEFAULT 0;
UPDATE about SET published = coalesce((SELECT min(created_at) FROM releases), 0);
