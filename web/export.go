package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"docent"
)

// Conversation is a session, whole.
type Conversation struct {
	Session  docent.Session   `json:"session"`
	Messages []docent.Message `json:"messages"`
}

// export answers GET /api/v1/sessions/{id}/export?format=md|json.
func (h *Handler) export(c echo.Context) error {
	id, err := sessionID(c)
	if err != nil {
		return err
	}
	format := c.QueryParam("format")
	if format == "" {
		format = "md"
	}
	if format != "md" && format != "json" {
		return invalid(docent.FieldError{Field: "format", Message: "must be md or json"})
	}
	whole, err := h.conversation(c.Request().Context(), principal(c).Owner(), id)
	if err != nil {
		return err
	}
	head := c.Response().Header()
	head.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", id+"."+format))
	head.Set("Cache-Control", "no-store")
	if format == "md" {
		return c.Blob(http.StatusOK, "text/markdown; charset=utf-8", whole.Markdown())
	}
	body, err := json.MarshalIndent(whole, "", "  ")
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, body)
}

func (h *Handler) conversation(ctx context.Context, o docent.Owner, id string) (Conversation, error) {
	s, err := h.ports.Sessions.Session(ctx, o, id)
	if err != nil {
		return Conversation{}, err
	}
	whole := Conversation{Session: s, Messages: []docent.Message{}}
	for q := (docent.List{Limit: 100, Order: "asc"}); ; {
		part, err := h.ports.Sessions.Messages(ctx, o, id, q)
		if err != nil {
			return whole, err
		}
		whole.Messages = append(whole.Messages, part.Data...)
		if !part.HasMore || part.After == "" {
			return whole, nil
		}
		q.After = part.After
	}
}

// Markdown writes a conversation for people: each message under its author,
// each answer with what it cites.
func (v Conversation) Markdown() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n", v.Session.Title, v.Session.CreatedAt.UTC().Format("2 January 2006, 15:04 UTC"))
	for _, m := range v.Messages {
		author := "Question"
		if m.Role == docent.RoleAssistant {
			author = "Answer"
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", author, strings.TrimSpace(m.Text))
		for i, cited := range m.Citations {
			if i == 0 {
				b.WriteByte('\n')
			}
			fmt.Fprintf(&b, "- [%d] [%s](<%s>)\n", cited.N, place(cited), cited.URL)
		}
	}
	return []byte(b.String())
}

// place is a citation's page and section, as the words of a link.
func place(c docent.Citation) string {
	words := c.Title
	if c.Heading != "" && c.Heading != c.Title {
		words += ": " + c.Heading
	}
	return strings.NewReplacer("[", `\[`, "]", `\]`, "\n", " ").Replace(words)
}
