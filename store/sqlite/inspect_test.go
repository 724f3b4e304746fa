package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"docent"
	"docent/access"
)

func TestInspectingTellsOfASoundFileAndChangesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "docent.db")
	c, err := OpenConversations(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() // beside a server
	found, err := InspectConversations(t.Context(), path)
	if err != nil || found.Journal != "wal" || found.Schema != found.Newest || found.Newest < 1 {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestInspectingMakesNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "docent.db")
	if _, err := InspectConversations(t.Context(), path); docent.CodeOf(err) != docent.CodeStore {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("it is there now")
	}
}

func TestInspectingRefusesWhatIsDamagedOrNewer(t *testing.T) {
	for words, harm := range map[string]func(path string) error{
		"newer version": func(path string) error {
			d, err := openDatabase(path, conversationsKind, busyTimeout, false)
			if err != nil {
				return err
			}
			_, err = d.writer.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
			return errors.Join(err, d.close())
		},
		"damaged": func(path string) error { return os.Truncate(path, 5000) },
	} {
		path := filepath.Join(t.TempDir(), "docent.db")
		c, err := OpenConversations(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(c.Close(), harm(path)); err != nil {
			t.Fatal(err)
		}
		_, err = InspectConversations(t.Context(), path)
		wantError(t, err, docent.CodeStore, words)
	}
}

func TestKeysAreReadFromAFileAsItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "docent.db")
	c, err := OpenConversations(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() // beside a server
	if err := c.CreateKey(t.Context(), access.Key{ID: "a", Site: "docs", Digest: []byte("d"), Scopes: []string{"chat"}}); err != nil {
		t.Fatal(err)
	}
	keys, err := ReadKeys(t.Context(), path)
	if err != nil || len(keys) != 1 || keys[0].Site != "docs" {
		t.Errorf("%+v, %v", keys, err)
	}
	empty := filepath.Join(t.TempDir(), "empty.db") // as a file of before there were keys
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if keys, err := ReadKeys(t.Context(), empty); err != nil || len(keys) > 0 {
		t.Errorf("%+v, %v", keys, err)
	}
	if info, err := os.Stat(empty); err != nil || info.Size() > 0 {
		t.Errorf("it was changed: %v, %v", info, err)
	}
}
