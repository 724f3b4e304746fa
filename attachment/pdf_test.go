package attachment

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"context"
	"encoding/binary"
	"fmt"
	"hash/adler32"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"docent"
)

// TestMain is the process that reads PDF files, too, where it is told to be: with
// less time for what never ends, so that this does not hold the tests up.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "read-pdf" {
		os.Exit(readWithin(maxTime, os.Stdin, os.Stdout))
	}
	if len(os.Args) == 2 && os.Args[1] == "read-hostile-pdf" {
		os.Exit(readWithin(time.Second, os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

// newReader takes everything.
func newReader() *Reader { return readerBy("read-pdf") }

func readerBy(argument string) *Reader {
	return New(Config{Enabled: true, MaxBytes: 8 << 20, MaxFiles: 4, MaxPerUser: 20, Types: []string{Text, PDF, Image}}, []string{os.Args[0], argument})
}

// document makes a PDF file of objects, numbered from 1; the first is its root.
func document(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return b.Bytes()
}

// page makes a document of one page with the given content, as it is declared.
func page(content string) []byte {
	return document("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>", content,
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
}

func stream(entries, data string) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", entries, len(data), data)
}

func deflated(t testing.TB, data string) string { return bomb(t, data, "", 0) }

// bomb is the zlib stream of a beginning and a block that comes n times. The block is
// deflated once: what was flushed refers to nothing before it.
func bomb(t testing.TB, begin, block string, n int) string {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("\x78\x9c")
	flushed := func(data string) string {
		var b bytes.Buffer
		z, err := flate.NewWriter(&b, flate.DefaultCompression)
		if err == nil {
			_, err = z.Write([]byte(data))
		}
		if err == nil {
			err = z.Flush()
		}
		if err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	b.WriteString(flushed(begin))
	b.WriteString(strings.Repeat(flushed(block), n))
	b.WriteString("\x01\x00\x00\xff\xff") // the last block, which is empty
	low, high := uint64(1), uint64(0)
	add := func(sum uint32, size int) { // Adler-32 goes on with that of what follows
		s, w := uint64(sum&0xffff), uint64(sum>>16)
		const base = 65521
		high = (high + w + base + uint64(size)%base*(low+base-1)) % base
		low = (low + s + base - 1) % base
	}
	add(adler32.Checksum([]byte(begin)), len(begin))
	of := adler32.Checksum([]byte(block))
	for range n {
		add(of, len(block))
	}
	return string(binary.BigEndian.AppendUint32(b.Bytes(), uint32(high<<16|low)))
}

func TestABombIsWhatItSays(t *testing.T) {
	r, err := zlib.NewReader(strings.NewReader(bomb(t, "begin", "block", 3000)))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || string(got) != "begin"+strings.Repeat("block", 3000) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

const shown = "BT /F1 12 Tf 72 720 Td (error E1234: the port is in use) Tj ET"

func TestTheTextOfAPDFIsRead(t *testing.T) {
	for name, content := range map[string]string{
		"plain": stream("", shown), "deflated": stream("/Filter /FlateDecode", deflated(t, shown)),
	} {
		a, err := newReader().Read(t.Context(), "report.pdf", page(content))
		if err != nil || a.Text != "error E1234: the port is in use" || a.Type != "application/pdf" || a.Pages != 1 || a.Cut || a.Image != nil {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}

func TestOfALongPDFTheFirstPagesAreRead(t *testing.T) {
	kids := strings.Repeat("3 0 R ", maxPages+50)
	doc := document("<< /Type /Catalog /Pages 2 0 R >>", fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", kids, maxPages+50),
		"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>", stream("", shown),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	a, err := newReader().Read(t.Context(), "", doc)
	if err != nil || a.Pages != maxPages+50 || !a.Cut || strings.Count(a.Text, "E1234") != maxPages {
		t.Errorf("%d pages, cut %v, %d times the text: %v", a.Pages, a.Cut, strings.Count(a.Text, "E1234"), err)
	}
}

// hostile are PDF files that want more than they should have.
func hostile(t testing.TB) map[string][]byte {
	t.Helper()
	const mega = 1 << 20
	zeros := strings.Repeat("\x00", mega)
	pages := "<< /Type /Catalog /Pages 2 0 R >>"
	return map[string][]byte{
		"a bomb in a page":         page(stream("/Filter /FlateDecode", bomb(t, "BT (", strings.Repeat("a", mega), 400))),
		"a bomb in a bomb":         page(stream("/Filter [/FlateDecode /FlateDecode]", deflated(t, bomb(t, "BT (", zeros, 400)))),
		"a bomb of operators":      page(stream("/Filter /FlateDecode", bomb(t, "", strings.Repeat("q ", mega/2), 400))),
		"a bomb of arrays":         page(stream("/Filter /FlateDecode", bomb(t, "", strings.Repeat("[", mega), 100))),
		"pages in a circle":        document(pages, "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"),
		"pages in a large circle":  document(pages, "<< /Type /Pages /Kids [3 0 R] /Count 9 >>", "<< /Type /Pages /Kids [2 0 R] /Count 9 >>"),
		"an object that is itself": document(pages, "2 0 R"),
		"a length that is itself":  page("<< /Length 4 0 R >>\nstream\nx\nendstream"),
		"an endless page count":    document(pages, "<< /Type /Pages /Kids [3 0 R] /Count 2000000000 >>", "<< /Type /Page >>"),
		"a count below zero":       document(pages, "<< /Type /Pages /Kids [] /Count -5 >>"),
		"tables in a circle":       []byte("%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 /Prev 9 /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"),
		"a huge table":             []byte("%PDF-1.7\nxref\n0 2000000000\n0000000000 65535 f \ntrailer\n<< /Size 2000000000 /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"),
		"a huge predictor":         page(stream("/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 2000000000 >>", deflated(t, zeros))),
		"nothing but a head":       []byte("%PDF-1.7\n"),
		"a head and noise":         append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte{0, 0xff, '<', '[', '('}, 2000)...),
		"nested dictionaries":      document(pages, strings.Repeat("<< /A ", 200000)),
		"nested arrays":            document(pages, strings.Repeat("[", 1000000)),
		"a ZIP archive in it":      append(page(stream("", "")), "PK\x03\x04"...),
		"a password":               bytes.Replace(page(stream("", shown)), []byte("/Root 1 0 R"), []byte("/Root 1 0 R /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O (01234567890123456789012345678901) /U (01234567890123456789012345678901) >> /ID [(a) (b)]"), 1),
	}
}

func TestAHostilePDFIsRefusedWithinBounds(t *testing.T) {
	r := readerBy("read-hostile-pdf")
	for name, content := range hostile(t) {
		t.Run(name, func(t *testing.T) {
			a, err := r.Read(t.Context(), "x.pdf", content)
			if docent.CodeOf(err) != docent.CodeInvalid {
				t.Errorf("%d bytes: %+v, %v", len(content), a, err)
			}
		})
	}
}

func TestAPDFThatNobodyWaitsForIsLeft(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := newReader()
	if _, err := r.Read(ctx, "x.pdf", page(stream("", shown))); err != context.Canceled {
		t.Errorf("%v", err)
	}
	if len(r.slots) != 0 {
		t.Error("it holds its place")
	}
}

func TestTheReadingProcessGetsNoSecrets(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no /bin/sh on this system to be the process")
	}
	t.Setenv("OPENAI_API_KEY", "secret")
	r := New(newReader().cfg, []string{"/bin/sh", "-c", `printf '{"text":"%s"}' "$(env | grep -c OPENAI)"`})
	a, err := r.Read(t.Context(), "x.pdf", page(stream("", shown)))
	if err != nil || a.Text != "0" {
		t.Errorf("%+v, %v", a, err)
	}
}
