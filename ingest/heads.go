package ingest

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"docent/ingest/site"
)

// headBytes is how much of a file is read for its front matter and its first
// heading.
const headBytes = 32 << 10

// heads reads the beginnings of files for rules, each once.
type heads struct {
	folder *folder
	multi  bool // front matter may be MultiMarkdown's
	mu     sync.Mutex
	known  map[string]site.File
}

func newHeads(f *folder) *heads { return &heads{folder: f, known: map[string]site.File{}} }

// readsMulti has front matter in MultiMarkdown's notation read from now on.
func (h *heads) readsMulti() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.multi = true
	clear(h.known)
}

// head is a file's front matter and its first heading, as far as they can be
// had without parsing it.
func (h *heads) head(path string) site.File {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f, known := h.known[path]; known {
		return f
	}
	f := site.File{Path: path}
	if text, why := decode(beginning(h.folder.abs(path))); why == "" {
		s := openSource(path, text, h.multi)
		f.Meta, f.Heading = s.meta, firstHeading(s.text)
	}
	h.known[path] = f
	return f
}

// beginning is what a regular file begins with, whole lines of it.
func beginning(name string) []byte {
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	file, err := open(name)
	if err != nil {
		return nil
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, headBytes))
	if err != nil {
		return nil
	}
	if len(raw) == headBytes {
		raw = raw[:bytes.LastIndexByte(raw, '\n')+1]
	}
	return raw
}

// firstHeading is the text of the first heading of level 1 that is written
// with a "#", outside of code.
func firstHeading(body []byte) string {
	fence := ""
	for line := range bytes.Lines(body) {
		text := strings.TrimSpace(string(line))
		switch {
		case fence != "":
			if strings.HasPrefix(text, fence) {
				fence = ""
			}
		case strings.HasPrefix(text, "```"), strings.HasPrefix(text, "~~~"):
			fence = text[:3]
		case bytes.HasPrefix(line, []byte("# ")):
			return headingMarkup.Replace(closingHashes.ReplaceAllString(strings.TrimSpace(text[2:]), ""))
		}
	}
	return ""
}

// closingHashes end a heading, with an id that a writer chose.
var closingHashes = regexp.MustCompile(`(?:\s+#+|\s*\{:?\s*#[^{}]*\})$`)

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
