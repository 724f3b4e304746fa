package main

import (
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"docent/ingest"
)

// sourceAt is the source that an argument of ingest names: a folder, a
// repository's address with git+ before it, as Python's pip has them
// (git+https://host/project.git@ref#subdirectory=docs), a website's address, an
// archive, or an OpenAPI document.
func sourceAt(place string) ingest.Source {
	remote := strings.HasPrefix(place, "https://") || strings.HasPrefix(place, "http://")
	switch {
	case strings.HasPrefix(place, "git+"), strings.HasPrefix(place, "ssh://"):
		return repositoryAt(strings.TrimPrefix(place, "git+"))
	case !remote && isArchive(place):
		return ingest.Source{Archive: place}
	case isDocument(place, remote):
		return ingest.Source{OpenAPI: place}
	case remote && strings.HasSuffix(place, ".git"):
		return ingest.Source{Git: place}
	case remote:
		return ingest.Source{URL: place}
	}
	return ingest.Source{Dir: place}
}

// isArchive reports whether a name is an archive's, and no folder's.
func isArchive(place string) bool {
	if info, err := os.Stat(place); err == nil && info.IsDir() {
		return false
	}
	name := strings.ToLower(place)
	for _, end := range []string{".zip", ".tar", ".tar.gz", ".tgz"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

func isDocument(place string, remote bool) bool {
	name := filepath.ToSlash(place)
	if u, err := url.Parse(place); remote && err == nil {
		name = u.Path
	}
	switch path.Ext(name) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}

// repositoryAt takes the ref and the folder off an address.
func repositoryAt(address string) ingest.Source {
	address, fragment, _ := strings.Cut(address, "#")
	src := ingest.Source{Git: address}
	_, rest, _ := strings.Cut(address, "://")
	_, inHost, has := strings.Cut(rest, "/")
	if before, ref, named := strings.Cut(inHost, "@"); has && named {
		src.Git, src.Ref = strings.TrimSuffix(address, inHost)+before, ref
	}
	if values, err := url.ParseQuery(fragment); err == nil {
		src.Subdir = values.Get("subdirectory")
	}
	return src
}
