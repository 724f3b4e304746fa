package push

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"unicode/utf8"

	"docent"
	"docent/ingest"
)

// Take takes a part of a push's pages in: a line of JSON for each. A page that is
// there already is passed over, so that a part can be sent again. What stands
// before an error is kept.
func (r *Receiver) Take(ctx context.Context, site, id string, part io.Reader) (docent.Push, error) {
	s, rec, wanted, err := r.room(site, id)
	if err != nil {
		return docent.Push{}, err
	}
	have, err := s.have()
	if err != nil {
		return docent.Push{}, err
	}
	size := int64(0)
	for _, n := range have {
		size += n
	}
	lines := bufio.NewReader(part)
	for {
		line, err := readLine(lines, r.maxPageBytes)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return docent.Push{}, err
		}
		page, err := readPage(line, rec.Unit)
		if err != nil {
			return docent.Push{}, err
		}
		if wanted[page.Page.Path] != page.Page.Hash {
			return docent.Push{}, &docent.Error{Code: docent.CodeInvalid, Message: "the push has no page " + page.Page.Path + " that says this, or lacks none",
				Hint: "send what 'missing' names, as it was when the push began"}
		}
		if _, there := have[page.Page.Hash]; there {
			continue
		}
		n, err := s.putPage(page.Page.Hash, line)
		if err != nil {
			return docent.Push{}, r.dropped(s, err)
		}
		have[page.Page.Hash] = n
		if size += n; size > r.cfg.MaxBytes {
			return docent.Push{}, docent.Errorf(docent.CodeTooLarge, "the push is larger than %d bytes (ingest.push.max_bytes)", r.cfg.MaxBytes)
		}
	}
	return r.uploading(site, id)
}

// room gives a push that takes pages, and the hashes of those that it wants.
func (r *Receiver) room(site, id string) (stage, record, map[string]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, rec, err := r.find(site, id)
	if err != nil {
		return s, rec, nil, err
	}
	if rec.State == docent.PushFailed {
		rec.State, rec.Reason = docent.PushUploading, "" // it may have lost pages
		err = s.save(rec)
	}
	if err == nil && rec.State.Committed() {
		err = &docent.Error{Code: docent.CodeConflict, Message: "the push is committed: it takes no more pages", Hint: "push again"}
	}
	var pages []docent.PushPage
	if err == nil {
		err = s.read(wantedFile, &pages)
	}
	wanted := make(map[string]string, len(pages))
	for _, p := range pages {
		wanted[p.Path] = p.Hash
	}
	return s, rec, wanted, err
}

// uploading notes that pages came.
func (r *Receiver) uploading(site, id string) (docent.Push, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, rec, err := r.find(site, id)
	if err == nil && rec.State == docent.PushPlanned {
		rec.State = docent.PushUploading
		err = s.save(rec)
	}
	if err != nil {
		return docent.Push{}, err
	}
	return r.shown(s, rec, false)
}

// dropped is the error of writing to a stage that was dropped meanwhile.
func (r *Receiver) dropped(s stage, err error) error {
	if _, gone := os.Stat(s.dir); os.IsNotExist(gone) {
		return noPush()
	}
	return err
}

// readLine reads a line that is not blank, of at most so many bytes.
func readLine(in *bufio.Reader, most int64) ([]byte, error) {
	var line []byte
	for {
		more, err := in.ReadSlice('\n')
		line = append(line, more...)
		switch {
		case int64(len(line)) > most:
			return nil, docent.Errorf(docent.CodeTooLarge, "a page is larger than %d bytes", most)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			return line, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// decode reads JSON that is UTF-8: encoding/json would put other characters in
// the place of what is not.
func decode(raw []byte, into any) error {
	if !utf8.Valid(raw) {
		return docent.Errorf(docent.CodeMalformed, "a page is not UTF-8")
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return &docent.Error{Code: docent.CodeMalformed, Message: "a page is not the JSON of one", Err: err}
	}
	return nil
}

// delivery is what a push asks of ingest, with the units that its source has.
func (s stage) delivery(rec record) (ingest.Delivery, []docent.Unit, error) {
	var m docent.PushManifest
	if err := s.read(manifestFile, &m); err != nil {
		return ingest.Delivery{}, nil, err
	}
	return ingest.Delivery{Unit: rec.Unit, Edition: m.Edition, Base: rec.Base, Pages: m.Pages, Keep: m.Keep,
		Open: func(p docent.PushPage) (ingest.Parsed, error) { return s.page(rec.Unit, p) }}, m.Units, nil
}
