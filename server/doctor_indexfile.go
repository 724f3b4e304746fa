package server

import (
	"context"
	"os"

	"docent"
	"docent/ingest/indexfile"
)

// checkIndexFile looks at the file that the index comes as, as a server would, but
// unpacks nothing. What an earlier file gave goes on being served, so that a bad one
// is a warning then.
func checkIndexFile(ctx context.Context, c *Config) []Finding {
	file := check("index_file")
	x := newFileIndex(*c)
	if x == nil {
		return []Finding{file.skipped("", "the index does not come as a file")}
	}
	kept := x.kept.Folder != ""
	if x.remote() {
		dir, err := os.MkdirTemp("", "docent-doctor-*")
		if err != nil {
			return []Finding{file.failed(err, "make room for temporary files")}
		}
		defer os.RemoveAll(dir)
		x.dir = dir
	}
	releases, err := x.inspect(ctx, *c)
	switch {
	case err != nil && kept:
		return []Finding{file.warned(err, "look at index.from")}
	case err != nil:
		return []Finding{file.failed(err, "look at index.from")}
	}
	pages := 0
	for _, r := range releases {
		pages += r.Pages
	}
	return []Finding{file.ok("%s is sound and fits: %s with %s", x.place(), counted(len(releases), "release"), counted(pages, "page"))}
}

// inspect gives what the file holds now, whatever was looked at before.
func (x *fileIndex) inspect(ctx context.Context, cfg Config) ([]docent.Release, error) {
	path, _, err := x.fetch(ctx, version{})
	if err != nil {
		return nil, err
	}
	file, err := indexfile.Open(path, x.MaxBytes)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return file.Releases, cfg.fits(file.Stamp)
}
