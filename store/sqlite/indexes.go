package sqlite

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"docent"
)

// Indexes gives the indexes in the folder that have a release, this one among
// them: first that to which a release was published last. Files that can't be
// read, or only by a newer version, are left out.
func (x *Index) Indexes(ctx context.Context) ([]docent.IndexInfo, error) {
	all, err := x.files(ctx)
	if err != nil {
		return nil, err
	}
	var list []docent.IndexInfo
	for _, f := range all {
		if f.latest > 0 {
			list = append(list, f.IndexInfo)
		}
	}
	return list, nil
}

// file is an index file in the folder.
type file struct {
	docent.IndexInfo
	path   string
	latest int64 // the number of its last publication, see migrations; 0 without one
}

// others looks at the indexes of other stamps, see files.
func (x *Index) others(ctx context.Context) ([]file, error) {
	all, err := x.files(ctx)
	return slices.DeleteFunc(all, func(f file) bool { return f.path == x.file }), err
}

// indexFiles are the names of indexes, see fileName.
const indexFiles = "index-????????.db"

// files looks at the indexes in the folder, that which was published to last
// first. Those that can't be read are left out.
func (x *Index) files(ctx context.Context) ([]file, error) {
	paths, _ := filepath.Glob(filepath.Join(x.dir, indexFiles)) // the pattern is good
	var list []file
	for _, path := range paths {
		f, err := x.look(ctx, path)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err == nil {
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b file) int {
		return cmp.Or(cmp.Compare(b.latest, a.latest), strings.Compare(a.path, b.path))
	})
	return list, nil
}

// look reads what an index file says of itself.
func (x *Index) look(ctx context.Context, path string) (file, error) {
	f := file{path: path}
	d, err := openForReading(ctx, path, indexKind, x.timeout)
	if err != nil {
		return f, err
	}
	defer d.close()
	version, err := d.version(ctx)
	if err != nil || version > newest(indexKind) {
		return f, errors.Join(err, d.newer())
	}
	f.Name = filepath.Base(path)
	if f.Stamp, err = readStamp(ctx, d); err != nil {
		return f, err
	}
	units, err := readUnits(ctx, d, `WHERE active > 0`)
	if err != nil {
		return f, err
	}
	f.Units = slices.SortedFunc(maps.Values(units), compareUnits)
	latest := `SELECT latest FROM about`
	if version < countsPublications {
		latest = `SELECT coalesce(max(created_at), 0) FROM releases`
	}
	return f, d.row(ctx, into(&f.latest), latest)
}

// countsPublications is the version of the schema that brought about.latest.
// Files of other stamps stay as they are: whoever serves them may be older.
const countsPublications = 4

func compareUnits(a, b docent.Unit) int {
	return cmp.Or(strings.Compare(a.Site, b.Site), strings.Compare(a.Source, b.Source),
		strings.Compare(a.Version, b.Version), strings.Compare(a.Lang, b.Lang))
}

// lastElsewhere gives the number of the last publication to another index of
// the folder.
func (x *Index) lastElsewhere(ctx context.Context) (int64, error) {
	others, err := x.others(ctx)
	if len(others) == 0 {
		return 0, err
	}
	return others[0].latest, nil
}
