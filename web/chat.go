package web

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"docent"
)

// ask answers POST /api/v1/chat.
func (h *Handler) ask(c echo.Context) error {
	var request askRequest
	if err := h.readJSON(c, &request); err != nil {
		return err
	}
	question, err := request.ask(c.Request().Header.Get("Idempotency-Key"), h.cfg.MaxMessageBytes, h.cfg.MaxFiles)
	if err != nil {
		return err
	}
	question.Lang = preferredLanguage(c.Request().Header.Get("Accept-Language"))
	question.Fresh = wantsFresh(c.Request().Header)
	started, err := h.start(c, question)
	if err != nil {
		return err
	}
	if request.Stream != nil && !*request.Stream {
		return h.answerWhole(c, started)
	}
	return h.stream(c, started.MessageID, 0, nil)
}

// start begins the answer to a question that may be asked now. Its errors come while
// there is still a status to answer with.
func (h *Handler) start(c echo.Context, a docent.Ask) (docent.Started, error) {
	started, err := h.asker(c).Start(c.Request().Context(), a)
	if err == nil && started.Questions != nil {
		tellQuota(c, *started.Questions)
	}
	return started, err
}

// wantsFresh reports whether a request asks for an answer that is made now: a
// page does by fetch's cache: "reload", which needs no leave of CORS.
func wantsFresh(h http.Header) bool {
	directives := strings.ToLower(strings.Join(h.Values("Cache-Control"), ","))
	return slices.ContainsFunc(strings.Split(directives, ","), func(d string) bool {
		d = strings.TrimSpace(d)
		return d == "no-cache" || d == "no-store"
	})
}

// checkIndex refuses a preview that can't be asked while a status can still say
// so: looking for a page in it tells, whether or not the page is there.
func (h *Handler) checkIndex(ctx context.Context, site string, f docent.Filters) error {
	if f.Index == "" {
		return nil
	}
	_, _, err := h.ports.Search.Page(ctx, site, docent.Filters{Index: f.Index}, "index")
	if docent.CodeOf(err) == docent.CodeNotFound {
		return nil
	}
	return err
}

// whole is an answer that is not streamed.
type whole struct {
	SessionID     string         `json:"session_id"`
	UserMessageID string         `json:"user_message_id"`
	Message       docent.Message `json:"message"`
	Cause         docent.Cause   `json:"cause,omitempty"`
	Cached        bool           `json:"cached,omitempty"`
	Certain       string         `json:"certain"`
	Followups     []string       `json:"followups,omitempty"`
	Timings       docent.Timings `json:"timings"`
}

// answerWhole waits for the answer's end. An error event becomes a status.
func (h *Handler) answerWhole(c echo.Context, started docent.Started) error {
	ctx, p := c.Request().Context(), principal(c)
	var failed error
	var followups docent.FollowupsData
	var done docent.DoneData
	err := h.ports.Answers.Follow(ctx, p, started.MessageID, 0, func(events []docent.Event) error {
		if i := slices.IndexFunc(events, func(e docent.Event) bool { return e.Name == docent.EventFollowups }); i >= 0 {
			if err := json.Unmarshal(events[i].Data, &followups); err != nil {
				return err
			}
		}
		e := events[len(events)-1]
		if e.Name == docent.EventDone {
			return json.Unmarshal(e.Data, &done)
		}
		if e.Name != docent.EventError {
			return nil
		}
		var data docent.ErrorData
		if err := json.Unmarshal(e.Data, &data); err != nil {
			return err
		}
		failed = data.Err()
		return nil
	})
	if err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	m, err := h.ports.Sessions.Message(ctx, p.Owner(), started.MessageID)
	if err != nil {
		return err
	}
	w := whole{SessionID: started.SessionID, UserMessageID: started.UserMessageID, Message: m, Cause: m.Cause, Cached: done.Cached, Certain: m.Certain, Followups: followups.Questions}
	if m.Timings != nil {
		w.Timings = *m.Timings
	}
	return answer(c, w)
}

// takeUp answers GET /api/v1/chat/{message_id}/events.
func (h *Handler) takeUp(c echo.Context) error {
	after, err := lastSeen(c)
	if err != nil {
		return err
	}
	m, err := h.message(c, c.Param("id")) // while there is still a status to answer with
	if err != nil {
		return err
	}
	if m.Role != docent.RoleAssistant {
		return docent.Errorf(docent.CodeNotFound, "there is no such answer")
	}
	if strings.Contains(c.Request().Header.Get("Accept"), eventStream) && h.nothingAfter(c, m, after) {
		return c.NoContent(http.StatusNoContent) // by which an EventSource learns to ask no more: the end of a stream is no end to it
	}
	return h.stream(c, m.ID, after, reconnect)
}

// lastSeen is the ID of the last event that a client has. The header is what a
// browser sends when it connects again, to whatever address: it is newer.
func lastSeen(c echo.Context) (int, error) {
	field, sent := "Last-Event-ID", c.Request().Header.Get("Last-Event-ID")
	if sent == "" {
		field, sent = "after", c.QueryParam("after")
	}
	if sent == "" {
		return 0, nil
	}
	after, err := strconv.Atoi(sent)
	if err != nil || after < 0 {
		return 0, invalid(docent.FieldError{Field: field, Message: "must be the id of an event: 0 or a whole number above"})
	}
	return after, nil
}

// cancel answers POST /api/v1/chat/{message_id}/cancel.
func (h *Handler) cancel(c echo.Context) error {
	id := c.Param("id")
	if !SaneID(id) {
		return docent.Errorf(docent.CodeNotFound, "there is no such answer")
	}
	if err := h.ports.Answers.Cancel(c.Request().Context(), principal(c), id); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// message reads one message of the caller's.
func (h *Handler) message(c echo.Context, id string) (docent.Message, error) {
	if !SaneID(id) {
		return docent.Message{}, docent.Errorf(docent.CodeNotFound, "there is no such message")
	}
	return h.ports.Sessions.Message(c.Request().Context(), principal(c).Owner(), id)
}
