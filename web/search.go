package web

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"docent"
)

// Results is the answer of GET /api/v1/search, and of the command that does the
// same.
type Results struct {
	Query      string  `json:"query"`
	Results    []Hit   `json:"results"` // best first, each section once; never nil
	TookMS     float64 `json:"took_ms"`
	Index      string  `json:"index"` // the releases that were searched
	Answerable float64 `json:"answerable"`
	Note       string  `json:"note,omitempty"` // what was done to the filters
}

// Hit is one section that was found.
type Hit struct {
	ID      string  `json:"id"`
	Title   string  `json:"title"`
	Heading string  `json:"heading"`
	URL     string  `json:"url"`
	Path    string  `json:"path"`
	Snippet string  `json:"snippet"`
	Score   float64 `json:"score"`
	Source  string  `json:"source"`
	Version string  `json:"version"`
	Lang    string  `json:"lang"`
}

// maxResults is the most that a search may ask for.
const maxResults = 50

// search answers GET /api/v1/search.
func (h *Handler) search(c echo.Context) error {
	q, err := searchQuery(c)
	if err != nil {
		return err
	}
	q.Site = principal(c).Site
	results, err := Find(c.Request().Context(), h.ports.Search, q)
	if err != nil {
		return err
	}
	return answer(c, results)
}

// Find searches and puts what was found into the wire's shape.
func Find(ctx context.Context, search Search, q docent.Query) (Results, error) {
	began := time.Now()
	f, err := search.Search(ctx, q)
	if err != nil {
		return Results{}, err
	}
	return Results{
		Query:      q.Text,
		Results:    hits(f.Passages),
		TookMS:     float64(time.Since(began).Microseconds()) / 1000,
		Index:      releaseNames(f.Releases),
		Answerable: f.Answerable,
		Note:       f.Note,
	}, nil
}

func searchQuery(c echo.Context) (docent.Query, error) {
	var wrong problems
	q := docent.Query{Text: c.QueryParam("q"), Limit: limitParam(c, maxResults, &wrong)}
	if strings.TrimSpace(q.Text) == "" {
		wrong.add("q", "is required")
	}
	wrong.atMost("q", q.Text, 2000)
	for _, p := range []struct {
		name string
		to   *string
	}{
		{"source", &q.Filters.Source}, {"version", &q.Filters.Version},
		{"lang", &q.Filters.Lang}, {"path_prefix", &q.Filters.PathPrefix}, {"index", &q.Filters.Index},
	} {
		*p.to = c.QueryParam(p.name)
		wrong.atMost(p.name, *p.to, 1000)
	}
	return q, invalid(wrong...)
}

// hits gives each section once, with its best passage.
func hits(passages []docent.Passage) []Hit {
	type section struct {
		unit   docent.Unit
		path   string
		number int
	}
	seen := map[section]bool{}
	hits := make([]Hit, 0, len(passages))
	for _, p := range passages {
		at := section{p.Unit, p.Path, p.Section}
		if seen[at] {
			continue
		}
		seen[at] = true
		hits = append(hits, Hit{
			ID: p.ID, Title: p.Title, Heading: p.Heading(), URL: p.URL, Path: p.Path, Snippet: p.Snippet,
			Score: p.Score, Source: p.Unit.Source, Version: p.Unit.Version, Lang: p.Unit.Lang,
		})
	}
	return hits
}

// releaseNames names releases as "source@number", or "source/version/lang@number"
// where a source has versions or languages; " of " and its name follow where it is
// a preview's.
func releaseNames(releases []docent.Release) string {
	names := make([]string, len(releases))
	for i, r := range releases {
		name := r.Unit.Source
		for _, part := range []string{r.Unit.Version, r.Unit.Lang} {
			if part != "" {
				name += "/" + part
			}
		}
		names[i] = fmt.Sprintf("%s@%d", name, r.Number)
		if _, preview, is := strings.Cut(r.Unit.Site, "@"); is {
			names[i] += " of " + preview
		}
	}
	return strings.Join(names, ", ")
}
