package chatkit

import (
	"docent"
	"docent/web"
)

// attachment is a file as clients see it.
type attachment struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	MIMEType string `json:"mime_type"`
	ThreadID string `json:"thread_id,omitempty"`
	Type     string `json:"type"`
}

// attachmentOf is a file as its owner sees it.
func (s *service) attachmentOf(_ string, _ docent.Owner, a docent.Attachment, threadID string) attachment {
	return attachment{ID: a.ID, Name: a.Name, MIMEType: a.Type, ThreadID: threadID, Type: "file"}
}

// files are the endpoints where files are sent to.
func (s *service) files() []web.Endpoint { return nil }

// createAttachment answers attachments.create.
func (s *service) createAttachment(*web.Call, object) error {
	return unsupported("this server takes no files", "set attachments.enabled")
}

// deleteAttachment answers attachments.delete.
func (s *service) deleteAttachment(*web.Call, object) error {
	return unsupported("this server takes no files", "set attachments.enabled")
}
