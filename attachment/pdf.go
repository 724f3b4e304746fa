package attachment

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"time"

	"docent"
)

// Bounds of reading PDF files.
const (
	maxProcesses = 2 // at a time; others wait
	maxPages     = 200
	maxMemory    = 256 << 20 // of the process, in bytes
	maxTime      = 8 * time.Second
	grace        = 2 * time.Second // beyond maxTime, for a process that does not end itself
)

// pdfText is what the process that reads a PDF file says of it.
type pdfText struct {
	Text  string `json:"text"`
	Pages int    `json:"pages"`
	Cut   bool   `json:"cut"`
}

// Exit codes of that process.
const (
	exitDamaged = 3
	exitBounds  = 4
	exitLocked  = 5
)

// readPDF has another process read a PDF file. It gets the file and nothing else:
// no environment, no arguments of a client's.
func (r *Reader) readPDF(ctx context.Context, a *docent.Attachment, content []byte) error {
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, maxTime+grace)
	defer cancel()
	command := exec.CommandContext(ctx, r.pdf[0], r.pdf[1:]...)
	command.Env = []string{"GOMAXPROCS=2", "GOTRACEBACK=none"}
	command.Stdin = bytes.NewReader(content)
	command.WaitDelay = time.Second
	said := &boundedBuffer{most: 8 * maxPDFText} // as JSON a character has at most six
	command.Stdout = said
	if err := command.Run(); err != nil {
		return pdfError(ctx, err)
	}
	var read pdfText
	if err := json.Unmarshal(said.Bytes(), &read); err != nil {
		return err
	}
	a.Text, a.Pages, a.Cut = visible(read.Text), read.Pages, read.Cut
	return nil
}

// pdfError tells what the end of the process says of the file. One that died
// otherwise met what its library can't take.
func pdfError(ctx context.Context, err error) error {
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded):
		return ctx.Err()
	case ctx.Err() == nil && !errors.As(err, &exit):
		return err // it did not start
	case ctx.Err() != nil, exit.ExitCode() == exitBounds:
		return &docent.Error{Code: docent.CodeInvalid, Message: "the PDF file takes too much time or memory to be read", Hint: "attach the part that matters, or its text", Err: err}
	case exit.ExitCode() == exitLocked:
		return &docent.Error{Code: docent.CodeInvalid, Message: "the PDF file is protected by a password", Hint: "attach it without one", Err: err}
	}
	return &docent.Error{Code: docent.CodeInvalid, Message: "the PDF file is damaged, or of a kind that can't be read", Hint: "attach its text", Err: err}
}

// boundedBuffer fails when more is written to it than it may hold.
type boundedBuffer struct {
	bytes.Buffer
	most int
}

// Write implements io.Writer.
func (b *boundedBuffer) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.most {
		return 0, io.ErrShortWrite
	}
	return b.Buffer.Write(p)
}
