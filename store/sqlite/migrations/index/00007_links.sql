-- +goose Up

-- docent.Page.Links as JSON; "" where there are none.
ALTER TABLE pages ADD COLUMN links TEXT NOT NULL DEFAULT '';
