-- +goose Up

-- What limits have counted, until it is older than their window. who is a
-- digest: an address is not kept. Times are nanoseconds since 1970, UTC.
CREATE TABLE uses (
    bound TEXT    NOT NULL, -- the limit's name
    who   BLOB    NOT NULL,
    at    INTEGER NOT NULL
) STRICT;
CREATE INDEX uses_in_order ON uses (bound, who, at);
CREATE INDEX uses_by_age ON uses (bound, at);
CREATE INDEX messages_of_owner_running ON messages (site, subject) WHERE state = 'running';
