-- +goose Up

-- docent.Page.Order: the page's place in its site's navigation, 0 where it is not in
-- it, or where nobody noted it.
ALTER TABLE pages ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
