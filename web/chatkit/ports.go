package chatkit

import (
	"context"

	"docent"
	"docent/access"
)

// Threads are sessions as ChatKit has them: messages and items in one order. The
// conversations' store implements it. Another owner's are docent.CodeNotFound. The After
// of a list is the ID of the row before; one that is not of the list is
// docent.CodeInvalid, and Listed.After is the ID of the last row.
type Threads interface {
	// Threads lists the owner's sessions by their creation, latest first unless
	// q.Order is "asc".
	Threads(ctx context.Context, o docent.Owner, q docent.List) (docent.Listed[docent.Session], error)
	Session(ctx context.Context, o docent.Owner, id string) (docent.Session, error)
	RenameSession(ctx context.Context, o docent.Owner, id, title string) (docent.Session, error)
	DeleteSession(ctx context.Context, o docent.Owner, id string) error

	// Entries lists what stands in a session, without replaced answers and with hidden
	// items, latest first unless q.Order is "asc". Answers in the making are among it.
	Entries(ctx context.Context, o docent.Owner, sessionID string, q docent.List) (docent.Listed[docent.Entry], error)
	// Entry gives one message or item of a session.
	Entry(ctx context.Context, o docent.Owner, sessionID, id string) (docent.Entry, error)
	// PutItem stores an item: in the place of the one with its ID, or else at the
	// session's end.
	PutItem(ctx context.Context, o docent.Owner, i docent.Item) error
	DeleteItem(ctx context.Context, o docent.Owner, sessionID, id string) error
	SetFeedback(ctx context.Context, o docent.Owner, messageID string, f docent.Feedback) error
}

// Attachments takes files in two steps: announced, then filled. Another owner's are
// docent.CodeNotFound.
type Attachments interface {
	// Announce stores the name of a file to come.
	Announce(ctx context.Context, o docent.Owner, name string) (docent.Attachment, error)
	// Fill reads the file, which is stored then. docent.CodeConflict where it already
	// came.
	Fill(ctx context.Context, o docent.Owner, id string, content []byte) (docent.Attachment, error)
	// Attach does both at once.
	Attach(ctx context.Context, o docent.Owner, name string, content []byte) (docent.Attachment, error)
	Attachment(ctx context.Context, o docent.Owner, id string) (docent.Attachment, error)
	// Image gives an image's bytes; docent.CodeNotFound of what is none.
	Image(ctx context.Context, o docent.Owner, id string) (docent.ModelImage, error)
	DeleteAttachment(ctx context.Context, o docent.Owner, id string) error
}

// Actions follow what readers do with items.
type Actions interface {
	// Act gives emit the steps that follow an action, in order. docent.CodeUnsupported
	// where nothing is configured for it. With emit's error it returns that error.
	Act(ctx context.Context, p access.Principal, a docent.Action, emit func(docent.ActionStep) error) error
}
