package attachment

import (
	"bytes"
	"strings"
)

// kindOf tells by its first bytes what a file is: PDF, Image, or "" for what may
// be text.
func kindOf(b []byte) (kind, mime string) {
	switch {
	case bytes.HasPrefix(b, []byte("%PDF-")):
		return PDF, "application/pdf"
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return Image, "image/png"
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return Image, "image/jpeg"
	case bytes.HasPrefix(b, []byte("GIF87a")), bytes.HasPrefix(b, []byte("GIF89a")):
		return Image, "image/gif"
	case len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		return Image, "image/webp"
	}
	return "", ""
}

// nameOf says in words what a file is that is none of those that are read.
func nameOf(b []byte) string {
	for _, known := range []struct{ magic, name string }{
		{"PK", "a ZIP archive, or a document that is one (Word, Excel, OpenDocument)"},
		{"\x1f\x8b", "a gzip archive"},
		{"BZh", "a bzip2 archive"},
		{"\xfd7zXZ\x00", "an xz archive"},
		{"\x28\xb5\x2f\xfd", "a zstd archive"},
		{"7z\xbc\xaf\x27\x1c", "a 7z archive"},
		{"Rar!", "a RAR archive"},
		{"\xd0\xcf\x11\xe0", "an old Office document"},
		{"\x7fELF", "a program"},
		{"MZ", "a program"},
		{"SQLite format 3", "a database"},
	} {
		if strings.HasPrefix(string(b[:min(len(b), 16)]), known.magic) {
			return known.name
		}
	}
	if at := bytes.Index(b[:min(len(b), 1024)], []byte("%PDF-")); at > 0 {
		return "something else with a PDF file in it"
	}
	return "neither text in UTF-8 nor of a known type"
}
