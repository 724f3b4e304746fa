package ingest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"unicode/utf8"
)

// readFile reads a file of at most limit bytes. why says, for the report, why
// it could not be.
func readFile(name string, limit int64) (raw []byte, why string) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return nil, notRegular // some devices do something when they are opened
	}
	file, err := open(name)
	if err != nil {
		return nil, reason(err)
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, reason(err)
	case !info.Mode().IsRegular(): // it was changed for another
		return nil, notRegular
	case info.Size() > limit:
		return nil, tooLarge(info.Size(), limit)
	}
	raw = make([]byte, 0, info.Size()+bytes.MinRead) // which has to be free when the end is read
	buf := bytes.NewBuffer(raw)
	if _, err := io.Copy(buf, io.LimitReader(file, limit+1)); err != nil {
		return nil, reason(err)
	}
	if int64(buf.Len()) > limit { // it grew
		return nil, tooLarge(int64(buf.Len()), limit)
	}
	return buf.Bytes(), ""
}

const notRegular = "not a regular file"

func tooLarge(size, limit int64) string {
	return fmt.Sprintf("%d bytes are more than ingest.max_file_bytes (%d)", size, limit)
}

// decode checks that raw is text and gives it without a byte order mark and
// with "\n" alone as line ends. why says what it is instead.
func decode(raw []byte) (text []byte, why string) {
	switch {
	case bytes.HasPrefix(raw, []byte{0xFF, 0xFE}), bytes.HasPrefix(raw, []byte{0xFE, 0xFF}):
		return nil, "UTF-16 text; save it as UTF-8"
	case bytes.IndexByte(raw, 0) >= 0:
		return nil, fmt.Sprintf("line %d holds a NUL byte: not UTF-8 text", lineOf(raw, bytes.IndexByte(raw, 0)))
	}
	if at := invalidUTF8(raw); at >= 0 {
		return nil, fmt.Sprintf("line %d is not valid UTF-8 (byte 0x%02x)", lineOf(raw, at), raw[at])
	}
	text = bytes.TrimPrefix(raw, []byte("\uFEFF"))
	if bytes.IndexByte(text, '\r') >= 0 {
		text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
		text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	}
	return text, ""
}

// invalidUTF8 gives the offset of the first byte that is no UTF-8, or -1.
func invalidUTF8(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	at := 0
	for {
		r, size := utf8.DecodeRune(b[at:])
		if r == utf8.RuneError && size <= 1 {
			return at
		}
		at += size
	}
}

func lineOf(b []byte, at int) int { return 1 + bytes.Count(b[:at], []byte("\n")) }

// hashFile is a page's hash: of the file and of all else that changes what
// becomes of it.
func hashFile(fingerprint string, parts ...[]byte) string {
	h := sha256.New()
	io.WriteString(h, fingerprint)
	for _, p := range parts {
		fmt.Fprintf(h, "\x00%d\x00", len(p))
		h.Write(p)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
