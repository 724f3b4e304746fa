package push

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"

	"docent"
	"docent/ingest"
)

// notebook is what the server keeps of a unit's pages for those who push it: a
// line of JSON for each, compressed in parts that follow each other. A later
// line of a page stands for an earlier one.
type notebook struct {
	of    map[string]ingest.Note // by path
	size  int                    // as it is stored
	lines int
	whole bool // it could be read to its end
}

// maxNotes is the size of the notes of one unit, as lines.
const maxNotes = 256 << 20

func readNotebook(raw []byte) notebook {
	b := notebook{of: map[string]ingest.Note{}, size: len(raw)}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return b
	}
	for lines := json.NewDecoder(io.LimitReader(z, maxNotes)); ; b.lines++ {
		var n ingest.Note
		if err := lines.Decode(&n); err != nil {
			b.whole = errors.Is(err, io.EOF)
			return b
		}
		b.of[n.Path] = n
	}
}

// next gives what is to be written for a notebook to hold the notes of now: what
// is new, or where it holds too much that is old, all. raw is nil where nothing is.
func (b notebook) next(now []ingest.Note, most int64) (raw []byte, whole bool, err error) {
	var fresh []ingest.Note
	for _, n := range now {
		if known, has := b.of[n.Path]; !has || known.File != n.File || known.Page != n.Page {
			fresh = append(fresh, n)
		}
	}
	if len(fresh) == 0 {
		return nil, false, nil
	}
	if b.whole && b.lines+len(fresh) <= 2*len(now) {
		if raw, err = packedNotes(fresh); err != nil || int64(b.size+len(raw)) <= most {
			return raw, false, err
		}
	}
	raw, err = packedNotes(now)
	return raw, true, err
}

func packedNotes(notes []ingest.Note) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	lines := json.NewEncoder(z)
	var err error
	for _, n := range notes {
		err = errors.Join(err, lines.Encode(n))
	}
	err = errors.Join(err, z.Close())
	return b.Bytes(), err
}

// readNotes asks for what the server keeps. Without an answer all is parsed.
func (c *Client) readNotes(ctx context.Context, unit docent.Unit, preview string) notebook {
	var raw []byte
	if err := c.once(ctx, http.MethodGet, notesPath(unit, preview, false), nil, &raw); err != nil {
		return notebook{}
	}
	return readNotebook(raw)
}

// writeNotes has the server keep the notes of now. They only save work: the push
// goes on without.
func (c *Client) writeNotes(ctx context.Context, unit docent.Unit, preview string, before notebook, now []ingest.Note, terms docent.PushTerms) {
	raw, whole, err := before.next(now, terms.MaxRequestBytes)
	if err == nil && raw != nil && int64(len(raw)) <= terms.MaxRequestBytes {
		c.once(ctx, http.MethodPut, notesPath(unit, preview, whole), raw, nil)
	}
}

func notesPath(unit docent.Unit, preview string, whole bool) string {
	q := url.Values{"source": {unit.Source}}
	for name, value := range map[string]string{"version": unit.Version, "lang": unit.Lang, "preview": preview} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if whole {
		q.Set("whole", "true")
	}
	return "/pushes/notes?" + q.Encode()
}
