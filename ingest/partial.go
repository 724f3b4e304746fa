package ingest

import (
	"hash/maphash"
	"path"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"docent/ingest/site"
)

// partialFolders are folders whose files are mostly parts of others.
var partialFolders = map[string]bool{
	"includes": true, "include": true, "partials": true, "partial": true, "snippets": true, "fragments": true, "parts": true, "shared": true, "reuse": true, "reusables": true,
}

// looksPartial reports whether a file's name or a folder's says that it is a
// part of others.
func looksPartial(file string) bool {
	for _, name := range strings.Split(file, "/") {
		if strings.HasPrefix(name, "_") {
			return true
		}
	}
	return slices.ContainsFunc(strings.Split(path.Dir(file), "/"), func(name string) bool { return partialFolders[name] })
}

// skim reads all files once, for what has to be known of all of them before the
// first page is made. partials are the files that stand in pages which include
// them, and are no pages themselves: the navigation leaves them out, or their
// names say so. Indexed again they would be found twice, under an address that
// readers are not sent to. sums are the files' rough sums.
func (m *maker) skim() (partials map[string]bool, sums map[string]uint64) {
	included, sums := map[string]bool{}, make(map[string]uint64, len(m.folder.files))
	seed := maphash.MakeSeed()
	var mu sync.Mutex
	var g errgroup.Group
	g.SetLimit(m.cfg.workers())
	for _, file := range m.folder.files {
		g.Go(func() error {
			raw, why := readFile(m.folder.abs(file), m.cfg.MaxFileBytes)
			if why != "" {
				return nil
			}
			var used []usedFile
			if m.dialect.includes(raw) {
				if s, _ := m.open(file, raw); s != nil {
					used = s.used
				}
			}
			sum := roughSum(raw, seed)
			mu.Lock()
			defer mu.Unlock()
			if sum != 0 {
				sums[file] = sum
			}
			for _, u := range used {
				if name := relativePath(m.includer.at, u.file); u.text != nil && name != file {
					included[name] = true
				}
			}
			return nil
		})
	}
	_ = g.Wait() // what can't be read is reported when its page is made
	for file := range included {
		if !m.resolve.files[file] || !looksPartial(file) && m.rules.Page(site.File{Path: file}).Order > 0 {
			delete(included, file)
		}
	}
	return included, sums
}
