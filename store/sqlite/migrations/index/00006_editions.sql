-- +goose Up

-- What the site said of the version, and what the run covered: docent.Edition as
-- JSON. Earlier releases say nothing.
ALTER TABLE releases ADD COLUMN edition TEXT NOT NULL DEFAULT '{}';

-- The highest number of the releases that were dropped with the unit: numbers
-- are not given twice, since readers remember by them.
ALTER TABLE units ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;
