package sqlite

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"docent"
	"docent/analysis"
)

var (
	unit  = docent.Unit{Site: docent.DefaultSite, Source: "docs", Lang: "en"}
	owner = docent.Owner{Site: docent.DefaultSite, Subject: "local"}
)

// chunk is one that says text, the only one of its page.
func chunk(path, text string) docent.IndexedChunk {
	c := docent.IndexedChunk{Chunk: docent.Chunk{ID: path + ":" + text, Unit: unit, Path: path, Text: text}}
	c.Terms = analysis.ChunkTerms(&c.Chunk)
	return c
}

// publish adds a page of one chunk to the index.
func publish(t testing.TB, x *Index, c docent.IndexedChunk) docent.Release {
	t.Helper()
	b, err := x.Begin(t.Context(), unit)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	_, _, stats := b.Base()
	if err := stats.Add(c.Terms); err != nil {
		t.Fatal(err)
	}
	if err := b.Put(t.Context(), docent.Page{Path: c.Path, Chunks: 1}, []docent.IndexedChunk{c}, nil); err != nil {
		t.Fatal(err)
	}
	r, err := b.Publish(t.Context(), stats)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// wantFound holds the paths that are found for a word in a release.
func wantFound(t *testing.T, x *Index, number int, word string, paths ...string) {
	t.Helper()
	found, err := x.Candidates(t.Context(), docent.CandidateQuery{
		Releases: []docent.Release{{Unit: unit, Number: number}}, Terms: analysis.QueryTerms(word, "en"), Limit: 10,
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range found {
		got = append(got, c.Path)
	}
	if strings.Join(got, " ") != strings.Join(paths, " ") {
		t.Errorf("%q is found on %q, want %q", word, got, paths)
	}
}

// axis is a direction for each word.
func axis(word string) []float32 {
	v := make([]float32, denseStamp.Dimensions)
	v[int(word[len(word)-1])%len(v)] = 1
	return v
}

func withVector(c docent.IndexedChunk) docent.IndexedChunk {
	c.Vector = axis(c.Text)
	return c
}

// wantNear holds the paths that are found near a word in a release, best first.
func wantNear(t *testing.T, x *Index, number int, word string, paths ...string) {
	t.Helper()
	found, err := x.Candidates(t.Context(), docent.CandidateQuery{
		Releases: []docent.Release{{Unit: unit, Number: number}}, Vector: axis(word), Limit: 10,
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range found {
		got = append(got, c.Path)
	}
	if strings.Join(got, " ") != strings.Join(paths, " ") {
		t.Errorf("near %q are %q, want %q", word, got, paths)
	}
}

func firstTurn(session string) docent.Turn {
	return docent.Turn{
		Session: docent.Session{ID: session}, NewSession: true,
		User:   docent.Message{ID: session + "-q", Text: "what?"},
		Answer: docent.Message{ID: session + "-a"},
	}
}

// wantError holds that err has the code, says the words, hints, and shows no
// path to clients.
func wantError(t *testing.T, err error, code docent.Code, words string) {
	t.Helper()
	var told *docent.Error
	if !errors.As(err, &told) {
		t.Fatalf("no *docent.Error: %v", err)
	}
	if told.Code != code || !strings.Contains(told.Message, words) {
		t.Errorf("error %s %q, want %s with %q", told.Code, told.Message, code, words)
	}
	if told.Hint == "" || strings.Contains(told.Message+told.Hint, string(filepath.Separator)+"tmp") {
		t.Errorf("message %q, hint %q", told.Message, told.Hint)
	}
}

// damage opens a kind of file in dir, uses it and closes it; then rewrites its
// bytes; then opens it again.
type damage struct {
	name string
	use  func(t *testing.T, dir string) (file string)
	open func(dir string) error
}

var damages = []damage{
	{"index", func(t *testing.T, dir string) string {
		x := openIndex(t, dir)
		publish(t, x, chunk("a.md", strings.Repeat("apple pear plum ", 2000)))
		x.Close()
		return x.file
	}, func(dir string) error {
		x, err := OpenIndex(dir, stamp, IndexOptions{})
		if err != nil {
			return err
		}
		defer x.Close()
		_, _, err = x.Page(context.Background(), docent.Release{Unit: unit, Number: 1}, "a.md")
		return err
	}},
	{"conversations", func(t *testing.T, dir string) string {
		c := openStore(t, dir)
		asked := firstTurn("s")
		asked.User.Text = strings.Repeat("why? ", 20000)
		if _, _, err := c.BeginTurn(t.Context(), owner, asked); err != nil {
			t.Fatal(err)
		}
		c.Close()
		return filepath.Join(dir, "docent.db")
	}, func(dir string) error {
		c, err := OpenConversations(filepath.Join(dir, "docent.db"))
		if err != nil {
			return err
		}
		defer c.Close()
		_, err = c.Message(context.Background(), owner, "s-q")
		return err
	}},
}

func TestDamagedFilesAreRefusedWithAHint(t *testing.T) {
	for _, d := range damages {
		for name, rewrite := range map[string]func([]byte) []byte{
			"not a database": func([]byte) []byte { return []byte(strings.Repeat("this is no database\n", 500)) },
			"cut in half":    func(b []byte) []byte { return b[:len(b)/2/4096*4096+100] },
			"cut to a page":  func(b []byte) []byte { return b[:4096] },
			"overwritten":    func(b []byte) []byte { return append(b[:4096:4096], bytes.Repeat([]byte{0xa5}, len(b)-4096)...) },
		} {
			t.Run(d.name+"/"+name, func(t *testing.T) {
				dir := t.TempDir()
				file := d.use(t, dir)
				content, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, rewrite(content), 0o644); err != nil {
					t.Fatal(err)
				}
				wantError(t, d.open(dir), docent.CodeStore, "damaged")
			})
		}
	}
}

func TestFilesOfANewerVersionAreRefused(t *testing.T) {
	for _, d := range damages {
		t.Run(d.name, func(t *testing.T) {
			dir := t.TempDir()
			file := d.use(t, dir)
			db, err := openDatabase(file, indexKind, busyTimeout, false)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.writer.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`); err != nil {
				t.Fatal(err)
			}
			db.close()
			wantError(t, d.open(dir), docent.CodeStore, "newer version")
		})
	}
}

func TestFoldersThatCantBeUsedAreRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	below := filepath.Join(file, "data")
	if _, err := OpenConversations(filepath.Join(below, "docent.db")); err == nil {
		t.Error("conversations were opened below a file")
	} else {
		wantError(t, err, docent.CodeStore, "can't be made")
	}
	x, err := OpenIndex(below, stamp, IndexOptions{})
	if err == nil {
		defer x.Close()
		_, err = x.Begin(t.Context(), unit)
	}
	wantError(t, err, docent.CodeStore, "can't be")

	folder := filepath.Join(t.TempDir(), "docent.db")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	_, err = OpenConversations(folder)
	wantError(t, err, docent.CodeStore, "can't be opened")
}

func TestAReadOnlyFolderIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(dir, 0o755) })
	if os.WriteFile(filepath.Join(dir, "probe"), nil, 0o644) == nil {
		dir = "/proc" // root may write everywhere but here
		if _, err := os.Stat(dir); err != nil {
			t.Skip("SKIPPED: this user may write everywhere")
		}
	}
	x, err := OpenIndex(dir, stamp, IndexOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	_, err = x.Begin(t.Context(), unit)
	wantError(t, err, docent.CodeStore, "can't be opened for writing")
	_, err = OpenConversations(filepath.Join(dir, "docent.db"))
	wantError(t, err, docent.CodeStore, "can't be opened for writing")
}

func TestAFullDiskLosesNothingStored(t *testing.T) {
	c := openStore(t, t.TempDir())
	stored, _, err := c.BeginTurn(t.Context(), owner, firstTurn("s"))
	if err != nil {
		t.Fatal(err)
	}
	limit := func(pages int) {
		t.Helper()
		if _, err := c.d.conn.ExecContext(t.Context(), "PRAGMA max_page_count = "+itoa(pages)); err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // no more than there are
	answer := stored.Answer
	answer.Text, answer.FinishReason = strings.Repeat("long ", 100000), docent.FinishStop
	wantError(t, c.FinishTurn(t.Context(), owner, answer, nil), docent.CodeStore, "disk is full")
	if m, err := c.Message(t.Context(), owner, stored.User.ID); err != nil || m.Text != "what?" {
		t.Errorf("the question is %q, %v", m.Text, err)
	}
	limit(1 << 30)
	if err := c.FinishTurn(t.Context(), owner, answer, nil); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestConversationsAreTheirOwnersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "docent.db")
	c, err := OpenConversations(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, name := range []string{path, path + "-wal"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode != 0o600 {
			t.Errorf("%s has the mode %o", filepath.Base(name), mode)
		}
	}
}
