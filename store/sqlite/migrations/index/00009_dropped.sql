-- +goose Up

-- When the unit was dropped, in milliseconds since 1970, UTC; 0 where it was not, or
-- by an earlier version. Its row goes when nobody remembers its numbers any more.
ALTER TABLE units ADD COLUMN dropped_at INTEGER NOT NULL DEFAULT 0;
