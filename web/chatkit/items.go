package chatkit

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"docent"
	"docent/web"
)

// Bounds of what a page of a list has, and of what one feedback is about.
const (
	defaultLimit = 20
	maxLimit     = 100
	maxRated     = 1000
)

// listOf reads limit, order and after. No limit, null and 0 are the default; others are
// brought within the bounds.
func listOf(params object) docent.List {
	q := docent.List{Limit: defaultLimit, Order: params.oneOf("order", "desc", "asc"), After: params.optionalText("after")}
	if params.has("limit") {
		if n := params.number("limit"); n != 0 {
			q.Limit = int(min(max(n, 1), maxLimit))
		}
	}
	return q
}

// listItems answers items.list.
func (s *service) listItems(c *web.Call, params object) error {
	id, q := params.text("thread_id"), listOf(params)
	if err := params.err(); err != nil {
		return err
	}
	if _, err := s.ports.Threads.Session(c.Context(), c.Principal.Owner(), id); err != nil {
		return err
	}
	p, err := s.page(c, id, q)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, p)
}

// page gives a part of a thread's items. Entries are counted before the hidden ones are
// left out, so that a page may have fewer than its limit and go on.
func (s *service) page(c *web.Call, threadID string, q docent.List) (page[item], error) {
	p := emptyPage()
	rest, err := s.restOf(c, threadID, &q)
	if err != nil {
		return p, err
	}
	list, err := s.ports.Threads.Entries(c.Context(), c.Principal.Owner(), threadID, q)
	if err != nil {
		return p, err
	}
	p.Data, p.HasMore, p.After = append(p.Data, rest...), list.HasMore, list.After
	for _, e := range list.Data {
		of, err := s.ordered(c, e, q.Order)
		if err != nil {
			return p, err
		}
		p.Data = append(p.Data, of...)
	}
	if len(p.Data) > q.Limit {
		p.Data, p.HasMore, p.After = p.Data[:q.Limit], true, p.Data[q.Limit-1].ID
	}
	if !p.HasMore {
		p.After = ""
	}
	return p, nil
}

// restOf gives the items behind q.After of the same entry, and makes q.After the ID of
// that entry.
func (s *service) restOf(c *web.Call, threadID string, q *docent.List) ([]item, error) {
	if q.After == "" {
		return nil, nil
	}
	after := q.After
	q.After = strings.TrimSuffix(strings.TrimSuffix(after, callSuffix), workflowSuffix)
	e, err := s.ports.Threads.Entry(c.Context(), c.Principal.Owner(), threadID, q.After)
	if docent.CodeOf(err) == docent.CodeNotFound {
		return nil, docent.Errorf(docent.CodeInvalid, "after is not the id of an item of this thread")
	}
	if err != nil {
		return nil, err
	}
	of, err := s.ordered(c, e, q.Order)
	if i := slices.IndexFunc(of, func(i item) bool { return i.ID == after }); i >= 0 {
		return of[i+1:], err
	}
	return nil, err
}

func (s *service) ordered(c *web.Call, e docent.Entry, order string) ([]item, error) {
	of, err := s.items(c, e)
	if order != "asc" {
		slices.Reverse(of)
	}
	return of, err
}

// ratings are the kinds of feedback as Docent calls them.
var ratings = map[string]string{"positive": "up", "negative": "down"}

// feedback answers items.feedback. Only answers are rated: what else a client names in
// the thread, or there is none of, is passed over, and so tells nothing of others'.
func (s *service) feedback(c *web.Call, params object) error {
	id, items := params.text("thread_id"), params.texts("item_ids")
	if params.missing("kind") {
		params.refuse("kind", "is required")
	}
	kind := params.oneOf("kind", "positive", "negative")
	if len(items) > maxRated {
		params.refuse("item_ids", "has %d; at most %d are taken", len(items), maxRated)
	}
	if err := params.err(); err != nil {
		return err
	}
	ctx, o := c.Context(), c.Principal.Owner()
	if _, err := s.ports.Threads.Session(ctx, o, id); err != nil {
		return err
	}
	for _, itemID := range slices.Compact(slices.Sorted(slices.Values(items))) {
		if err := s.rate(ctx, o, id, strings.TrimSuffix(itemID, callSuffix), ratings[kind]); err != nil {
			return err
		}
	}
	return nothing(c)
}

func (s *service) rate(ctx context.Context, o docent.Owner, threadID, itemID, rating string) error {
	e, err := s.ports.Threads.Entry(ctx, o, threadID, itemID)
	if err == nil && e.Message != nil && e.Message.Role == docent.RoleAssistant {
		err = s.ports.Threads.SetFeedback(ctx, o, itemID, docent.Feedback{Rating: rating, Reasons: []string{}})
	}
	if docent.CodeOf(err) == docent.CodeNotFound {
		return nil
	}
	return err
}
