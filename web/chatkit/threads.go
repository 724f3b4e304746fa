package chatkit

import (
	"net/http"
	"strings"
	"unicode"

	"docent"
	"docent/web"
)

// maxTitle is how long a title may be, in bytes.
const maxTitle = 1000

// getThread answers threads.get_by_id: with the oldest items.
func (s *service) getThread(c *web.Call, params object) error {
	id := params.text("thread_id")
	if err := params.err(); err != nil {
		return err
	}
	at, err := s.ports.Threads.Session(c.Context(), c.Principal.Owner(), id)
	if err != nil {
		return err
	}
	t := threadOf(at)
	if t.Items, err = s.page(c, id, docent.List{Order: "asc", Limit: defaultLimit}); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, t)
}

// listThreads answers threads.list.
func (s *service) listThreads(c *web.Call, params object) error {
	q := listOf(params)
	if err := params.err(); err != nil {
		return err
	}
	list, err := s.ports.Threads.Threads(c.Context(), c.Principal.Owner(), q)
	if err != nil {
		return err
	}
	p := page[thread]{Data: []thread{}, HasMore: list.HasMore}
	for _, at := range list.Data {
		p.Data = append(p.Data, threadOf(at))
	}
	if list.HasMore {
		p.After = list.After
	}
	return c.JSON(http.StatusOK, p)
}

// updateThread answers threads.update: the title alone changes.
func (s *service) updateThread(c *web.Call, params object) error {
	id, title := params.text("thread_id"), oneLine(params.text("title"))
	switch {
	case title == "" && !params.missing("title"):
		params.refuse("title", "must not be blank")
	case len(title) > maxTitle:
		params.refuse("title", "has %d bytes; at most %d are taken", len(title), maxTitle)
	}
	if err := params.err(); err != nil {
		return err
	}
	at, err := s.ports.Threads.RenameSession(c.Context(), c.Principal.Owner(), id, title)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, threadOf(at))
}

// oneLine makes blanks of the control characters of a text.
func oneLine(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text))
}

// deleteThread answers threads.delete. An answer in the making stops.
func (s *service) deleteThread(c *web.Call, params object) error {
	id := params.text("thread_id")
	if err := params.err(); err != nil {
		return err
	}
	if err := c.StopSession(id); err != nil {
		return err
	}
	if err := s.ports.Threads.DeleteSession(c.Context(), c.Principal.Owner(), id); err != nil {
		return err
	}
	return nothing(c)
}
