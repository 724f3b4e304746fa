package ingest

import (
	"errors"

	"docent"
)

// Note is what is kept of a page from one push to the next, so that its file is
// not parsed again while neither it has changed nor what other pages call it.
// Notes are facts about files: old ones are useless, never wrong.
type Note struct {
	Path  string            `json:"path"`
	File  string            `json:"file"` // the hash of its file, as docent.Page has it of pages made here
	Page  string            `json:"page"` // the hash of all that it says, as Parsed has it
	URL   string            `json:"url"`
	Links []docent.PageLink `json:"links,omitempty"`
}

func noteOf(one made, p Parsed) Note {
	return Note{Path: one.path, File: one.hash, Page: p.Page.Hash, URL: p.Page.URL, Links: one.links}
}

// asBase gives notes as the pages of a last release.
func asBase(notes map[string]Note) map[string]docent.Page {
	base := make(map[string]docent.Page, len(notes))
	for path, n := range notes {
		base[path] = docent.Page{Path: path, URL: n.URL, Hash: n.File, Links: n.Links}
	}
	return base
}

// ErrChanged is in the chain of the error of a page that is another one than when
// it was first read, or than its note says.
var ErrChanged = errors.New("the page is another one now")

// Changed is the error of a page that changed while it was pushed.
func Changed(path string) error {
	return &docent.Error{Code: docent.CodeConflict, Err: ErrChanged, Message: path + " was changed while it was pushed", Hint: "push again"}
}
