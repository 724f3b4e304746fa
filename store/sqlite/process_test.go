package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"docent"
)

// asProcess names what a copy of this test binary does instead of testing.
const asProcess = "DOCENT_SQLITE_TEST_AS"

func TestMain(m *testing.M) {
	role, dir := os.Getenv(asProcess), os.Getenv(asProcess+"_DIR")
	if role == "" {
		os.Exit(m.Run())
	}
	if err := play(role, dir); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin) // until the test closes it, or kills this process
}

// play does what another process does, up to the middle.
func play(role, dir string) error {
	ctx := context.Background()
	switch role {
	case "ingest":
		return abandon(ctx, dir, stamp, func(string) []float32 { return nil })
	case "ingest vectors":
		return abandon(ctx, dir, denseStamp, axis)
	case "read index":
		_, err := OpenIndex(dir, stamp, IndexOptions{})
		return err
	case "write index":
		x, err := OpenIndex(dir, stamp, IndexOptions{})
		if err != nil {
			return err
		}
		_, err = x.opened.Load().writer.ExecContext(ctx, "BEGIN EXCLUSIVE")
		return err
	case "answer":
		c, err := OpenConversations(filepath.Join(dir, "docent.db"))
		if err != nil {
			return err
		}
		_, _, err = c.BeginTurn(ctx, owner, firstTurn("s"))
		return err
	case "write":
		d, err := openDatabase(filepath.Join(dir, "docent.db"), conversationsKind, busyTimeout, true)
		if err != nil {
			return err
		}
		d.conn, err = d.writer.Conn(ctx)
		if err != nil {
			return err
		}
		_, err = d.conn.ExecContext(ctx, "BEGIN EXCLUSIVE")
		return err
	}
	return fmt.Errorf("unknown role %q", role)
}

// abandon builds a release up to the middle.
func abandon(ctx context.Context, dir string, s docent.Stamp, vector func(string) []float32) error {
	x, err := OpenIndex(dir, s, IndexOptions{})
	if err != nil {
		return err
	}
	b, err := x.Begin(ctx, unit)
	if err != nil {
		return err
	}
	for i := range 2 * batchChunks {
		c := chunk(fmt.Sprintf("abandoned-%d.md", i), "pear")
		c.Vector = vector(c.Text)
		if err := b.Put(ctx, docent.Page{Path: c.Path}, []docent.IndexedChunk{c}, nil); err != nil {
			return err
		}
	}
	return b.Remove(ctx, "a.md")
}

// start runs a role in another process up to the middle. kill ends it there.
func start(t *testing.T, role, dir string) (kill func()) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), asProcess+"="+role, asProcess+"_DIR="+dir)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	killed := false
	kill = func() {
		if !killed {
			killed = true
			cmd.Process.Kill()
			stdin.Close()
			cmd.Wait()
		}
	}
	t.Cleanup(kill)
	if line, _ := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
		t.Fatalf("the other process says %q", line)
	}
	return kill
}

func TestABuildOfAKilledProcessIsUndone(t *testing.T) {
	dir := t.TempDir()
	x := openIndex(t, dir)
	publish(t, x, chunk("a.md", "apple"))
	kill := start(t, "ingest", dir)

	if _, err := x.Begin(t.Context(), unit); docent.CodeOf(err) != docent.CodeConflict {
		t.Fatalf("while the other process builds: %v", err)
	}
	wantFound(t, x, 1, "apple", "a.md")
	kill()
	if r := publish(t, x, chunk("b.md", "plum")); r.Number != 2 || r.Chunks != 2 {
		t.Errorf("release %d has %d chunks, want release 2 with 2", r.Number, r.Chunks)
	}
	wantFound(t, x, 2, "apple", "a.md")
	wantFound(t, x, 2, "pear")
	var rows int
	if err := x.opened.Load().reader.QueryRow(`SELECT sum(listed) FROM segments`).Scan(&rows); err != nil || rows != 2 {
		t.Errorf("%d rows in the term index, want 2 (%v)", rows, err)
	}
}

func TestVectorsOfAKilledBuildAreUndone(t *testing.T) {
	dir := t.TempDir()
	x := openStamped(t, dir, denseStamp)
	publish(t, x, withVector(chunk("a.md", "apple")))
	wantNear(t, x, 1, "pear", "a.md")
	start(t, "ingest vectors", dir)()
	publish(t, x, withVector(chunk("b.md", "plum"))) // in rows that the killed one had
	wantNear(t, x, 2, "plum", "b.md", "a.md")
	wantNear(t, x, 1, "plum", "a.md")
	var rows int
	if err := x.opened.Load().reader.QueryRow(`SELECT count(*) FROM vectors`).Scan(&rows); err != nil || rows != 2 {
		t.Errorf("%d vectors are stored, want 2 (%v)", rows, err)
	}
}

func TestAnIndexLockedForTooLongIsReadOn(t *testing.T) {
	dir := t.TempDir()
	publish(t, openIndex(t, dir), chunk("a.md", "apple"))
	kill := start(t, "write index", dir)

	x, err := OpenIndex(dir, stamp, IndexOptions{BusyTimeout: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	wantFound(t, x, 1, "apple", "a.md")
	_, err = x.Begin(t.Context(), unit)
	wantError(t, err, docent.CodeStore, "in use by another process")
	wantError(t, x.Activate(t.Context(), unit, 1), docent.CodeStore, "in use by another process")
	kill()
	publish(t, x, chunk("b.md", "plum"))
	wantFound(t, x, 2, "plum", "b.md")
}

func TestAnswersOfAKilledProcessAreFailed(t *testing.T) {
	dir := t.TempDir()
	kill := start(t, "answer", dir)

	beside := openStore(t, dir) // a second process leaves a running answer alone
	if _, err := beside.Events(t.Context(), owner, "s-a"); docent.CodeOf(err) != docent.CodeConflict {
		t.Errorf("while the other process answers: %v", err)
	}
	beside.Close()
	kill()

	c := openStore(t, dir)
	m, err := c.Message(t.Context(), owner, "s-a")
	if err != nil || m.FinishReason != docent.FinishFailed {
		t.Fatalf("the answer is %+v, %v", m, err)
	}
	events, err := c.Events(t.Context(), owner, "s-a")
	if err != nil || len(events) != 2 || !events[1].Last() {
		t.Errorf("its events are %v, %v", events, err)
	}
	next := firstTurn("s")
	next.NewSession, next.User.ID, next.Answer.ID = false, "q2", "a2"
	if _, _, err := c.BeginTurn(t.Context(), owner, next); err != nil {
		t.Errorf("the session can't go on: %v", err)
	}
}

func TestAFileLockedForTooLongSaysSo(t *testing.T) {
	dir := t.TempDir()
	openStore(t, dir).Close()
	kill := start(t, "write", dir)

	path := filepath.Join(dir, "docent.db")
	c, err := openConversations(path, 1)
	if err == nil {
		_, _, err = c.BeginTurn(t.Context(), owner, firstTurn("s"))
		c.Close()
	}
	wantError(t, err, docent.CodeStore, "in use by another process")
	kill()
	openStore(t, dir)
}
