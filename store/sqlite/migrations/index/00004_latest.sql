-- +goose Up

-- Publications are counted over all indexes of a folder, since clocks jump:
-- each takes a number above those of the others. published is the number of this
-- index's first one, latest that of its last; 0 before. Where an index was made
-- earlier, they are milliseconds since 1970, and the counting goes on from there.
ALTER TABLE about ADD COLUMN latest INTEGER NOT NULL DEFAULT 0;
UPDATE about SET latest = coalesce((SELECT max(created_at) FROM releases), 0);
