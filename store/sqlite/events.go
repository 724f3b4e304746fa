package sqlite

import (
	"bytes"
	"compress/flate"
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"

	"docent"
)

// Events gives the stored events of a finished answer, as they were, byte for
// byte. docent.CodeConflict while the answer is in the making.
func (c *Conversations) Events(ctx context.Context, o docent.Owner, messageID string) ([]docent.Event, error) {
	var state string
	var packed []byte
	err := c.d.row(ctx, into(&state, &packed), `
		SELECT m.state, e.events FROM messages m
		LEFT JOIN events e ON e.message_id = m.id AND e.site = m.site AND e.subject = m.subject
		WHERE m.site = ? AND m.subject = ? AND m.id = ? AND m.role = 'assistant'`, o.Site, o.Subject, messageID)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, noMessage()
	case err != nil:
		return nil, c.d.fail(err)
	case state == "running":
		return nil, docent.Errorf(docent.CodeConflict, "the answer is still in the making")
	}
	events, err := unpack(packed)
	if err != nil {
		return nil, &docent.Error{Code: docent.CodeStore, Message: "the events of an answer can't be read", Hint: c.d.mend, Err: err}
	}
	return events, nil
}

// events tells that the answer broke off with its process.
func (u unanswered) events() ([]docent.Event, error) {
	session, err := json.Marshal(docent.SessionData{SessionID: u.session, MessageID: u.message, UserMessageID: u.to})
	if err != nil {
		return nil, err
	}
	failed, err := json.Marshal(docent.ErrorData{
		Code: string(docent.CodeShutdown), Message: "the server stopped before the answer ended", Retryable: true,
	})
	if err != nil {
		return nil, err
	}
	return []docent.Event{
		{ID: 1, Name: docent.EventSession, Data: session},
		{ID: 2, Name: docent.EventError, Data: failed},
	}, nil
}

// pack frames events and compresses them: an ID, then the name and the data,
// each after its length. Not as JSON, which would write the data in another way.
// One packer serves all, since each takes most of a megabyte.
func (c *Conversations) pack(events []docent.Event) ([]byte, error) {
	var framed []byte
	for _, e := range events {
		framed = binary.AppendUvarint(framed, uint64(e.ID))
		framed = binary.AppendUvarint(framed, uint64(len(e.Name)))
		framed = append(framed, e.Name...)
		framed = binary.AppendUvarint(framed, uint64(len(e.Data)))
		framed = append(framed, e.Data...)
	}
	c.packing.Lock()
	defer c.packing.Unlock()
	var packed bytes.Buffer
	c.packer.Reset(&packed)
	if _, err := c.packer.Write(framed); err != nil {
		return nil, err
	}
	err := c.packer.Close()
	return packed.Bytes(), err
}

// maxUnpacked is far more than an answer's events take, in bytes.
const maxUnpacked = 256 << 20

// unpack reads what pack wrote; nothing is no events.
func unpack(packed []byte) ([]docent.Event, error) {
	events := []docent.Event{}
	if len(packed) == 0 {
		return events, nil
	}
	framed, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxUnpacked))
	if err != nil {
		return nil, err
	}
	for len(framed) > 0 {
		var e docent.Event
		id, n := binary.Uvarint(framed)
		if n <= 0 {
			return nil, errCut
		}
		e.ID, framed = int(id), framed[n:]
		var name []byte
		if name, framed, err = field(framed); err != nil {
			return nil, err
		}
		e.Name = string(name)
		if e.Data, framed, err = field(framed); err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, nil
}

var errCut = errors.New("the stored events are cut")

// field takes a length and as many bytes.
func field(framed []byte) (value, rest []byte, err error) {
	size, n := binary.Uvarint(framed)
	if n <= 0 || size > uint64(len(framed)-n) {
		return nil, nil, errCut
	}
	end := n + int(size)
	return framed[n:end:end], framed[end:], nil
}
