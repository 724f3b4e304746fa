package sqlite

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"time"

	"docent"
)

// Stamps gives the stamps of the indexes in dir, that of the file that changed
// last first. Files that can't be read as an index are left out.
func Stamps(ctx context.Context, dir string) ([]docent.Stamp, error) {
	files, err := filepath.Glob(filepath.Join(dir, "index-????????.db"))
	if err != nil {
		return nil, err
	}
	type dated struct {
		docent.Stamp
		changed time.Time
	}
	var found []dated
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			continue
		}
		if s, err := stampOf(ctx, file); err == nil {
			found = append(found, dated{s, info.ModTime()})
		}
	}
	slices.SortFunc(found, func(a, b dated) int { return cmp.Compare(b.changed.UnixNano(), a.changed.UnixNano()) })
	stamps := make([]docent.Stamp, len(found))
	for i, f := range found {
		stamps[i] = f.Stamp
	}
	return stamps, nil
}
