package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"docent"
)

func noAttachment() error {
	return &docent.Error{Code: docent.CodeNotFound, Message: "there is no such attachment",
		Hint: "files that no question names are deleted after a day: attach it again"}
}

// AddAttachment stores a file for a question to come, or without a Type one that is
// announced, see chatkit.Attachments: at most most of one owner, 0 for any number. It forgets files of everyone that no question named for too long.
func (c *Conversations) AddAttachment(ctx context.Context, o docent.Owner, a docent.Attachment, most int) error {
	about, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return c.d.write(ctx, func(w *tx) error {
		if err := w.forgetAttachments(forgottenAtOnce); err != nil {
			return err
		}
		var has int
		if err := w.row(into(&has), `SELECT count(*) FROM attachments WHERE site = ? AND subject = ?`, o.Site, o.Subject); err != nil {
			return err
		}
		if most > 0 && has >= most {
			return &docent.Error{Code: docent.CodeConflict, Message: "too many files are attached already",
				Hint: "delete some, or conversations that have some"}
		}
		_, err := w.exec(`INSERT INTO attachments (id, site, subject, about, text, image, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			a.ID, o.Site, o.Subject, string(about), a.Text, a.Image, a.CreatedAt.UnixNano())
		return err
	})
}

// Announced gives an attachment whose file is yet to come; Conflict where it came.
func (c *Conversations) Announced(ctx context.Context, o docent.Owner, id string) (docent.Attachment, error) {
	a, err := c.Attachment(ctx, o, id)
	if err == nil && a.Type != "" {
		err = filled()
	}
	return a, err
}

func filled() error {
	return docent.Errorf(docent.CodeConflict, "the file of this attachment came already")
}

// FillAttachment stores the file of an announced attachment. NotFound where it is not
// the owner's, or was not filled for too long; Conflict where the file came already.
func (c *Conversations) FillAttachment(ctx context.Context, o docent.Owner, a docent.Attachment) error {
	about, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return c.d.write(ctx, func(w *tx) error {
		kept, err := scanAttachment(func(dest ...any) error { return w.row(dest, selectAttachment, o.Site, o.Subject, a.ID, unusedSince()) })
		switch {
		case err != nil:
			return err
		case kept.Type != "":
			return filled()
		}
		_, err = w.exec(`UPDATE attachments SET about = ?, text = ?, image = ? WHERE site = ? AND subject = ? AND id = ?`,
			string(about), a.Text, a.Image, o.Site, o.Subject, a.ID)
		return err
	})
}

// selectAttachment is read by scanAttachment: one that a question names, or that is not
// too old.
const selectAttachment = `SELECT about, text, image FROM attachments
	WHERE site = ? AND subject = ? AND id = ? AND (session_id IS NOT NULL OR created_at > ?)`

func scanAttachment(scan func(dest ...any) error) (docent.Attachment, error) {
	var a docent.Attachment
	var about []byte
	err := scan(&about, &a.Text, &a.Image)
	if errors.Is(err, sql.ErrNoRows) {
		return a, noAttachment()
	}
	if err == nil {
		err = json.Unmarshal(about, &a)
	}
	return a, err
}

// Attachment gives a file with its contents; NotFound where it is not the owner's.
func (c *Conversations) Attachment(ctx context.Context, o docent.Owner, id string) (docent.Attachment, error) {
	a, err := scanAttachment(func(dest ...any) error {
		return c.d.row(ctx, dest, selectAttachment, o.Site, o.Subject, id, unusedSince())
	})
	return a, c.d.fail(err)
}

// forgetAttachments deletes files that no question named for too long, at most
// limit; below 0 is all.
func (w *tx) forgetAttachments(limit int) error {
	_, err := w.exec(`DELETE FROM attachments WHERE id IN (
		SELECT id FROM attachments WHERE session_id IS NULL AND created_at <= ? LIMIT ?)`, unusedSince(), limit)
	return err
}

// unusedSince is the moment before which files that no question names have ended.
func unusedSince() int64 { return time.Now().Add(-docent.UnusedAttachment).UnixNano() }

// DeleteAttachment deletes a file; the questions that name it forget it. NotFound
// where it is not the owner's.
func (c *Conversations) DeleteAttachment(ctx context.Context, o docent.Owner, id string) error {
	return c.d.write(ctx, func(w *tx) error {
		deleted, err := w.exec(`DELETE FROM attachments WHERE site = ? AND subject = ? AND id = ?`, o.Site, o.Subject, id)
		if err == nil && deleted == 0 {
			return noAttachment()
		}
		return err
	})
}

// Attached gives the files of a question with their contents, in its order: see
// chat.Attachments.
func (c *Conversations) Attached(ctx context.Context, o docent.Owner, messageID string) ([]docent.Attachment, error) {
	rows, err := c.d.query(ctx, `SELECT a.about, a.text, a.image FROM attached q JOIN attachments a ON a.id = q.attachment_id
		WHERE q.site = ? AND q.subject = ? AND q.message_id = ? AND a.site = q.site AND a.subject = q.subject ORDER BY q.place`,
		o.Site, o.Subject, messageID)
	if err != nil {
		return nil, c.d.fail(err)
	}
	defer rows.Close()
	var list []docent.Attachment
	for rows.Next() {
		a, err := scanAttachment(rows.Scan)
		if err != nil {
			return nil, c.d.fail(err)
		}
		list = append(list, a)
	}
	return list, c.d.fail(rows.Err())
}

// attach binds files to a question that is stored, and to its session: they are
// the owner's, and of no other session.
func (w *tx) attach(o docent.Owner, question *docent.Message, ids []string) error {
	for place, id := range ids {
		var session *string
		var about []byte
		err := w.row(into(&session, &about), `SELECT session_id, about FROM attachments
			WHERE site = ? AND subject = ? AND id = ? AND (session_id IS NOT NULL OR created_at > ?)`, o.Site, o.Subject, id, unusedSince())
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return noAttachment()
		case err != nil:
			return err
		case session != nil && *session != question.SessionID:
			return &docent.Error{Code: docent.CodeConflict, Message: "the attachment belongs to another conversation", Hint: "attach the file again"}
		}
		var a docent.Attachment
		if err := json.Unmarshal(about, &a); err != nil {
			return err
		}
		if a.Type == "" {
			return &docent.Error{Code: docent.CodeConflict, Message: "the file of an attachment was announced and did not come", Hint: "send it first"}
		}
		if _, err := w.exec(`UPDATE attachments SET session_id = ? WHERE site = ? AND subject = ? AND id = ?`, question.SessionID, o.Site, o.Subject, id); err != nil {
			return err
		}
		if _, err := w.exec(`INSERT INTO attached (message_id, attachment_id, site, subject, place) VALUES (?, ?, ?, ?, ?)`,
			question.ID, id, o.Site, o.Subject, place); err != nil {
			return err
		}
		question.Attachments = append(question.Attachments, a)
	}
	return nil
}
