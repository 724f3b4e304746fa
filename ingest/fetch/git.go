package fetch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/storage/filesystem"
)

// fetchGit brings the files of one commit, all of the repository's: pages
// include what stands beside them, and the framework's configuration is often
// above. Only the wire and the objects are go-git's; the files are written here,
// so that no hook, no attribute and no name of a repository does anything.
func fetchGit(ctx context.Context, src Source, cfg Config, s *shelf) (out Result, err error) {
	address := strings.TrimPrefix(src.Git, "git+")
	origin := fmt.Sprintf("git %s %d", address, cfg.MaxFileBytes)
	s.forget(origin)
	r, err := openRepository(ctx, src, address, cfg)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	commit, err := r.resolve(src.Ref)
	if err != nil {
		return out, err
	}
	if s.current != "" && s.state.Commit == commit.String() {
		out = Result{Unchanged: true, Commit: commit.String()}
		out.Dir, err = gitFolder(s.files(), src)
		return out, err
	}
	d, err := s.begin(cfg.Limits.TotalBytes)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	objects, commit, err := r.objects(ctx, src.Ref, commit, filepath.Join(d.dir, "objects"))
	if err != nil {
		return out, err
	}
	if out.Skipped, out.Warnings, err = exportTree(ctx, objects, commit, d, cfg); err != nil {
		return out, err
	}
	if _, err = gitFolder(d.files(), src); err != nil {
		return out, err
	}
	if err = os.RemoveAll(filepath.Join(d.dir, "objects")); err != nil {
		return out, err
	}
	files, err := d.publish(state{Origin: origin, Commit: commit.String()})
	if err != nil {
		return out, err
	}
	out.Commit = commit.String()
	out.Dir, err = gitFolder(files, src)
	return out, err
}

// gitFolder is the folder of the repository that holds the pages.
func gitFolder(files string, src Source) (string, error) {
	dir, err := below(files, src.Subdir)
	if err != nil {
		return "", err
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return "", failed("give a folder that the repository has at this ref", nil, "%s has no folder %s", bare(src.Git), src.Subdir)
	}
	return dir, nil
}

// repository is a git repository that can be asked for its refs and objects.
type repository interface {
	// resolve gives the object of a ref; "" is the main branch.
	resolve(ref string) (plumbing.Hash, error)
	// objects makes the objects of a commit readable, and gives the commit
	// that at leads to. scratch is a folder that may be made.
	objects(ctx context.Context, ref string, at plumbing.Hash, scratch string) (storer.EncodedObjectStorer, plumbing.Hash, error)
	close() error
}

func openRepository(ctx context.Context, src Source, address string, cfg Config) (repository, error) {
	if isRemote(address) {
		return dialRepository(ctx, src, address, cfg)
	}
	return openLocal(address)
}

// isRemote tells an address (also git@host:path) from a folder.
func isRemote(address string) bool {
	if strings.Contains(address, "://") {
		return true
	}
	host, _, has := strings.Cut(address, ":")
	return has && len(host) > 1 && !strings.ContainsAny(host, `/\`)
}

// local is a repository on this machine.
type local struct {
	name  string
	store *filesystem.Storage
}

func openLocal(dir string) (*local, error) {
	git := dir
	if info, err := os.Stat(filepath.Join(dir, ".git")); err == nil && info.IsDir() {
		git = filepath.Join(dir, ".git")
	}
	if _, err := os.Stat(filepath.Join(git, "HEAD")); errors.Is(err, fs.ErrNotExist) {
		return nil, failed("give the address of a repository, or a folder that has .git", nil, "%s is no git repository", dir)
	}
	return &local{dir, filesystem.NewStorage(osfs.New(git), cache.NewObjectLRUDefault())}, nil
}

// resolve implements repository.
func (l *local) resolve(ref string) (plumbing.Hash, error) {
	for _, name := range refNames(ref) {
		if r, err := storer.ResolveReference(l.store, name); err == nil {
			return r.Hash(), nil
		}
	}
	if hash, is := wholeHash(ref); is && l.store.HasEncodedObject(hash) == nil {
		return hash, nil
	}
	return plumbing.ZeroHash, noRef(l.name, ref)
}

// objects implements repository.
func (l *local) objects(_ context.Context, ref string, at plumbing.Hash, _ string) (storer.EncodedObjectStorer, plumbing.Hash, error) {
	commit, err := peel(l.store, at)
	if err != nil {
		return nil, commit, failed("give a branch, a tag or a commit", err, "%s: %s is no commit", l.name, ref)
	}
	return l.store, commit, nil
}

func (l *local) close() error { return l.store.Close() }

// refNames are the references that a ref may mean, the first that is there.
func refNames(ref string) []plumbing.ReferenceName {
	switch {
	case ref == "":
		return []plumbing.ReferenceName{plumbing.HEAD}
	case strings.HasPrefix(ref, "refs/"):
		return []plumbing.ReferenceName{plumbing.ReferenceName(ref)}
	}
	return []plumbing.ReferenceName{plumbing.NewBranchReferenceName(ref), plumbing.NewTagReferenceName(ref)}
}

var hexNumber = regexp.MustCompile(`^[0-9a-f]{40}$`)

// wholeHash reads a commit's number; parts of one are none.
func wholeHash(ref string) (hash plumbing.Hash, is bool) {
	ref = strings.ToLower(ref)
	return plumbing.NewHash(ref), hexNumber.MatchString(ref)
}

// peel follows a tag to its commit.
func peel(s storer.EncodedObjectStorer, at plumbing.Hash) (plumbing.Hash, error) {
	for range 5 { // a tag of a tag is rare
		tag, err := object.GetTag(s, at)
		if errors.Is(err, plumbing.ErrObjectNotFound) {
			_, err = object.GetCommit(s, at)
			return at, err
		}
		if err != nil {
			return at, err
		}
		at = tag.Target
	}
	return at, errors.New("a tag of a tag, without end")
}

func noRef(address, ref string) error {
	if ref == "" {
		return failed("name a branch, a tag or a commit as ref", nil, "%s has no main branch", bare(address))
	}
	return failed("give a branch, a tag, or all 40 digits of a commit", nil, "%s has no branch, tag or commit %s", bare(address), ref)
}

var userinfo = regexp.MustCompile(`://[^/@]*@`)

// bare is an address without who asks.
func bare(address string) string {
	return userinfo.ReplaceAllString(strings.TrimPrefix(address, "git+"), "://")
}

// explained makes an error of what a git server said.
func explained(address string, err error) error {
	hint := "check the address, and that this machine reaches it"
	switch {
	case errors.Is(err, transport.ErrAuthenticationRequired), errors.Is(err, transport.ErrAuthorizationFailed), errors.Is(err, transport.ErrRepositoryNotFound):
		hint = "check the address; a private repository needs token (by https) or an SSH agent with a key for it (by ssh)"
	case errors.Is(err, transport.ErrEmptyRemoteRepository):
		return failed("push something to it first", nil, "%s is empty", bare(address))
	case forbidden(err):
		hint = privateHint
	}
	return failed(hint, err, "%s can't be fetched", bare(address))
}
