package chatkit

import (
	"context"
	"encoding/json"
	"io"
	"slices"

	"docent"
)

// dumpedThread is a thread with whose it is.
type dumpedThread struct {
	thread
	Site    string `json:"site"`
	Subject string `json:"subject"`
}

// WriteDump writes a session as ReadDump reads it: a line for the thread, and one for
// each of its items, hidden ones too. Answers in the making and those that failed are
// left out. Files that questions refer to are named alone.
func WriteDump(ctx context.Context, w io.Writer, threads Threads, o docent.Owner, s docent.Session) error {
	to := json.NewEncoder(w)
	to.SetEscapeHTML(false)
	if err := to.Encode(dumpedThread{threadOf(s), o.Site, o.Subject}); err != nil {
		return err
	}
	for q := (docent.List{Limit: maxLimit, Order: "asc"}); ; {
		part, err := threads.Entries(ctx, o, s.ID, q)
		if err != nil {
			return err
		}
		for _, e := range part.Data {
			items, err := dumpEntry(ctx, threads, o, e)
			if err != nil {
				return err
			}
			for _, i := range items {
				if err := to.Encode(i); err != nil {
					return err
				}
			}
		}
		if !part.HasMore {
			return nil
		}
		q.After = part.After
	}
}

func dumpEntry(ctx context.Context, threads Threads, o docent.Owner, e docent.Entry) ([]item, error) {
	switch {
	case e.Item != nil && (slices.Contains(shown, e.Item.Type) || e.Item.Type == typeHiddenContext || e.Item.Type == typeHiddenNote):
		return []item{{e.Item.ID, e.Item.SessionID, e.Item.CreatedAt, e.Item.Type, withoutHead(e.Item.Body)}}, nil
	case e.Item != nil:
		return nil, nil // what a question was beside its words stands with it
	case e.Message.Role == docent.RoleUser:
		kept, err := keptOf(ctx, threads, o, *e.Message)
		kept.Attachments = []attachment{}
		for _, a := range e.Message.Attachments {
			kept.Attachments = append(kept.Attachments, attachment{ID: a.ID, Name: a.Name, MimeType: a.Type, ThreadID: e.Message.SessionID, Type: "file"})
		}
		return []item{newItem(e.Message.ID, e.Message.SessionID, e.Message.CreatedAt, typeUser, kept)}, err
	}
	return answerItems(func(url string) string { return url }, *e.Message), nil
}
