package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"docent"
)

// entryKeys are the places of all that stands in a session, without replaced answers.
const entryKeys = `SELECT turn, seq, id FROM (
	SELECT turn, seq, id FROM messages WHERE site = ?1 AND subject = ?2 AND session_id = ?3 AND replaced_by = ''
	UNION ALL SELECT turn, seq, id FROM items WHERE site = ?1 AND subject = ?2 AND session_id = ?3) WHERE true`

// Entries lists what stands in a session, see chatkit.Threads.
func (c *Conversations) Entries(ctx context.Context, o docent.Owner, sessionID string, q docent.List) (docent.Listed[docent.Entry], error) {
	listed := docent.Listed[docent.Entry]{Data: []docent.Entry{}}
	p, err := sized[int](q, "desc")
	if err != nil {
		return listed, err
	}
	if _, err := c.Session(ctx, o, sessionID); err != nil {
		return listed, err
	}
	if q.After != "" {
		var at position[int]
		err := c.d.row(ctx, into(&at.First, &at.Second, new(string)), entryKeys+` AND id = ?4`, o.Site, o.Subject, sessionID, q.After)
		if errors.Is(err, sql.ErrNoRows) {
			return listed, notListed()
		}
		if err != nil {
			return listed, c.d.fail(err)
		}
		p.after = &at
	}
	keys, err := c.entryPlaces(ctx, o, sessionID, p)
	if err != nil {
		return listed, err
	}
	part, more := p.part(len(keys))
	keys = keys[:part]
	if listed.HasMore = more; more {
		listed.After = keys[part-1].id
	}
	all, err := c.between(ctx, o, sessionID, keys)
	for _, k := range keys {
		if e, there := all[k.id]; there { // it may have been deleted meanwhile
			listed.Data = append(listed.Data, e)
		}
	}
	return listed, err
}

// entryPlace is the place of a message or an item.
type entryPlace struct {
	place
	id string
}

// entryPlaces gives the places of a part, by one statement: what comes meanwhile
// shifts nothing.
func (c *Conversations) entryPlaces(ctx context.Context, o docent.Owner, sessionID string, p page[int]) ([]entryPlace, error) {
	rows, err := c.d.query(ctx, entryKeys+p.clause("turn", "seq"), append([]any{o.Site, o.Subject, sessionID}, p.args()...)...)
	if err != nil {
		return nil, c.d.fail(err)
	}
	defer rows.Close()
	var keys []entryPlace
	for rows.Next() {
		var k entryPlace
		if err := rows.Scan(&k.turn, &k.seq, &k.id); err != nil {
			return nil, c.d.fail(err)
		}
		keys = append(keys, k)
	}
	return keys, c.d.fail(rows.Err())
}

// between reads what stands from the first to the last of some places, in either
// order, by ID.
func (c *Conversations) between(ctx context.Context, o docent.Owner, sessionID string, keys []entryPlace) (map[string]docent.Entry, error) {
	all := map[string]docent.Entry{}
	if len(keys) == 0 {
		return all, nil
	}
	first, last := keys[0], keys[len(keys)-1]
	if first.turn > last.turn || first.turn == last.turn && first.seq > last.seq {
		first, last = last, first
	}
	args := []any{o.Site, o.Subject, sessionID, first.turn, first.seq, last.turn, last.seq}
	messages, err := c.messages(ctx, selectMessages+` AND m.session_id = ? AND (m.turn, m.seq) >= (?, ?) AND (m.turn, m.seq) <= (?, ?)`, args...)
	if err != nil {
		return nil, err
	}
	for i := range messages {
		all[messages[i].ID] = docent.Entry{Message: &messages[i].Message}
	}
	rows, err := c.d.query(ctx, selectItems+` AND (turn, seq) >= (?, ?) AND (turn, seq) <= (?, ?)`, args...)
	if err != nil {
		return nil, c.d.fail(err)
	}
	defer rows.Close()
	for rows.Next() {
		i, err := scanItem(rows.Scan)
		if err != nil {
			return nil, c.d.fail(err)
		}
		all[i.ID] = docent.Entry{Item: &i.Item}
	}
	return all, c.d.fail(rows.Err())
}

// Entry gives one message or item of a session, a replaced answer too; NotFound where
// the owner's session has none.
func (c *Conversations) Entry(ctx context.Context, o docent.Owner, sessionID, id string) (docent.Entry, error) {
	i, err := scanItem(func(dest ...any) error { return c.d.row(ctx, dest, selectItem, o.Site, o.Subject, sessionID, id) })
	if err == nil {
		return docent.Entry{Item: &i.Item}, nil
	}
	if docent.CodeOf(err) != docent.CodeNotFound {
		return docent.Entry{}, c.d.fail(err)
	}
	m, err := c.message(ctx, o, id)
	if err == nil && m.SessionID != sessionID {
		err = noItem()
	}
	if err != nil {
		return docent.Entry{}, err
	}
	return docent.Entry{Message: &m.Message}, nil
}

// idle refuses a session with an answer in the making.
func (w *tx) idle(o docent.Owner, sessionID string) error {
	var busy bool
	err := w.row(into(&busy), `SELECT EXISTS (
		SELECT 1 FROM messages WHERE site = ? AND subject = ? AND session_id = ? AND state = 'running')`, o.Site, o.Subject, sessionID)
	if err == nil && busy {
		return running()
	}
	return err
}

// Threads lists sessions by their creation, see chatkit.Threads.
func (c *Conversations) Threads(ctx context.Context, o docent.Owner, q docent.List) (docent.Listed[docent.Session], error) {
	p, err := sized[string](q, "desc")
	if err != nil {
		return docent.Listed[docent.Session]{}, err
	}
	if q.After != "" {
		s, err := c.Session(ctx, o, q.After)
		if docent.CodeOf(err) == docent.CodeNotFound {
			return docent.Listed[docent.Session]{}, notListed()
		}
		if err != nil {
			return docent.Listed[docent.Session]{}, err
		}
		p.after = &position[string]{First: s.CreatedAt.UnixNano(), Second: s.ID}
	}
	list, err := c.sessions(ctx, selectSessions+p.clause("created_at", "id"), append([]any{o.Site, o.Subject}, p.args()...)...)
	part, more := p.part(len(list))
	listed := docent.Listed[docent.Session]{Data: slices.Clip(list[:part]), HasMore: more}
	if more {
		listed.After = list[part-1].ID
	}
	return listed, err
}
