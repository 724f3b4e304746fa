package server

import (
	"context"
	"slices"

	"docent"
	"docent/attachment"
	"docent/store/sqlite"
	"docent/web/chatkit"
)

// WithPDFReader names the command that reads attached PDF files: a program that
// calls attachment.ReadPDF and does nothing else, with its arguments. Without one
// PDF files are refused: within the server they could take all its memory.
func WithPDFReader(command ...string) Option { return func(s *Server) { s.pdfReader = command } }

// attachments reads files and stores them.
type attachments struct {
	reader *attachment.Reader
	store  *sqlite.Conversations
	most   int // of an owner
}

// openAttachments gives what takes files, nil where none are taken.
func (s *Server) openAttachments() chatkit.Attachments {
	if !s.cfg.Attachments.Enabled {
		return nil
	}
	cfg := s.cfg.Attachments
	if s.model == nil {
		cfg.Types = slices.DeleteFunc(slices.Clone(cfg.Types), func(t string) bool { return t == attachment.Image }) // nobody would look at them
	}
	return &attachments{attachment.New(cfg, s.pdfReader), s.conversations, s.cfg.Attachments.MaxPerUser}
}

// Attach implements web.Attachments.
func (a *attachments) Attach(ctx context.Context, o docent.Owner, name string, content []byte) (docent.Attachment, error) {
	read, err := a.reader.Read(ctx, name, content)
	if err != nil {
		return read, err
	}
	return read, a.store.AddAttachment(ctx, o, read, a.most)
}

// Announce implements chatkit.Attachments.
func (a *attachments) Announce(ctx context.Context, o docent.Owner, name string) (docent.Attachment, error) {
	announced := attachment.Announce(name)
	return announced, a.store.AddAttachment(ctx, o, announced, a.most)
}

// Fill implements chatkit.Attachments.
func (a *attachments) Fill(ctx context.Context, o docent.Owner, id string, content []byte) (docent.Attachment, error) {
	announced, err := a.store.Announced(ctx, o, id)
	if err != nil {
		return announced, err
	}
	read, err := a.reader.Read(ctx, announced.Name, content)
	if err != nil {
		return announced, err
	}
	read.ID, read.CreatedAt = announced.ID, announced.CreatedAt
	return read, a.store.FillAttachment(ctx, o, read)
}

// Attachment implements chatkit.Attachments.
func (a *attachments) Attachment(ctx context.Context, o docent.Owner, id string) (docent.Attachment, error) {
	return a.store.Attachment(ctx, o, id)
}

// Image implements chatkit.Attachments.
func (a *attachments) Image(ctx context.Context, o docent.Owner, id string) (docent.ModelImage, error) {
	kept, err := a.store.Attachment(ctx, o, id)
	if err == nil && kept.Image == nil {
		err = docent.Errorf(docent.CodeNotFound, "the attachment is no picture")
	}
	return docent.ModelImage{Type: kept.Type, Data: kept.Image}, err
}

// DeleteAttachment implements web.Attachments.
func (a *attachments) DeleteAttachment(ctx context.Context, o docent.Owner, id string) error {
	return a.store.DeleteAttachment(ctx, o, id)
}
