package push

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"docent"
	"docent/ingest"
)

// Terms asks the server what it takes, for the site itself or for a preview of it.
func (c *Client) Terms(ctx context.Context, preview string) (terms docent.PushTerms, err error) {
	query := ""
	if preview != "" {
		query = "?preview=" + url.QueryEscape(preview)
	}
	return terms, c.call(ctx, http.MethodGet, "/pushes"+query, nil, &terms)
}

// Sending is what of a push is on its way.
type Sending struct {
	docent.Push
	Left ingest.Left // files that are no pages
}

// Send brings a unit of a source, that at place i of pages.Units, to the server:
// the manifest, and then what it lacks. Done by another process before, or in
// part, it goes on from there. It is published only by Commit. Files that the
// server has notes of are parsed only where they changed.
func (c *Client) Send(ctx context.Context, pages *ingest.Parsing, i int, terms docent.PushTerms, preview string, told func(done, total int)) (Sending, error) {
	known := c.readNotes(ctx, pages.Units()[i], preview)
	out, now, err := c.send(ctx, pages, i, terms, preview, known.of, told)
	if errors.Is(err, ingest.ErrChanged) && len(known.of) > 0 {
		known = notebook{}
		out, now, err = c.send(ctx, pages, i, terms, preview, nil, told)
	}
	if err == nil {
		c.writeNotes(ctx, pages.Units()[i], preview, known, now, terms)
	}
	return out, err
}

// send is Send with the notes that the server has, and gives those of now.
func (c *Client) send(ctx context.Context, pages *ingest.Parsing, i int, terms docent.PushTerms, preview string, known map[string]ingest.Note, told func(done, total int)) (out Sending, now []ingest.Note, err error) {
	m := docent.PushManifest{Unit: pages.Units()[i], Preview: preview, Edition: pages.Edition(i), Analyzer: terms.Analyzer, Splitter: terms.Splitter}
	out.Left, err = pages.Pages(ctx, i, known, func(n ingest.Note, _ ingest.Parsed) error {
		m.Pages, now = append(m.Pages, docent.PushPage{Path: n.Path, Hash: n.Page}), append(now, n)
		return nil
	})
	if err != nil {
		return out, nil, err
	}
	for _, s := range out.Left.Skipped {
		if s.Path == "." || ingest.ValidPath(s.Path) {
			m.Keep = append(m.Keep, s.Path)
		}
	}
	for _, u := range pages.Units() {
		if pages.Whole() {
			m.Units = append(m.Units, docent.Unit{Version: u.Version, Lang: u.Lang})
		}
	}
	body, err := packed(m)
	if err != nil {
		return out, nil, err
	}
	if int64(len(body)) > terms.MaxRequestBytes {
		return out, nil, tooLarge("the list of the pages", terms)
	}
	if err := c.call(ctx, http.MethodPost, "/pushes", body, &out.Push); err != nil {
		return out, nil, err
	}
	return out, now, c.upload(ctx, pages, i, &out.Push, terms, m, told)
}

func tooLarge(what string, terms docent.PushTerms) error {
	return &docent.Error{Code: docent.CodeTooLarge, Message: fmt.Sprintf("%s needs more than the %d bytes that the server takes at once", what, terms.MaxRequestBytes),
		Hint: "raise ingest.push.max_request_bytes there"}
}

// partBytes is about how much a part holds before it is compressed: a few
// hundred KB then, which any line brings within the time for a body.
const partBytes = 2 << 20

