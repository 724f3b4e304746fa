package sqlite

import (
	"context"
	"encoding/json"
	"time"

	"docent"
)

// addGap stores what an answer of the owner's did not find.
func (w *tx) addGap(o docent.Owner, messageID string, g docent.Gap) error {
	nearest, err := json.Marshal(notNil(g.Nearest))
	if err != nil {
		return err
	}
	_, err = w.exec(`INSERT INTO gaps (message_id, site, subject, question, searched, nearest, answerable, asked_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		messageID, o.Site, o.Subject, g.Question, g.Searched, string(nearest), g.Answerable, g.AskedAt.UnixNano())
	return err
}

// Gaps gives the questions that a site's documentation did not answer, newest
// first, at most limit, without those that a retry answered later, and without
// saying whose they are. It is for whoever runs the site.
func (c *Conversations) Gaps(ctx context.Context, site string, limit int) ([]docent.Gap, error) {
	rows, err := c.d.query(ctx, `
		SELECT g.question, g.searched, g.nearest, g.answerable, g.asked_at
		FROM gaps g JOIN messages m ON m.id = g.message_id
		WHERE g.site = ? AND m.replaced_by = ''
		ORDER BY g.asked_at DESC, g.message_id LIMIT ?`, site, max(limit, 0))
	if err != nil {
		return nil, c.d.fail(err)
	}
	defer rows.Close()
	gaps := []docent.Gap{}
	for rows.Next() {
		var g docent.Gap
		var nearest []byte
		var at int64
		err := rows.Scan(&g.Question, &g.Searched, &nearest, &g.Answerable, &at)
		if err == nil {
			err = json.Unmarshal(nearest, &g.Nearest)
		}
		if err != nil {
			return nil, c.d.fail(err)
		}
		g.AskedAt = time.Unix(0, at).UTC()
		gaps = append(gaps, g)
	}
	return gaps, c.d.fail(rows.Err())
}
