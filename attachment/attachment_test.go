package attachment

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"unicode/utf8"

	"docent"
)

func TestWhatIsTextIsReadAsText(t *testing.T) {
	for name, c := range map[string]struct{ content, want string }{
		"log":        {"ERROR listen tcp :8000: bind: address in use\n", "ERROR listen tcp :8000: bind: address in use\n"},
		"page.html":  {"<!doctype html><script>alert(1)</script>", "<!doctype html><script>alert(1)</script>"},
		"x.svg":      {"<svg onload=alert(1)>", "<svg onload=alert(1)>"},
		"run.sh":     {"#!/bin/sh\nrm -rf /\n", "#!/bin/sh\nrm -rf /\n"},
		"cfg.json":   {"\ufeff{\"a\": 1}\r\n", "{\"a\": 1}\n"},
		"photo.png":  {"not a picture", "not a picture"},
		"colour.log": {"\x1b[31mfailed\x1b[0m\x1b]0;title\x07\n", "failed\n"},
		"utf16.log":  {"\xff\xfef\x00\xe9\x00\r\x00\n\x00", "fé\n"},
		"wide.log":   {"\xfe\xff\x00f\x00\xe9", "fé"},
	} {
		a, err := newReader().Read(t.Context(), name, []byte(c.content))
		if err != nil || a.Text != c.want || a.Type != "text/plain" || a.Name != name || a.Bytes != len(c.content) || a.Image != nil || a.Cut {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}

func TestATypeIsToldByContent(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		code    docent.Code
		says    string
	}{
		"zip.txt":      {"PK\x03\x04\x14\x00\x00\x00", docent.CodeUnsupported, "ZIP"},
		"word.docx":    {"PK\x03\x04\x14\x00\x06\x00", docent.CodeUnsupported, "Word"},
		"old.doc":      {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", docent.CodeUnsupported, "Office"},
		"a.md":         {"\x7fELF\x02\x01\x01\x00", docent.CodeUnsupported, "program"},
		"a.log":        {"\x1f\x8b\x08\x00\x00\x00", docent.CodeUnsupported, "gzip"},
		"nul.txt":      {"text with\x00 a zero byte", docent.CodeUnsupported, "neither"},
		"latin1.txt":   {"caf\xe9", docent.CodeUnsupported, "UTF-8"},
		"control.txt":  {strings.Repeat("\x01\x02a", 50), docent.CodeUnsupported, "neither"},
		"late.pdf":     {"\x00\x01junk%PDF-1.7\n", docent.CodeUnsupported, "PDF file in it"},
		"half.txt":     {"\xff\xfea", docent.CodeUnsupported, "neither"},
		"surrogate":    {"\xff\xfe\x00\xd8a\x00", docent.CodeUnsupported, "neither"},
		"empty.txt":    {"", docent.CodeInvalid, "empty"},
		"blank.txt":    {" \n\t", docent.CodeInvalid, "no text"},
		"short.png":    {"\x89PNG\r\n\x1a\n", docent.CodeInvalid, "damaged"},
		"script.gif":   {"GIF89a/*<script>*/=1;alert(1)//", docent.CodeInvalid, "pixels"},
		"damaged.jpg":  {"\xff\xd8\xff\xe0\x00\x10JFIF", docent.CodeInvalid, "damaged"},
		"damaged.webp": {"RIFF\x00\x00\x00\x00WEBPVP8 \x00\x00\x00\x00" + strings.Repeat("x", 20), docent.CodeInvalid, "damaged"},
	} {
		_, err := newReader().Read(t.Context(), name, []byte(c.content))
		if docent.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsNotConfiguredIsNotTaken(t *testing.T) {
	files := map[string][]byte{Text: []byte("text"), PDF: page(stream("", shown)), Image: pictures(t)["image/png"]}
	for kind := range files {
		r := newReader()
		r.cfg.Types = []string{kind}
		for other, content := range files {
			if _, err := r.Read(t.Context(), "x", content); (kind == other) != (err == nil) || err != nil && docent.CodeOf(err) != docent.CodeUnsupported {
				t.Errorf("%s where %s is taken: %v", other, kind, err)
			}
		}
	}
	if _, err := New(newReader().cfg, nil).Read(t.Context(), "x", files[PDF]); docent.CodeOf(err) != docent.CodeUnsupported {
		t.Errorf("PDF without a process: %v", err)
	}
	r := newReader()
	r.cfg.MaxBytes = 3
	if _, err := r.Read(t.Context(), "x", []byte("text")); docent.CodeOf(err) != docent.CodeTooLarge {
		t.Errorf("%v", err)
	}
}

// pictures has one of each type, of 3 x 2 pixels.
func pictures(t testing.TB) map[string][]byte {
	t.Helper()
	canvas := image.NewGray(image.Rect(0, 0, 3, 2))
	var p, j, g bytes.Buffer
	for _, err := range []error{png.Encode(&p, canvas), jpeg.Encode(&j, canvas, nil), gif.Encode(&g, canvas, nil)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return map[string][]byte{"image/png": p.Bytes(), "image/jpeg": j.Bytes(), "image/gif": g.Bytes(), "image/webp": webp("VP8X", "\x00\x00\x00\x00\x02\x00\x00\x01\x00\x00")}
}

// webp is a file whose first chunk has the given kind and begins with data.
func webp(kind, data string) []byte {
	return []byte("RIFF\x20\x00\x00\x00WEBP" + kind + "\x0a\x00\x00\x00" + data + strings.Repeat("\x00", 12))
}

func TestAPictureIsKeptAsItCame(t *testing.T) {
	for mime, content := range pictures(t) {
		a, err := newReader().Read(t.Context(), "notes.txt", content)
		if err != nil || a.Type != mime || !bytes.Equal(a.Image, content) || a.Text != "" {
			t.Errorf("%s: %+v, %v", mime, a, err)
		}
	}
}

func TestTheSizeOfAPictureIsBounded(t *testing.T) {
	huge := bytes.Clone(pictures(t)["image/png"])
	binary.BigEndian.PutUint32(huge[16:], 100000) // its width, beside a checksum that is wrong then, which is refused as well
	for name, content := range map[string][]byte{
		"png": huge, "gif": []byte("GIF89a\xff\xff\xff\xff\x00\x00\x00;"), "extended": webp("VP8X", "\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff"),
		"lossless": webp("VP8L", "\x2f\xff\xff\xff\x0f"), "lossy": webp("VP8 ", "\x00\x00\x00\x9d\x01\x2a\xff\x3f\xff\x3f"), "nothing": webp("VP8 ", "\x00\x00\x00\x9d\x01\x2a\x00\x00\x00\x00"),
		"pixels": webp("VP8X", "\x00\x00\x00\x00\xff\x1f\x00\xff\x1f\x00"),
	} {
		if _, err := newReader().Read(t.Context(), name, content); docent.CodeOf(err) != docent.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestANameIsOneLineAndNoPath(t *testing.T) {
	for name, want := range map[string]string{
		"../../etc/passwd": "passwd", `C:\logs\app.log`: "app.log", "..": "file", "": "file", "/": "file", "a\nb\u202egnp.exe": "abgnp.exe",
		"a\x00.txt": "a.txt", "\xff.txt": ".txt", strings.Repeat("é", 500): strings.Repeat("é", maxName), "x\"; rm.txt": "x\"; rm.txt", `..\..`: "file",
	} {
		a, err := newReader().Read(t.Context(), name, []byte("text"))
		if err != nil || a.Name != want {
			t.Errorf("%q is called %q, want %q: %v", name, a.Name, want, err)
		}
	}
}

func TestOfALongTextBothEndsAreKept(t *testing.T) {
	a, err := newReader().Read(t.Context(), "x.log", []byte("start\n"+strings.Repeat("line\n", keptText)+"FATAL"))
	if err != nil || !a.Cut || len(a.Text) > keptText+20 || !strings.HasPrefix(a.Text, "start") || !strings.HasSuffix(a.Text, "FATAL") {
		t.Errorf("%d bytes, cut %v: %v", len(a.Text), a.Cut, err)
	}
}

func FuzzRead(f *testing.F) {
	for _, content := range pictures(f) {
		f.Add("picture", content)
	}
	f.Add("../x.pdf", page(stream("", shown)))
	f.Add("text\n", []byte("\x1b[31mfailed"))
	f.Add("wide", []byte("\xff\xfef\x00"))
	f.Add("webp", webp("VP8L", "\x2f\x00\x00\x00\x00"))
	r := newReader()
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		a, err := r.Read(t.Context(), name, content)
		if err != nil {
			if code := docent.CodeOf(err); code == docent.CodeInternal {
				t.Errorf("%v", err)
			}
			return
		}
		if !utf8.ValidString(a.Text) || strings.ContainsAny(a.Text, "\x00\x1b") || strings.ContainsAny(a.Name, "/\\\n") || len(a.Text) > keptText+20 {
			t.Errorf("%+v", a)
		}
		if (a.Text == "") == (a.Image == nil) {
			t.Errorf("text and picture, or neither: %+v", a)
		}
	})
}