// upload sends the missing pages in parts.
func (c *Client) upload(ctx context.Context, pages *ingest.Parsing, i int, p *docent.Push, terms docent.PushTerms, m docent.PushManifest, told func(done, total int)) error {
	names := map[string]string{}
	for _, page := range m.Pages {
		names[page.Path] = page.Hash
	}
	total, done := len(p.Missing), 0
	var lines bytes.Buffer
	flush := func() error {
		if lines.Len() == 0 {
			return nil
		}
		body, err := c.part(&lines, terms)
		if err != nil {
			return err
		}
		if err := c.call(ctx, http.MethodPut, "/pushes/"+p.ID+"/pages", body, p); err != nil {
			return err
		}
		told(done, total)
		return nil
	}
	missing := slices.Clone(p.Missing)
	err := pages.Again(ctx, i, missing, func(page ingest.Parsed) error {
		if names[page.Page.Path] != page.Page.Hash {
			return ingest.Changed(page.Page.Path)
		}
		line, err := json.Marshal(page)
		if err != nil {
			return err
		}
		if int64(len(line)) > terms.MaxPageBytes {
			return tooLarge(page.Page.Path, terms)
		}
		if limit := min(partBytes, terms.MaxRequestBytes); lines.Len() > 0 && int64(lines.Len()+len(line)) > limit {
			if err := flush(); err != nil {
				return err
			}
		}
		lines.Write(append(line, '\n'))
		done++
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// part compresses lines, and empties them.
func (c *Client) part(lines *bytes.Buffer, terms docent.PushTerms) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := lines.WriteTo(z)
	if err = errors.Join(err, z.Close()); err == nil && int64(b.Len()) > terms.MaxRequestBytes {
		err = tooLarge("a page", terms)
	}
	return b.Bytes(), err
}

// Plan asks what a push that was sent whole would change.
func (c *Client) Plan(ctx context.Context, id string) (plan docent.PushPlan, err error) {
	return plan, c.call(ctx, http.MethodGet, "/pushes/"+id+"/plan", nil, &plan)
}

// Commit has the server publish a push that was sent whole. The answer comes
// before it is done.
func (c *Client) Commit(ctx context.Context, id string) (p docent.Push, err error) {
	return p, c.call(ctx, http.MethodPost, "/pushes/"+id+"/commit", nil, &p)
}

// Follow waits for the end of a push, and tells each state. An end that is not
// PushPublished is no error.
func (c *Client) Follow(ctx context.Context, id string, told func(docent.Push)) (p docent.Push, err error) {
	for next := firstLook; ; next = min(2*next, lastLook) {
		p = docent.Push{}
		if err := c.call(ctx, http.MethodGet, "/pushes/"+id, nil, &p); err != nil {
			return p, err
		}
		told(p)
		if p.State.Ended() {
			return p, nil
		}
		if err := c.wait(ctx, next); err != nil {
			return p, err
		}
	}
}

// The times between two looks at a push grow up to a pace that no limit of
// requests minds.
const (
	firstLook = 100 * time.Millisecond
	lastLook  = 3 * time.Second
)

// Compare has the server compare releases of its index.
func (c *Client) Compare(ctx context.Context, w docent.Wanted) ([]docent.Comparison, error) {
	body, err := packed(w)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Comparisons []docent.Comparison `json:"comparisons"`
	}
	err = c.call(ctx, http.MethodPost, "/diff", body, &answer)
	return answer.Comparisons, err
}

// Releases gives what the server keeps: of the key's site, and of its previews.
func (c *Client) Releases(ctx context.Context) ([]docent.Release, error) {
	var answer struct {
		Releases []docent.Release `json:"releases"`
	}
	err := c.call(ctx, http.MethodGet, "/releases", nil, &answer)
	return answer.Releases, err
}

// named is a unit of the key's site, or a preview of it.
type named struct {
	Source  string `json:"source,omitempty"`
	Version string `json:"version,omitempty"`
	Lang    string `json:"lang,omitempty"`
	Release int    `json:"release,omitempty"`
	Preview string `json:"preview,omitempty"`
}

// Activate has the server answer from a release that it keeps.
func (c *Client) Activate(ctx context.Context, unit docent.Unit, release int) error {
	body, err := packed(named{Source: unit.Source, Version: unit.Version, Lang: unit.Lang, Release: release})
	if err != nil {
		return err
	}
	return c.call(ctx, http.MethodPost, "/activate", body, nil)
}

// Drop has the server delete all releases of a unit; with a name, those of the
// preview that has it instead.
func (c *Client) Drop(ctx context.Context, unit docent.Unit, preview string) error {
	n := named{Source: unit.Source, Version: unit.Version, Lang: unit.Lang}
	if preview != "" {
		n = named{Preview: preview}
	}
	body, err := packed(n)
	if err != nil {
		return err
	}
	return c.call(ctx, http.MethodPost, "/drop", body, nil)
}

// Sweep has the server delete old releases, and previews that have expired.
func (c *Client) Sweep(ctx context.Context, k docent.Kept) (swept docent.Swept, err error) {
	body, err := packed(k)
	if err != nil {
		return swept, err
	}
	return swept, c.call(ctx, http.MethodPost, "/gc", body, &swept)
}

// Export writes the active releases that only means, its site aside, as an index
// file; "" is all. After an error what was written is no file.
func (c *Client) Export(ctx context.Context, only docent.Unit, to io.Writer) error {
	query := url.Values{"source": {only.Source}, "version": {only.Version}, "lang": {only.Lang}}
	return c.once(ctx, http.MethodGet, "/export?"+query.Encode(), nil, to)
}

// URL is where a push is followed.
func (c *Client) URL(id string) string { return c.root + "/pushes/" + id }
