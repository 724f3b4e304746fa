package ingest

import (
	"context"
	"os"

	"docent/ingest/site"
)

// Look says what the site rules know of a source that is a folder, without
// reading its pages. Errors are those of Run.
func Look(ctx context.Context, src Source) (site.About, error) {
	src, err := src.Normalised()
	if err != nil {
		return site.About{}, err
	}
	f, err := walk(ctx, src)
	if err != nil {
		return site.About{}, err
	}
	rules, err := src.rules(f)
	if err != nil {
		return site.About{}, err
	}
	return rules.About(), nil
}

// FindSites lists the sites whose configurations stand in a folder or below it;
// see site.Find. A folder without Markdown is an error, as of Run.
func FindSites(ctx context.Context, dir string) ([]site.Found, error) {
	f, err := walk(ctx, Source{Dir: dir})
	if err != nil {
		return nil, err
	}
	return site.Find(site.Settings{
		Source: "docs", Root: f.fs(), Files: f.files, Repo: os.DirFS(f.root), At: ".", Head: newHeads(f).head,
	}), nil
}
