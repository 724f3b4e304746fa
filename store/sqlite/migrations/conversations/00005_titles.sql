-- +goose Up

-- chosen is set where the title is the reader's own: nothing else replaces it.
ALTER TABLE sessions ADD COLUMN chosen INTEGER NOT NULL DEFAULT 0;
