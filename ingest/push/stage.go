package push

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"docent"
	"docent/ingest"
)

// stage is a push on disk. Each file appears whole: it is written beside its
// place and renamed.
//
//	push.json      how far it is
//	manifest.json  what it is made of
//	wanted.json    the pages that its base does not have
//	pages/HASH.gz  those of them that were uploaded
type stage struct{ dir string }

// record is push.json.
type record struct {
	docent.Push
	Site string `json:"site"` // whose it is; Unit.Site may be a preview's
}

const (
	recordFile   = "push.json"
	manifestFile = "manifest.json"
	wantedFile   = "wanted.json"
	pagesDir     = "pages"
)

// create puts a new stage at dir, whole or not at all.
func create(dir string, r record, m docent.PushManifest, wanted []docent.PushPage) (stage, error) {
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return stage{}, storeError(err)
	}
	temp, err := os.MkdirTemp(filepath.Dir(dir), newPrefix)
	if err != nil {
		return stage{}, storeError(err)
	}
	defer os.RemoveAll(temp)
	s := stage{temp}
	err = errors.Join(
		os.Mkdir(filepath.Join(temp, pagesDir), 0o700),
		s.write(manifestFile, m), s.write(wantedFile, wanted), s.write(recordFile, r),
	)
	if err == nil {
		err = os.Rename(temp, dir)
	}
	return stage{dir}, storeError(err)
}

// newPrefix begins the names of folders that are not stages yet.
const newPrefix = "new-"

func (s stage) write(name string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return s.put(name, raw)
}

func (s stage) put(name string, raw []byte) error {
	temp, err := os.CreateTemp(s.dir, newPrefix)
	if err != nil {
		return storeError(err)
	}
	_, err = temp.Write(raw)
	if err = errors.Join(err, temp.Close()); err == nil {
		err = os.Rename(temp.Name(), filepath.Join(s.dir, name))
	}
	if err != nil {
		os.Remove(temp.Name())
	}
	return storeError(err)
}

func (s stage) read(name string, v any) error {
	raw, err := os.ReadFile(filepath.Join(s.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return noPush()
	}
	if err == nil {
		err = json.Unmarshal(raw, v)
	}
	return storeError(err)
}

func (s stage) record() (r record, err error) { return r, s.read(recordFile, &r) }

func (s stage) save(r record) error {
	r.Missing = nil
	return s.write(recordFile, r)
}

// missing gives the pages that are still to be uploaded.
func (s stage) missing() ([]docent.PushPage, error) {
	var wanted, missing []docent.PushPage
	if err := s.read(wantedFile, &wanted); err != nil {
		return nil, err
	}
	have, err := s.have()
	if err != nil {
		return nil, err
	}
	for _, p := range wanted {
		if _, there := have[p.Hash]; !there {
			missing = append(missing, p)
		}
	}
	return missing, nil
}

// have gives the sizes of the pages that are there, by their hashes.
func (s stage) have() (map[string]int64, error) {
	entries, err := os.ReadDir(filepath.Join(s.dir, pagesDir))
	if err != nil {
		return nil, storeError(err)
	}
	have := make(map[string]int64, len(entries))
	for _, e := range entries {
		if info, err := e.Info(); err == nil && filepath.Ext(e.Name()) == ".gz" {
			have[e.Name()[:len(e.Name())-len(".gz")]] = info.Size()
		}
	}
	return have, nil
}

func pageFile(hash string) string { return filepath.Join(pagesDir, hash+".gz") }

// putPage stores a page's line, and gives its size on disk.
func (s stage) putPage(hash string, line []byte) (int64, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(line)
	if err = errors.Join(err, z.Close()); err != nil {
		return 0, err
	}
	return int64(b.Len()), s.put(pageFile(hash), b.Bytes())
}

// page gives a page that was uploaded, checked again: a disk may have lost it.
func (s stage) page(unit docent.Unit, p docent.PushPage) (page ingest.Parsed, err error) {
	raw, err := os.ReadFile(filepath.Join(s.dir, pageFile(p.Hash)))
	if err != nil {
		return page, storeError(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err == nil {
		var line []byte
		if line, err = io.ReadAll(z); err == nil {
			page, err = readPage(line, unit)
		}
	}
	if err == nil && (page.Page.Path != p.Path || page.Page.Hash != p.Hash) {
		err = errors.New("it is another page")
	}
	if err != nil {
		os.Remove(filepath.Join(s.dir, pageFile(p.Hash))) // so that it is asked for again
		return page, &docent.Error{Code: docent.CodeStore, Message: fmt.Sprintf("the server has lost the page %s", p.Path), Hint: "push again", Err: err}
	}
	return page, nil
}

// readPage reads a page's line and checks it.
func readPage(line []byte, unit docent.Unit) (page ingest.Parsed, err error) {
	if err := decode(line, &page); err != nil {
		return page, err
	}
	return page, page.Check(unit)
}

// touched says when something was last written.
func (s stage) touched() (last time.Time) {
	for _, name := range []string{recordFile, pagesDir} {
		if info, err := os.Stat(filepath.Join(s.dir, name)); err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	return last
}

// shrink lets go of the pages of a push that has ended.
func (s stage) shrink() error {
	return storeError(os.RemoveAll(filepath.Join(s.dir, pagesDir)))
}

func storeError(err error) error {
	var known *docent.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return &docent.Error{Code: docent.CodeStore, Message: "what is pushed can't be stored", Hint: "see that the server's disk has room", Err: err}
}

// noPush is the error for what is not there, and for what is another site's.
func noPush() *docent.Error {
	return &docent.Error{Code: docent.CodeNotFound, Message: "there is no such push", Hint: "push again: those that were left for too long are deleted"}
}
