package push

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"docent"
	"docent/ingest"
)

const (
	notesDir  = "notes"             // beside the stages
	notesLife = 90 * 24 * time.Hour // since they were last written
	manyNotes = 256                 // units that have notes; those written longest ago go first
)

// notesFile is where the notes of a unit stand; Unit.Site is left out, as in a
// manifest.
func (r *Receiver) notesFile(site, preview string, unit docent.Unit) (string, error) {
	terms, err := r.Terms(site, preview)
	if err == nil {
		err = ingest.CheckUnit(unit, docent.Edition{})
	}
	if err != nil {
		return "", err
	}
	unit.Site = terms.Site
	raw, _ := json.Marshal(unit) // of texts: it can't fail
	sum := sha256.Sum256(raw)
	return filepath.Join(r.dir, notesDir, hex.EncodeToString(sum[:16])), nil
}

// Notes gives what those who pushed a unit noted of its pages;
// docent.CodeNotFound where nobody did. What it says is for them alone.
func (r *Receiver) Notes(site, preview string, unit docent.Unit) ([]byte, error) {
	name, err := r.notesFile(site, preview, unit)
	if err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, docent.Errorf(docent.CodeNotFound, "there are no notes of this documentation")
	}
	return raw, storeError(err)
}

// Note adds to a unit's notes, or with whole set puts what is noted in their place.
func (r *Receiver) Note(site, preview string, unit docent.Unit, noted []byte, whole bool) error {
	name, err := r.notesFile(site, preview, unit)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !whole {
		before, err := os.ReadFile(name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return storeError(err)
		}
		noted = append(before, noted...)
	}
	if int64(len(noted)) > r.cfg.MaxRequestBytes {
		return docent.Errorf(docent.CodeTooLarge, "the notes are larger than %d bytes (ingest.push.max_request_bytes)", r.cfg.MaxRequestBytes)
	}
	dir := filepath.Dir(name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return storeError(err)
	}
	if err := (stage{dir}).put(filepath.Base(name), noted); err != nil {
		return err
	}
	return expireNotes(dir)
}

// expireNotes deletes the notes that are too old, and the oldest of too many.
func expireNotes(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return storeError(err)
	}
	var all []fs.FileInfo
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			all = append(all, info)
		}
	}
	slices.SortFunc(all, func(a, b fs.FileInfo) int {
		return cmp.Or(b.ModTime().Compare(a.ModTime()), cmp.Compare(a.Name(), b.Name()))
	})
	for i, info := range all {
		if i >= manyNotes || time.Since(info.ModTime()) > notesLife {
			err = errors.Join(err, os.Remove(filepath.Join(dir, info.Name())))
		}
	}
	return storeError(err)
}
