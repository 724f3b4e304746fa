package web

import (
	"context"
	"io"

	"docent"
	"docent/access"
)

// Answers makes answers and lets many follow each. chat implements it.
type Answers interface {
	// Start begins an answer, which then runs on its own.
	Start(ctx context.Context, p access.Principal, a docent.Ask) (docent.Started, error)
	// Follow gives fn the events of an answer with IDs above after, in order,
	// each once, those together that are there together, waiting for those to
	// come, until the last event or an error. It also follows answers that ended
	// long ago. fn must not change or keep what it is given. Leaving does not
	// stop the answer at once: it runs on for the configured time. With fn's
	// error it returns that error.
	Follow(ctx context.Context, p access.Principal, messageID string, after int, fn func([]docent.Event) error) error
	// CancelSession stops the answers of a session, before it is deleted.
	CancelSession(ctx context.Context, p access.Principal, sessionID string) error
	// Cancel stops an answer; what was said stays stored. Cancelling a
	// finished answer changes nothing and is no error.
	Cancel(ctx context.Context, p access.Principal, messageID string) error
}

// Sessions reads and changes stored conversations. Another owner's are
// docent.CodeNotFound.
type Sessions interface {
	// Sessions lists the owner's, latest change first unless q.Order is "asc".
	Sessions(ctx context.Context, o docent.Owner, q docent.List) (docent.Listed[docent.Session], error)
	Session(ctx context.Context, o docent.Owner, id string) (docent.Session, error)
	RenameSession(ctx context.Context, o docent.Owner, id, title string) (docent.Session, error)
	DeleteSession(ctx context.Context, o docent.Owner, id string) error
	// Messages lists a session's, oldest first unless q.Order is "desc".
	Messages(ctx context.Context, o docent.Owner, sessionID string, q docent.List) (docent.Listed[docent.Message], error)
	Message(ctx context.Context, o docent.Owner, id string) (docent.Message, error)
	SetFeedback(ctx context.Context, o docent.Owner, messageID string, f docent.Feedback) error
}

// Search finds sections without a model.
type Search interface {
	Search(ctx context.Context, q docent.Query) (docent.Found, error)
	// Page gives an indexed page of a source's default version (or f.Version),
	// for the reader's view. at is its path, or its URL as ingest made it.
	Page(ctx context.Context, site string, f docent.Filters, at string) (docent.Page, []docent.Chunk, error)
}

// Attachments takes files that questions refer to. Another owner's are
// docent.CodeNotFound.
type Attachments interface {
	// Attach reads a file and stores it for a question to come. The name is a
	// client's: any text. Errors are those of attachment.Reader and of the store.
	Attach(ctx context.Context, o docent.Owner, name string, content []byte) (docent.Attachment, error)
	DeleteAttachment(ctx context.Context, o docent.Owner, id string) error
}

// Pushes takes pages in that another machine parsed. site is the caller's:
// another one's pushes are docent.CodeNotFound.
type Pushes interface {
	// Terms tells what is taken, for the site or a preview of it.
	Terms(site, preview string) (docent.PushTerms, error)
	// Begin begins a push, or comes back to one with the same pages upon the
	// same release.
	Begin(ctx context.Context, site string, m docent.PushManifest) (docent.Push, error)
	// Take takes some of the pages that are missing, a line of JSON each. They
	// may come in any order, and again. Errors of part come back.
	Take(ctx context.Context, site, id string, part io.Reader) (docent.Push, error)
	// Plan tells what a push that is whole would change.
	Plan(ctx context.Context, site, id string) (docent.PushPlan, error)
	// Commit has a push that is whole published, and does not wait for it.
	Commit(ctx context.Context, site, id string) (docent.Push, error)
	Status(site, id string) (docent.Push, error)
	// Notes gives what those who pushed a unit noted of its pages, and Note adds
	// to it, or with whole set takes its place. Unit.Site is left out.
	Notes(site, preview string, unit docent.Unit) ([]byte, error)
	Note(site, preview string, unit docent.Unit, noted []byte, whole bool) error
	// Drop abandons a push that is not being published.
	Drop(site, id string) error
}

// Uploads takes archives of documentation in, and ingests them. site is the caller's:
// another one's uploads are docent.CodeNotFound.
type Uploads interface {
	// Upload stores an archive, and does not wait until it is ingested. Errors of
	// body come back.
	Upload(ctx context.Context, site string, a docent.Archive, body io.Reader) (docent.Upload, error)
	UploadStatus(site, id string) (docent.Upload, error)
}

// Releases tells of what the index keeps, and changes which of it is served. site
// is the caller's; what is another one's is docent.CodeNotFound.
type Releases interface {
	// All gives the kept releases of a site, and the active ones of its previews.
	All(ctx context.Context, site string) ([]docent.Release, error)
	Compare(ctx context.Context, site string, w docent.Wanted) ([]docent.Comparison, error)
	Activate(ctx context.Context, unit docent.Unit, release int) error
	// Drop deletes all releases of a unit, DropPreview all of a preview.
	Drop(ctx context.Context, unit docent.Unit) error
	DropPreview(ctx context.Context, site, name string) error
	// Sweep deletes old releases of a site, and previews that have expired.
	Sweep(ctx context.Context, site string, k docent.Kept) (docent.Swept, error)
	// Export writes the active releases that only means, as one file; "" is all of
	// its site. An error before the first write is one of the request.
	Export(ctx context.Context, only docent.Unit, to io.Writer) error
}

// Library reads whole releases, for programs that take pages instead of passages.
type Library interface {
	// Choose gives the releases that filters mean, as a search has them.
	Choose(ctx context.Context, site string, f docent.Filters) (Choice, error)
	// Pages gives all pages of a release by path; docent.CodeNotFound where it is
	// not kept any more.
	Pages(ctx context.Context, r docent.Release) ([]docent.Page, error)
	// Read gives a page of a release, by its path, with its chunks in order.
	Read(ctx context.Context, r docent.Release, path string) (docent.Page, []docent.Chunk, error)
}

// Choice is what filters mean.
type Choice struct {
	Releases []docent.Release
	Others   []docent.Release // the other active ones of the sources
	Note     string           // what was done to the filters
}

// Ready says nil when questions can be answered, and otherwise why not and
// what to do.
type Ready func(ctx context.Context) error

// Trouble says, for whoever runs the server, what does not work although
// questions can be answered: a line each, without secrets.
type Trouble func() []string
