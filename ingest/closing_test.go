package ingest

import (
	"context"
	"errors"
	"testing"

	"docent"
)

// closing is an index whose builds fail to close, as they do where the disk
// that was too full to write is too full to undo.
type closing struct{ *memory }

type closingBuild struct{ Build }

var errClosing = errors.New("not undone")

func (x closing) Begin(ctx context.Context, unit docent.Unit) (Build, error) {
	b, err := x.memory.Begin(ctx, unit)
	return closingBuild{b}, err
}

func (b closingBuild) Close() error {
	b.Build.Close()
	return errClosing
}

func TestOfAFailureAndOneToUndoItTheFirstIsTold(t *testing.T) {
	dir := folderOf(t, map[string]string{"a.md": "# A\n\nText."})
	m := &memory{fail: errors.New("disk full")}
	run := func() error {
		_, err := Run(context.Background(), closing{m}, Source{Name: "s", Dir: dir}, testConfig(), Options{})
		return err
	}
	if err := run(); err == nil || err.Error() != "disk full" {
		t.Errorf("got %v", err)
	}
	m.fail = nil
	if err := run(); !errors.Is(err, errClosing) {
		t.Errorf("a build that does not close: %v", err)
	}
}
