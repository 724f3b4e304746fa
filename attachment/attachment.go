// Package attachment reads files that readers attach to their questions: logs,
// configuration, code, PDF files, pictures.
//
//	bytes -> what they are, by themselves (kind.go)
//	  text    -> UTF-8 without control characters (text.go)
//	  PDF     -> text, read by a process of its own (pdf.go, pdfread.go)
//	  picture -> its size in pixels, from its header (image.go)
//	-> docent.Attachment
//
// Nothing of a file is executed or rendered, and the file itself is not kept: a
// model gets the text, or the picture. HTML and scripts are text like any other.
//
// What it doubts: everything. A name says nothing about a content; names are only
// repeated, on one line. A PDF can ask for any amount of work and memory in a few
// bytes, and a library that reads it can be wrong: so it runs in a process that
// ends itself at its bounds and has neither the server's memory nor its secrets.
package attachment

import (
	"context"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"docent"
	"docent/access"
	"docent/analysis"
)

// Config is the attachments section of config.yaml.
type Config struct {
	Enabled    bool     `yaml:"enabled"`
	MaxBytes   int64    `yaml:"max_bytes"`    // of a file
	MaxFiles   int      `yaml:"max_files"`    // of a question
	MaxPerUser int      `yaml:"max_per_user"` // that are stored
	Types      []string `yaml:"types"`        // Text, PDF, Image
}

// The kinds of files that Config.Types can name.
const (
	Text  = "text"
	PDF   = "pdf"
	Image = "image"
)

// Validate checks what can't be read with; the error is a *docent.SettingError.
func (c Config) Validate() error {
	known := !slices.ContainsFunc(c.Types, func(t string) bool { return t != Text && t != PDF && t != Image })
	return docent.CheckSettings(
		docent.SettingCheck{OK: c.MaxBytes >= 1 && c.MaxBytes <= mostBytes, Key: "attachments.max_bytes", Right: "1 to 33554432"},
		docent.SettingCheck{OK: c.MaxFiles >= 1 && c.MaxFiles <= 20, Key: "attachments.max_files", Right: "1 to 20"},
		docent.SettingCheck{OK: c.MaxPerUser >= c.MaxFiles, Key: "attachments.max_per_user", Right: "as many as attachments.max_files, or more"},
		docent.SettingCheck{OK: len(c.Types) > 0 && known, Key: "attachments.types", Right: "a list of text, pdf and image"},
	)
}

const (
	mostBytes = 32 << 20  // of a file, whatever is configured
	keptText  = 256 << 10 // of a file's text, in bytes: more than a model is given of it
	maxName   = 120       // characters of a name
)

// Reader reads files. It may be used from many goroutines.
type Reader struct {
	cfg   Config
	pdf   []string      // the command line of a process that calls ReadPDF; nil reads none
	slots chan struct{} // holds a token for each such process
}

// New makes a Reader. pdf is the command line of a program that calls ReadPDF
// and nothing else; without one PDF files are refused.
func New(cfg Config, pdf []string) *Reader {
	return &Reader{cfg: cfg, pdf: pdf, slots: make(chan struct{}, maxProcesses)}
}

// Announce makes the attachment of a file that is yet to come.
func Announce(name string) docent.Attachment {
	return docent.Attachment{ID: access.NewID("att_"), Name: plainName(name), CreatedAt: time.Now().UTC()}
}

// Read makes an attachment of a file. Errors: too_large, unsupported_type for what
// is not taken, invalid for what is damaged, empty or beyond the bounds.
func (r *Reader) Read(ctx context.Context, name string, content []byte) (docent.Attachment, error) {
	a := Announce(name)
	a.Bytes = len(content)
	if int64(len(content)) > r.cfg.MaxBytes {
		return a, docent.Errorf(docent.CodeTooLarge, "the file has %d bytes; at most %d are taken", len(content), r.cfg.MaxBytes)
	}
	if len(content) == 0 {
		return a, docent.Errorf(docent.CodeInvalid, "the file is empty")
	}
	kind, mime := kindOf(content)
	if kind != "" && !slices.Contains(r.cfg.Types, kind) || kind == PDF && r.pdf == nil {
		return a, r.unsupported(mime)
	}
	a.Type = mime
	var err error
	switch kind {
	case PDF:
		err = r.readPDF(ctx, &a, content)
	case Image:
		err = checkImage(mime, content)
		a.Image = content
	default:
		text, is := plainText(content)
		if !is || !slices.Contains(r.cfg.Types, Text) {
			return a, r.unsupported(nameOf(content))
		}
		a.Type, a.Text = "text/plain", text
	}
	if kind != Image && err == nil {
		err = keep(&a)
	}
	return a, err
}

// keep bounds the text of an attachment, which has to have one.
func keep(a *docent.Attachment) error {
	if strings.TrimSpace(a.Text) == "" {
		if a.Type == "application/pdf" {
			return docent.Errorf(docent.CodeInvalid, "there is no text in this PDF file: pages that were scanned are pictures")
		}
		return docent.Errorf(docent.CodeInvalid, "there is no text in the file")
	}
	short := analysis.Shorten(a.Text, keptText)
	a.Cut = a.Cut || len(short) != len(a.Text)
	a.Text = short
	return nil
}

// unsupported says what a file is, and what is taken.
func (r *Reader) unsupported(is string) error {
	var taken []string
	for _, t := range []struct{ kind, words string }{
		{Text, "text (UTF-8: logs, Markdown, code, JSON, YAML)"}, {PDF, "PDF"}, {Image, "PNG, JPEG, GIF and WebP"},
	} {
		if slices.Contains(r.cfg.Types, t.kind) && (t.kind != PDF || r.pdf != nil) {
			taken = append(taken, t.words)
		}
	}
	return &docent.Error{Code: docent.CodeUnsupported, Message: "the file is " + is + ", which is not taken",
		Hint: "what is: " + strings.Join(taken, "; ")}
}

// plainName gives what a file is called, without folders, on one line.
func plainName(name string) string {
	name = strings.ToValidUTF8(name, "")
	name = path.Base("/" + strings.ReplaceAll(name, `\`, "/"))
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) { // neither line breaks nor what turns the direction of writing
			return -1
		}
		return r
	}, name))
	if utf8.RuneCountInString(name) > maxName {
		name = string([]rune(name)[:maxName])
	}
	if strings.Trim(name, "./ ") == "" {
		return "file"
	}
	return name
}
