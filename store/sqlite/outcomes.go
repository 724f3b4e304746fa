package sqlite

import (
	"context"
	"encoding/json"

	"docent"
)

// Outcome is a question with what became of it.
type Outcome struct {
	Question  string
	Searched  string // as it was searched for; only of a gap
	Gap       bool   // the documentation does not answer it
	Rating    string // "up", "down", or "" without a verdict
	Citations []docent.Citation
}

// Outcomes gives the questions of a site that are gaps or whose answers were
// rated, newest first, at most limit, without saying whose they are. It is for
// whoever runs the site: readers see their own conversations alone.
func (c *Conversations) Outcomes(ctx context.Context, site string, limit int) ([]Outcome, error) {
	rows, err := c.d.query(ctx, `
		SELECT q.text, coalesce(g.searched, ''), g.message_id IS NOT NULL, coalesce(f.rating, ''), m.citations
		FROM messages m
		JOIN messages q ON q.session_id = m.session_id AND q.seq = m.turn AND q.site = m.site
		LEFT JOIN gaps g ON g.message_id = m.id AND g.site = m.site
		LEFT JOIN feedback f ON f.message_id = m.id AND f.site = m.site
		WHERE m.site = ? AND m.role = ? AND m.replaced_by = '' AND (g.message_id IS NOT NULL OR f.rating IS NOT NULL)
		ORDER BY m.created_at DESC, m.id LIMIT ?`,
		site, docent.RoleAssistant, max(limit, 0))
	if err != nil {
		return nil, c.d.fail(err)
	}
	defer rows.Close()
	var outcomes []Outcome
	for rows.Next() {
		var o Outcome
		var citations []byte
		err := rows.Scan(&o.Question, &o.Searched, &o.Gap, &o.Rating, &citations)
		if err == nil {
			err = json.Unmarshal(citations, &o.Citations)
		}
		if err != nil {
			return nil, c.d.fail(err)
		}
		outcomes = append(outcomes, o)
	}
	return outcomes, c.d.fail(rows.Err())
}
