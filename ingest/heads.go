package ingest

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"

	"docent/ingest/site"
)

// headBytes is how much of a file is read for its front matter and its first
// heading; longHeadBytes, where the front matter does not end there.
const (
	headBytes     = 8 << 10
	longHeadBytes = 64 << 10
)

// heads reads the beginnings of files for rules, and remembers them. Several
// goroutines may use it.
type heads struct {
	folder *folder
	multi  atomic.Bool // front matter may be MultiMarkdown's
	known  sync.Map    // a site.File by its path
}

func newHeads(f *folder) *heads { return &heads{folder: f} }

// readsMulti has front matter in MultiMarkdown's notation read from now on.
func (h *heads) readsMulti() {
	h.multi.Store(true)
	h.known.Range(func(path, f any) bool {
		if f.(site.File).Meta == nil {
			h.known.Delete(path)
		}
		return true
	})
}

// head is a file's front matter and its first heading, as far as they can be
// had without parsing it.
func (h *heads) head(path string) site.File {
	if f, known := h.known.Load(path); known {
		return f.(site.File)
	}
	f := h.read(path, headBytes)
	h.known.Store(path, f)
	return f
}

func (h *heads) read(path string, limit int) site.File {
	f := site.File{Path: path}
	raw, more := beginning(h.folder.abs(path), limit)
	text, why := decode(raw)
	if why != "" {
		return f
	}
	s := openSource(path, text, h.multi.Load())
	if more && s.meta == nil && limit < longHeadBytes && (isFence(text, "---") || isFence(text, "+++") || looksLikeJSON(text)) {
		return h.read(path, longHeadBytes)
	}
	f.Meta, f.Heading = s.meta, firstHeading(s.text)
	return f
}

// beginning is what a regular file begins with: whole lines of it, and whether
// there are more.
func beginning(name string, limit int) (raw []byte, more bool) {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return nil, false
	}
	file, err := open(name)
	if err != nil {
		return nil, false
	}
	defer file.Close()
	raw = make([]byte, min(int64(limit), info.Size()))
	n, err := io.ReadFull(file, raw)
	if err != nil {
		return nil, false
	}
	if more = info.Size() > int64(n); more {
		raw = raw[:bytes.LastIndexByte(raw, '\n')+1]
	}
	return raw, more
}

// firstHeading is the text of the first heading of level 1 that is written
// with a "#", outside of code.
func firstHeading(body []byte) string {
	var fence []byte
	for line := range bytes.Lines(body) {
		text := bytes.TrimSpace(line)
		switch {
		case fence != nil:
			if bytes.HasPrefix(text, fence) {
				fence = nil
			}
		case bytes.HasPrefix(text, []byte("```")), bytes.HasPrefix(text, []byte("~~~")):
			fence = text[:3]
		case bytes.HasPrefix(line, []byte("# ")):
			return strings.TrimSpace(headingMarkup.Replace(closingHashes.ReplaceAllString(string(bytes.TrimSpace(text[2:])), "")))
		}
	}
	return ""
}

// closingHashes end a heading, after an id that a writer chose.
var closingHashes = regexp.MustCompile(`(?:\s*\{:?\s*#[^{}]*\})?(?:\s+#+)?$`)

var headingMarkup = strings.NewReplacer("`", "", "**", "")

// repository finds the repository that a folder is in: the nearest folder
// above it that version control keeps its files in. Where there is none (an
// unpacked archive) it is the farthest one, a few levels up, that has the
// files that stand at a repository's top. at is the folder in it.
func repository(folder string) (root, at string) {
	root = folder
	for dir, level := folder, 0; ; level++ {
		if exists(dir, ".git") || exists(dir, ".hg") {
			root = dir
			break
		}
		if level > 0 && level <= unpackedLevels && (exists(dir, ".gitignore") || exists(dir, ".github")) {
			root = dir
		}
		above := filepath.Dir(dir)
		if above == dir {
			break
		}
		dir = above
	}
	at, err := filepath.Rel(root, folder)
	if err != nil {
		return folder, "."
	}
	return root, filepath.ToSlash(at)
}

// unpackedLevels is how far up an unpacked archive's top is looked for.
const unpackedLevels = 4

func exists(dir, name string) bool {
	_, err := os.Lstat(filepath.Join(dir, name))
	return err == nil
}
