package attachment

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/metrics"
	"strings"
	"time"

	"github.com/ledongthuc/pdf"
)

// maxPDFText bounds the text of a PDF file, in bytes; what comes after is left out.
const maxPDFText = 1 << 20

// ReadPDF reads a PDF file from in and writes its text to out, for New. It has to
// be all that its process does: it ends the process when that takes more than
// maxTime or maxMemory, whatever the library is doing. The result is the exit code.
func ReadPDF(in io.Reader, out io.Writer) (exit int) { return readWithin(maxTime, in, out) }

func readWithin(most time.Duration, in io.Reader, out io.Writer) (exit int) {
	go endAtBounds(most) // until the process ends
	content, err := io.ReadAll(io.LimitReader(in, mostBytes))
	if err != nil {
		return exitDamaged
	}
	read, err := textOf(content)
	switch {
	case errors.Is(err, pdf.ErrInvalidPassword):
		return exitLocked
	case err != nil:
		return exitDamaged
	}
	if err := json.NewEncoder(out).Encode(read); err != nil {
		return exitDamaged
	}
	return 0
}

// endAtBounds ends the process at its bounds. What the runtime took of the
// system is what counts, less what it gave back.
func endAtBounds(most time.Duration) {
	ends := time.Now().Add(most)
	memory := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	for range time.Tick(2 * time.Millisecond) {
		metrics.Read(memory)
		if memory[0].Value.Uint64()-memory[1].Value.Uint64() > maxMemory || time.Now().After(ends) {
			os.Exit(exitBounds)
		}
	}
}

// textOf gives the text of a PDF file, page by page. A page that can't be read is
// left out, as long as there is another.
func textOf(content []byte) (read pdfText, err error) {
	defer func() {
		if v := recover(); v != nil { // so the library tells what it can't take
			err = fmt.Errorf("reading PDF: %v", v)
		}
	}()
	r, err := pdf.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return read, err
	}
	read.Pages = r.NumPage()
	var text strings.Builder
	var failed error
	for n := 1; n <= min(read.Pages, maxPages) && text.Len() <= maxPDFText; n++ {
		page, err := pageText(r, n)
		if err != nil {
			read.Cut, failed = true, err
			continue
		}
		text.WriteString(strings.ToValidUTF8(page, "\ufffd"))
		text.WriteString("\n\n")
	}
	read.Text = strings.TrimSpace(text.String())
	if read.Text == "" {
		return read, failed
	}
	if len(read.Text) > maxPDFText {
		read.Text, read.Cut = strings.ToValidUTF8(read.Text[:maxPDFText], ""), true
	}
	read.Cut = read.Cut || read.Pages > maxPages
	return read, nil
}

func pageText(r *pdf.Reader, n int) (text string, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("page %d: %v", n, v)
		}
	}()
	page := r.Page(n)
	if page.V.IsNull() {
		return "", nil
	}
	return page.GetPlainText(nil)
}
