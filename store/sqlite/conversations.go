package sqlite

import (
	"compress/flate"
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"docent"
)

// Conversations keeps sessions with their messages, items, events and feedback, and
// API keys: it implements chat.Store, web.Sessions, chatkit.Threads and access.Keys.
// It may be used from many goroutines.
//
// Answers that a dead process left in the making are finished as failed when the
// next one opens the file, so that their sessions can go on. As long as another
// process has it open (a command beside a server, or the next server beside the
// one that it replaces), nobody can tell whose they are, and they are left alone.
type Conversations struct {
	d       *database
	release func() error // gives the lock back that says that the file is in use

	packing sync.Mutex // of packer
	packer  *flate.Writer
}

var conversationsKind = kind{
	holds:      "conversations database",
	mend:       "move the file away, or put a backup in its place",
	migrations: migrationsOf("conversations"),
}

// OpenConversations opens the file at path and makes it, and its folder, where
// they are missing, for their owner alone. Errors are docent.CodeStore.
func OpenConversations(path string) (*Conversations, error) {
	return openConversations(path, busyTimeout)
}

func openConversations(path string, timeout time.Duration) (*Conversations, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, &docent.Error{Code: docent.CodeStore, Message: "the folder of the conversations can't be made",
			Hint: "choose another data_dir or database_url, or make its parent writable", Err: err}
	}
	if f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600); err == nil {
		f.Close() // it is its owner's alone; an empty file is an empty database
	}
	d, err := openDatabase(path, conversationsKind, timeout, true)
	if err != nil {
		return nil, err
	}
	c := &Conversations{d: d}
	if c.packer, err = flate.NewWriter(nil, flate.BestSpeed); err == nil {
		err = c.start(context.Background())
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// start brings the schema up to date and, where no other process has the file
// open, finishes what a dead one left and forgets what has ended.
func (c *Conversations) start(ctx context.Context) error {
	if err := c.d.migrate(ctx, conversationsKind); err != nil {
		return err
	}
	alone, err := c.d.lock(ctx, "serving", 0)
	if err == nil {
		forgotten := c.d.write(ctx, func(w *tx) error { return errors.Join(w.forgetTraces(-1), w.forgetAttachments(-1)) })
		err = errors.Join(c.recover(ctx), forgotten, alone())
	}
	if err != nil && !errors.Is(err, errLocked) {
		return err
	}
	// Whoever comes between these two locks finds no answer of ours.
	c.release, err = c.d.share(ctx, "serving", busyTimeout)
	if errors.Is(err, errLocked) {
		return nil // an older version has it, which does not share
	}
	return err
}

// Close closes the file. Closing twice is no error.
func (c *Conversations) Close() error {
	err := c.d.close()
	if c.release != nil {
		err = errors.Join(err, c.release())
		c.release = nil
	}
	return err
}

// unanswered is an answer that nobody makes any more.
type unanswered struct {
	owner                docent.Owner
	session, message, to string // to is the question's ID
}

// recover finishes every running answer as failed, with the events that tell
// a reader who takes it up again.
func (c *Conversations) recover(ctx context.Context) error {
	left, err := c.unanswered(ctx)
	if err != nil || len(left) == 0 {
		return c.d.fail(err)
	}
	return c.d.write(ctx, func(t *tx) error {
		for _, u := range left {
			events, err := u.events()
			if err != nil {
				return err
			}
			packed, err := c.pack(events)
			if err != nil {
				return err
			}
			if err := t.finish(u.owner, docent.Message{ID: u.message, FinishReason: docent.FinishFailed}, packed); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *Conversations) unanswered(ctx context.Context) ([]unanswered, error) {
	rows, err := c.d.query(ctx, `
		SELECT m.site, m.subject, m.session_id, m.id, q.id
		FROM messages m JOIN messages q ON q.session_id = m.session_id AND q.seq = m.turn
		WHERE m.state = 'running'`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var left []unanswered
	for rows.Next() {
		var u unanswered
		if err := rows.Scan(&u.owner.Site, &u.owner.Subject, &u.session, &u.message, &u.to); err != nil {
			return nil, err
		}
		left = append(left, u)
	}
	return left, rows.Err()
}
