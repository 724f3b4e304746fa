package site

import (
	"errors"
	"io/fs"
	"path"

	"docent"
)

// folderMetas are the front matter that files of one name give all pages of
// their folder and of those below it. It is keyed by folder; nil has none.
type folderMetas map[string]map[string]any

func newFolderMetas(c content, name string) (f folderMetas, warnings []docent.Warning) {
	f = folderMetas{}
	for _, file := range c.files {
		for dir := path.Dir(file); ; dir = path.Dir(dir) {
			if _, known := f[dir]; known {
				break
			}
			config := path.Join(c.dir, dir, name)
			meta, err := readTable(c.Repo, config)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				warnings = append(warnings, c.unreadable(config, err, "it is left out"))
			}
			f[dir] = meta
			if dir == "." {
				break
			}
		}
	}
	return f, warnings
}

// over is a page's front matter with what its folders add to it.
func (f folderMetas) over(rel string, meta map[string]any) map[string]any {
	if f == nil {
		return meta
	}
	for dir := path.Dir(rel); ; dir = path.Dir(dir) {
		meta = merged(f[dir], meta)
		if dir == "." {
			return meta
		}
	}
}
