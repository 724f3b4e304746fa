package chatkit

import (
	"cmp"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"docent"
	"docent/access"
)

// Addresses of files are signed: whoever has one needs no login.

const (
	uploadTime  = 15 * time.Minute // for an announced file to come
	previewTime = time.Hour        // at least, for a page to show a picture
)

// attachment is an attachment as ChatKit has it.
type attachment struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	MimeType string  `json:"mime_type"`
	Upload   *upload `json:"upload_descriptor,omitempty"`
	ThreadID string  `json:"thread_id,omitempty"`
	Type     string  `json:"type"` // "file" or "image"
	Preview  string  `json:"preview_url,omitempty"`
}

// upload says where an announced file goes.
type upload struct {
	URL     string            `json:"url"`
	Method  string            `json:"method"`
	Headers map[string]string `json:"headers"` // never nil
}

// ticket lets whoever has it fill one attachment of an owner, or see it.
type ticket struct {
	Site    string `json:"s"`
	Subject string `json:"u"`
	ID      string `json:"a"`
	Ends    int64  `json:"e"` // Unix seconds
}

func (t ticket) owner() docent.Owner { return docent.Owner{Site: t.Site, Subject: t.Subject} }

const ticketParam = "ticket" // of an address: logs show none

// noTicket is the answer to all addresses that are not, or no longer, good.
func noTicket() error {
	return docent.Errorf(docent.CodeNotFound, "there is no such attachment, or its address is no longer good")
}

// address is that of an attachment, signed for a purpose until a time. at is the
// address of Docent.
func (s *service) address(at, below string, p access.Purpose, o docent.Owner, id string, ends time.Time) string {
	data, _ := json.Marshal(ticket{o.Site, o.Subject, id, ends.Unix()}) // of texts and a number: it cannot fail
	return at + filesPath + "/" + url.PathEscape(id) + below + "?" + ticketParam + "=" + s.ports.Secrets.Sign(p, data)
}

// ticketOf reads the ticket of an address for that purpose and attachment.
func (s *service) ticketOf(p access.Purpose, id, signed string) (ticket, error) {
	var t ticket
	data, ok := s.ports.Secrets.Verify(p, signed)
	if !ok || json.Unmarshal(data, &t) != nil || t.ID != id || time.Now().Unix() >= t.Ends {
		return t, noTicket()
	}
	return t, nil
}

// attachmentOf is a stored attachment as its owner sees it; threadID is "" before a
// question names it.
func (s *service) attachmentOf(at string, o docent.Owner, a docent.Attachment, threadID string) attachment {
	made := attachment{ID: a.ID, Name: a.Name, MimeType: cmp.Or(a.Type, "application/octet-stream"), ThreadID: threadID, Type: "file"}
	s.picture(&made, at, o)
	return made
}

// picture makes an image of what has such a type. Its address is the same for a
// while, so that browsers ask for it once.
func (s *service) picture(a *attachment, at string, o docent.Owner) {
	if strings.HasPrefix(a.MimeType, "image/") {
		a.Type = "image"
		a.Preview = s.address(at, "/preview", access.ForPreview, o, a.ID, time.Now().Truncate(previewTime).Add(2*previewTime))
	}
}
