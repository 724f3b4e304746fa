package sqlite

import (
	"path/filepath"
	"testing"

	"github.com/pressly/goose/v3"

	"docent"
)

func TestWhatWasRefusedBeforeGapsWereKeptIsAGap(t *testing.T) {
	path := filepath.Join(t.TempDir(), "docent.db")
	d, err := openDatabase(path, conversationsKind, busyTimeout, true)
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, d.writer, conversationsKind.migrations, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	if err := d.write(t.Context(), func(w *tx) error {
		for _, statement := range []string{
			`INSERT INTO sessions VALUES ('s', 'default', 'ann', '', 'active', 1, 1)`,
			`INSERT INTO messages (id, site, subject, session_id, seq, turn, role, state, text, created_at) VALUES ('q', 'default', 'ann', 's', 1, 1, 'user', 'finished', 'soup?', 1)`,
			`INSERT INTO messages (id, site, subject, session_id, seq, turn, role, state, finish_reason, created_at) VALUES ('a', 'default', 'ann', 's', 2, 1, 'assistant', 'finished', 'refused', 2)`,
		} {
			if _, err := w.exec(statement); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := d.close(); err != nil {
		t.Fatal(err)
	}
	c, err := OpenConversations(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	gaps, err := c.Gaps(t.Context(), docent.DefaultSite, 10)
	if err != nil || len(gaps) != 1 || gaps[0].Question != "soup?" {
		t.Errorf("%+v, %v", gaps, err)
	}
}
