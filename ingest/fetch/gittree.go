package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"

	"docent"
)

// exportTree writes the files of a commit. Files above the bound are left out,
// pages among them reported.
func exportTree(ctx context.Context, objects storer.EncodedObjectStorer, commit plumbing.Hash, d *draft, cfg Config) (skipped []Skip, warnings []docent.Warning, err error) {
	c, err := object.GetCommit(objects, commit)
	if err != nil {
		return nil, nil, err
	}
	tree, err := c.Tree()
	if err != nil {
		return nil, nil, err
	}
	walk := object.NewTreeWalker(tree, true, nil)
	defer walk.Close()
	for done := 0; ; done++ {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		name, entry, err := walk.Next()
		if errors.Is(err, io.EOF) {
			return skipped, warnings, nil
		}
		if err != nil {
			return nil, nil, err
		}
		if entry.Mode == filemode.Submodule {
			warnings = append(warnings, docent.Warning{Path: name, Message: "a submodule is not fetched: make it a source of its own"})
			continue
		}
		if entry.Mode == filemode.Dir {
			continue
		}
		why, err := exportFile(objects, name, entry, d, cfg.MaxFileBytes)
		if err != nil {
			return nil, nil, err
		}
		if why != "" && isPage(name) {
			skipped = append(skipped, Skip{Path: name, Reason: why})
		}
		if cfg.Progress != nil {
			cfg.Progress(done+1, 0, name)
		}
	}
}

// exportFile writes a file. why says why it could not be.
func exportFile(objects storer.EncodedObjectStorer, name string, entry object.TreeEntry, d *draft, limit int64) (why string, err error) {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return "its name is none on this system", nil
	}
	blob, err := object.GetBlob(objects, entry.Hash)
	if err != nil {
		return "", err
	}
	if blob.Size > limit {
		return fmt.Sprintf("%d bytes are more than ingest.max_file_bytes (%d)", blob.Size, limit), nil
	}
	content, err := blobBytes(blob)
	if err != nil {
		return "", err
	}
	if entry.Mode != filemode.Symlink {
		return "", d.write(name, content)
	}
	target := string(content)
	if !staysInside(name, target) {
		return "a symbolic link that leads out of the repository", nil
	}
	return d.link(name, target), nil
}

// staysInside reports whether a link stays in the repository. Only at its
// beginning may it lead up: behind the name of another link ".." may be anywhere.
func staysInside(name, target string) bool {
	if path.IsAbs(target) || !filepath.IsLocal(filepath.FromSlash(path.Join(path.Dir(name), target))) {
		return false
	}
	down := false
	for part := range strings.SplitSeq(target, "/") {
		if part == ".." && down {
			return false
		}
		down = down || part != ".." && part != "." && part != ""
	}
	return !dotGit(target)
}

func blobBytes(blob *object.Blob) ([]byte, error) {
	r, err := blob.Reader()
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(r, blob.Size))
	return content, errors.Join(err, r.Close())
}

// dotGit reports whether a part of the path is .git, as any file system may
// understand it.
func dotGit(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if strings.EqualFold(strings.TrimRight(part, " ."), ".git") || strings.EqualFold(part, "git~1") {
			return true
		}
	}
	return false
}

// isPage reports whether ingest would read a file of this name.
func isPage(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".markdown", ".mdx":
		return true
	}
	return false
}

// link makes a symbolic link. why says why it could not be: some systems have
// none, or not for everyone.
func (d *draft) link(name, target string) (why string) {
	local := filepath.FromSlash(name)
	err := d.root.MkdirAll(filepath.Dir(local), 0o700)
	if err == nil {
		err = d.root.Symlink(filepath.FromSlash(target), local)
	}
	if err != nil {
		return "a symbolic link, which can't be made here"
	}
	return ""
}
