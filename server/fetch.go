package server

import (
	"cmp"
	"context"
	"path/filepath"

	"docent"
	"docent/ingest"
	"docent/ingest/fetch"
)

// fetched is what of a source could not be had, and what is to be said of it.
type fetched struct {
	missing  []ingest.Skip
	warnings []docent.Warning
}

// materialise brings a source that is elsewhere, or built HTML, into a folder of the data
// folder, and gives it as a source that is that folder.
func materialise(ctx context.Context, cfg Config, src ingest.Source, progress func(done, total int, path string)) (ingest.Source, fetched, error) {
	src, err := src.Normalised()
	built := src.Dir != "" && (src.Framework == "html" || src.Framework == "" && fetch.IsBuilt(src.Dir))
	if err != nil || !src.Fetched() && !built {
		return src, fetched{}, err
	}
	name := fetch.FolderName(cmp.Or(src.Site, docent.DefaultSite), src.Name, src.Version, src.Lang)
	got, err := fetch.Fetch(ctx, fetchOf(src, built), fetch.Config{
		Dir: filepath.Join(cfg.DataDir, "sources", name), MaxFileBytes: cfg.Ingest.MaxFileBytes, Limits: cfg.Ingest.Fetch, Progress: progress,
	})
	if err != nil {
		return src, fetched{}, err
	}
	out := fetched{warnings: got.Warnings}
	for _, s := range got.Skipped {
		out.missing = append(out.missing, ingest.Skip{Path: s.Path, Reason: s.Reason})
	}
	folder := src
	folder.Dir, folder.Git, folder.Ref, folder.Subdir, folder.Token, folder.URL, folder.OpenAPI, folder.Anchor, folder.Answers = got.Dir, "", "", "", "", "", "", "", ""
	folder.Archive = ""
	if src.Archive != "" && (src.Framework == "html" || src.Framework == "" && fetch.IsBuilt(got.Dir)) {
		return archivedHTML(ctx, cfg, folder, out, progress)
	}
	if src.Git == "" && src.Archive == "" {
		folder.Framework = "fetched"
	}
	return folder, out, nil
}

// archivedHTML reads the built HTML that an archive held, in a folder beside it.
func archivedHTML(ctx context.Context, cfg Config, folder ingest.Source, sofar fetched, progress func(done, total int, path string)) (ingest.Source, fetched, error) {
	name := folder.Name
	folder.Name = name + ".html"
	src, more, err := materialise(ctx, cfg, folder, progress)
	src.Name = name
	more.warnings = append(sofar.warnings, more.warnings...)
	more.missing = append(sofar.missing, more.missing...)
	return src, more, err
}

func fetchOf(src ingest.Source, built bool) fetch.Source {
	of := fetch.Source{
		Git: src.Git, Ref: src.Ref, Subdir: src.Subdir, Token: src.Token, URL: src.URL, OpenAPI: src.OpenAPI,
		BaseURL: src.BaseURL, Generator: src.Framework, Anchor: src.Anchor, Answers: src.Answers, Archive: src.Archive, Lang: src.Lang, AllowPrivate: src.AllowPrivate,
	}
	if built {
		of.HTML, of.Generator = src.Dir, ""
	}
	return of
}
