package ingest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"docent"
	"docent/ingest/site"
)

// Skip is a file (or a whole folder) that could not be taken in.
type Skip struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
	// Kept is set where the last release has a page of it, which stays.
	Kept bool `json:"kept,omitempty"`
}

// folder is what a walk found.
type folder struct {
	root     string // absolute, without symbolic links
	files    []string
	skipped  []Skip // sorted by path
	warnings []docent.Warning
}

// ignoredDirs hold other people's Markdown.
var ignoredDirs = map[string]bool{"node_modules": true, "vendor": true}

// walk finds the Markdown files of src, hidden ones and those of ignoredDirs
// left out. Symbolic links are followed as long as they stay in the folder.
// Errors are docent.CodeInvalid with a hint, or the context's.
func walk(ctx context.Context, src Source) (*folder, error) {
	root, err := openRoot(src.Dir)
	if err != nil {
		return nil, err
	}
	f := &folder{root: root}
	if err := f.walkDir(ctx, src, ".", []string{root}); err != nil {
		return nil, err
	}
	slices.Sort(f.files)
	slices.SortFunc(f.skipped, func(a, b Skip) int { return strings.Compare(a.Path, b.Path) })
	if len(f.files) == 0 && len(f.skipped) == 0 {
		return nil, badFolder("give the folder that holds .md, .markdown or .mdx files, and look at include and exclude", nil,
			"%s holds no Markdown files", src.Dir)
	}
	return f, nil
}

func openRoot(dir string) (string, error) {
	if dir == "" {
		return "", badFolder("name the folder: docent ingest ./docs", nil, "the source has no folder")
	}
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", badFolder("check the path; it is relative to the current folder", nil, "%s does not exist", dir)
	case err != nil:
		return "", badFolder("check the path and its permissions", err, "%s can't be read", dir)
	case !info.IsDir():
		return "", badFolder("give the folder that holds it", nil, "%s is a file, not a folder", dir)
	}
	if _, err := os.ReadDir(dir); err != nil {
		return "", badFolder("check its permissions", err, "%s can't be read", dir)
	}
	if dir, err = filepath.Abs(dir); err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	return dir, err
}

func badFolder(hint string, cause error, format string, args ...any) error {
	err := docent.Errorf(docent.CodeInvalid, format, args...)
	err.Hint, err.Err = hint, cause
	return err
}

// walkDir walks the folder at dir, relative to the root. above are the real
// paths of the folders that are being walked: meeting one again is a loop.
func (f *folder) walkDir(ctx context.Context, src Source, dir string, above []string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	entries, err := os.ReadDir(f.abs(dir))
	if err != nil {
		f.skip(dir, reason(err))
		return nil
	}
	for _, e := range entries {
		rel, isDir := path.Join(dir, e.Name()), e.IsDir()
		if strings.HasPrefix(e.Name(), ".") || docent.MatchAny(src.Exclude, rel) {
			continue
		}
		real := filepath.Join(above[len(above)-1], e.Name())
		if e.Type()&fs.ModeSymlink != 0 {
			var ok bool
			if real, isDir, ok = f.follow(rel, above); !ok {
				continue
			}
		}
		switch {
		case isDir && ignoredDirs[e.Name()]:
		case isDir:
			if err := f.walkDir(ctx, src, rel, append(above, real)); err != nil {
				return err
			}
		case site.IsMarkdown(rel) && (len(src.Include) == 0 || docent.MatchAny(src.Include, rel)):
			f.files = append(f.files, rel)
		}
	}
	return nil
}

// follow says where a symbolic link leads; ok is false where it must not be
// followed, which is reported if it may have been a page or a folder.
func (f *folder) follow(rel string, above []string) (real string, isDir, ok bool) {
	real, err := filepath.EvalSymlinks(f.abs(rel))
	if err == nil {
		var info fs.FileInfo
		if info, err = os.Stat(real); err == nil {
			isDir = info.IsDir()
		}
	}
	switch inside, _ := filepath.Rel(f.root, real); {
	case err != nil:
		if site.IsMarkdown(rel) {
			f.skip(rel, "a symbolic link that leads nowhere: "+reason(err))
		}
	case !filepath.IsLocal(inside):
		if isDir || site.IsMarkdown(rel) {
			f.skip(rel, "a symbolic link that leads out of the folder")
		}
	case slices.Contains(above, real):
		f.warnings = append(f.warnings, docent.Warning{Path: rel, Message: "a symbolic link to a folder above it was not followed: it would never end"})
	default:
		return real, isDir, true
	}
	return "", false, false
}

func (f *folder) skip(rel, why string) {
	f.skipped = append(f.skipped, Skip{Path: rel, Reason: why})
}

func (f *folder) abs(rel string) string { return filepath.Join(f.root, filepath.FromSlash(rel)) }

// fs is the folder for reading a framework's configuration.
func (f *folder) fs() fs.FS { return os.DirFS(f.root) }

// has reports whether rel is there, of whatever kind.
func (f *folder) has(rel string) bool {
	if !filepath.IsLocal(filepath.FromSlash(rel)) {
		return false
	}
	_, err := os.Stat(f.abs(rel))
	return err == nil
}

// reason is an error without the paths of this machine.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return fmt.Sprint(p.Err)
	}
	return err.Error()
}
