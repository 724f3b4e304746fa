package openai

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"docent"
	"docent/web"
)

// allSources is the model that answers from the whole documentation. A source alone
// is asked as allSources, a slash and its name.
const allSources = "docent"

// began is when models were made of which nothing tells it.
var began = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).Unix()

// model is one of the list.
type model struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Created int64  `json:"created"`
	OwnedBy string `json:"owned_by"`
}

func newModel(id string, created int64) model { return model{id, "model", created, allSources} }

// list gives the models of a caller's site: all sources, then each.
func (s *service) list(c *web.Call) ([]model, error) {
	all := []model{newModel(allSources, began)}
	choice, err := s.ports.Sources.Choose(c.Context(), c.Principal.Site, docent.Filters{})
	switch docent.CodeOf(err) {
	case "":
	case docent.CodeNoIndex, docent.CodeInvalid:
		return all, nil // nothing is there to choose from
	default:
		return nil, err
	}
	known := map[string]bool{}
	for _, r := range append(choice.Releases, choice.Others...) {
		if !known[r.Unit.Source] {
			known[r.Unit.Source] = true
			all = append(all, newModel(allSources+"/"+r.Unit.Source, r.CreatedAt.Unix()))
		}
	}
	return all, nil
}

// models answers GET /v1/models.
func (s *service) models(c *web.Call) error {
	all, err := s.list(c)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct {
		Object string  `json:"object"`
		Data   []model `json:"data"`
	}{"list", all})
}

// model answers GET /v1/models/{id}; the slash of an id may be escaped.
func (s *service) model(c *web.Call) error {
	id := c.Param("*")
	if plain, err := url.PathUnescape(id); err == nil {
		id = plain
	}
	m, err := s.find(c, id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, m)
}

// find gives a model by its id.
func (s *service) find(c *web.Call, id string) (model, error) {
	if id == "" {
		return model{}, wrong("model", "is required: take one of GET /v1/models")
	}
	all, err := s.list(c)
	if err != nil {
		return model{}, err
	}
	for _, m := range all {
		if m.ID == id {
			return m, nil
		}
	}
	return model{}, &docent.Error{
		Code: docent.CodeNotFound, Message: "the model '" + clip(id) + "' does not exist", Hint: "GET /v1/models lists those that do",
		Fields: []docent.FieldError{{Field: "model", Message: "is not a model"}}, Err: errNoModel,
	}
}

// filters are what a model's id narrows a question to.
func (m model) filters() docent.Filters {
	return docent.Filters{Source: strings.TrimPrefix(strings.TrimPrefix(m.ID, allSources), "/")}
}

// clip shortens what a client sent for a message.
func clip(s string) string {
	const most = 100
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "..."
	}
	return s
}
