package fetch

import (
	"errors"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/plumbing/transport/server"
	"github.com/google/go-cmp/cmp"

	"docent"
)

// bareRepository is a repository under construction.
type bareRepository struct {
	*git.Repository
	t   *testing.T
	dir string
}

func newBareRepository(t *testing.T) *bareRepository {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "project.git")
	r, err := git.PlainInit(dir, true)
	if err != nil {
		t.Fatal(err)
	}
	return &bareRepository{r, t, dir}
}

// object stores one object.
func (r *bareRepository) object(kind plumbing.ObjectType, encode func(plumbing.EncodedObject) error) plumbing.Hash {
	r.t.Helper()
	o := r.Storer.NewEncodedObject()
	o.SetType(kind)
	if err := encode(o); err != nil {
		r.t.Fatal(err)
	}
	hash, err := r.Storer.SetEncodedObject(o)
	if err != nil {
		r.t.Fatal(err)
	}
	return hash
}

// tree stores files, of which some are links ("-> target") and one may be a
// submodule ("@").
func (r *bareRepository) tree(files map[string]string) plumbing.Hash {
	tree := &object.Tree{}
	folders := map[string]map[string]string{}
	for name, text := range files {
		if dir, rest, nested := strings.Cut(name, "/"); nested {
			if folders[dir] == nil {
				folders[dir] = map[string]string{}
			}
			folders[dir][rest] = text
			continue
		}
		mode := filemode.Regular
		if text == "@" {
			tree.Entries = append(tree.Entries, object.TreeEntry{Name: name, Mode: filemode.Submodule, Hash: plumbing.NewHash(strings.Repeat("1", 40))})
			continue
		}
		if target, link := strings.CutPrefix(text, "-> "); link {
			mode, text = filemode.Symlink, target
		}
		hash := r.object(plumbing.BlobObject, func(o plumbing.EncodedObject) error {
			w, err := o.Writer()
			if err == nil {
				_, err = w.Write([]byte(text))
			}
			return err
		})
		tree.Entries = append(tree.Entries, object.TreeEntry{Name: name, Mode: mode, Hash: hash})
	}
	for name, files := range folders {
		tree.Entries = append(tree.Entries, object.TreeEntry{Name: name, Mode: filemode.Dir, Hash: r.tree(files)})
	}
	slices.SortFunc(tree.Entries, func(a, b object.TreeEntry) int { return strings.Compare(sortName(a), sortName(b)) })
	return r.object(plumbing.TreeObject, tree.Encode)
}

func sortName(e object.TreeEntry) string {
	if e.Mode == filemode.Dir {
		return e.Name + "/"
	}
	return e.Name
}

// commit puts files on a branch.
func (r *bareRepository) commit(branch string, files map[string]string) plumbing.Hash {
	r.t.Helper()
	who := object.Signature{Name: "Writer", Email: "writer@example.com", When: time.Unix(1_700_000_000, 0)}
	c := &object.Commit{Author: who, Committer: who, Message: "words", TreeHash: r.tree(files)}
	name := plumbing.NewBranchReferenceName(branch)
	if before, err := r.Storer.Reference(name); err == nil {
		c.ParentHashes = []plumbing.Hash{before.Hash()}
	}
	hash := r.object(plumbing.CommitObject, c.Encode)
	r.point(name, hash)
	return hash
}

func (r *bareRepository) point(name plumbing.ReferenceName, hash plumbing.Hash) {
	r.t.Helper()
	if err := r.Storer.SetReference(plumbing.NewHashReference(name, hash)); err != nil {
		r.t.Fatal(err)
	}
}

// tag makes an annotated tag.
func (r *bareRepository) tag(name string, hash plumbing.Hash) {
	tag := &object.Tag{Name: name, Message: "words", TargetType: plumbing.CommitObject, Target: hash, Tagger: object.Signature{Name: "Writer", When: time.Unix(1_700_000_000, 0)}}
	r.point(plumbing.NewTagReferenceName(name), r.object(plumbing.TagObject, tag.Encode))
}

// serve serves the repository by git's HTTP protocol, to those with the token.
func (r *bareRepository) serve(token string) (address string) {
	over := server.NewServer(server.NewFilesystemLoader(osfs.New(filepath.Dir(r.dir))))
	at, err := transport.NewEndpoint("/project.git")
	if err != nil {
		r.t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if _, password, _ := q.BasicAuth(); password != token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		session, err := over.NewUploadPackSession(at, nil)
		if err == nil && strings.HasSuffix(q.URL.Path, "/info/refs") {
			var refs *packp.AdvRefs
			if refs, err = session.AdvertisedReferencesContext(q.Context()); err == nil {
				w.Header().Set("Content-Type", "application/x-git-upload-pack-advertisement")
				refs.Prefix = [][]byte{[]byte("# service=git-upload-pack"), nil}
				err = refs.Encode(w)
			}
		} else if err == nil {
			ask := packp.NewUploadPackRequest()
			var answer *packp.UploadPackResponse
			if err = ask.Decode(q.Body); err == nil {
				if answer, err = session.UploadPack(q.Context(), ask); err == nil {
					err = answer.Encode(w)
				}
			}
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}))
	r.t.Cleanup(s.Close)
	return s.URL + "/project.git"
}

// listed are the files below a folder with their text, links as "-> target".
func listed(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		if d.Type()&os.ModeSymlink != 0 {
			target, err := os.Readlink(name)
			found[filepath.ToSlash(rel)] = "-> " + target
			return err
		}
		raw, err := os.ReadFile(name)
		found[filepath.ToSlash(rel)] = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// sampleRepository has two branches and a tag.
func sampleRepository(t *testing.T) (r *bareRepository, first plumbing.Hash) {
	r = newBareRepository(t)
	first = r.commit("master", map[string]string{"docs/index.md": "# One\n", "mkdocs.yml": "site_name: x\n"})
	r.tag("v1", first)
	r.commit("master", map[string]string{"docs/index.md": "# Two\n", "mkdocs.yml": "site_name: x\n"})
	r.commit("next/big", map[string]string{"docs/index.md": "# Next\n"})
	return r, first
}

func TestABranchATagAndACommitAreFetched(t *testing.T) {
	r, first := sampleRepository(t)
	remote := r.serve("")
	for _, address := range []string{r.dir, remote, "git+" + remote} {
		for ref, want := range map[string]string{
			"": "# Two\n", "master": "# Two\n", "v1": "# One\n", "refs/tags/v1": "# One\n", first.String(): "# One\n", "next/big": "# Next\n",
		} {
			got, err := Fetch(t.Context(), Source{Git: address, Ref: ref, Subdir: "docs", AllowPrivate: true}, Config{Dir: t.TempDir()})
			if err != nil {
				t.Errorf("%s at %q: %v", address, ref, err)
				continue
			}
			if diff := cmp.Diff(map[string]string{"index.md": want}, listed(t, got.Dir)); diff != "" {
				t.Errorf("%s at %q: %s", address, ref, diff)
			}
		}
	}
}

func TestAnUnchangedCommitIsNotFetchedAgain(t *testing.T) {
	r, _ := sampleRepository(t)
	src, cfg := Source{Git: r.serve(""), AllowPrivate: true}, Config{Dir: t.TempDir()}
	first, err := Fetch(t.Context(), src, cfg)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Fetch(t.Context(), src, cfg)
	if err != nil || !again.Unchanged || again.Dir != first.Dir || again.Commit != first.Commit {
		t.Errorf("the second fetch gave %+v, %v; the first %+v", again, err, first)
	}
	r.commit("master", map[string]string{"index.md": "# Three\n"})
	third, err := Fetch(t.Context(), src, cfg)
	if err != nil || third.Unchanged || listed(t, third.Dir)["index.md"] != "# Three\n" {
		t.Errorf("after a commit: %+v, %v", third, err)
	}
}

func TestAFailedFetchLeavesTheOldFolder(t *testing.T) {
	r, _ := sampleRepository(t)
	cfg := Config{Dir: t.TempDir()}
	got, err := Fetch(t.Context(), Source{Git: r.dir}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	before := listed(t, cfg.Dir)
	r.commit("master", map[string]string{"a.md": strings.Repeat("x", 100), "b.md": strings.Repeat("y", 100)})
	full := cfg
	full.Limits.TotalBytes = 150
	if _, err := Fetch(t.Context(), Source{Git: r.dir}, full); docent.CodeOf(err) != docent.CodeInvalid {
		t.Errorf("beyond the bound: %v", err)
	}
	if _, err := Fetch(t.Context(), Source{Git: r.dir, Subdir: "missing"}, cfg); err == nil {
		t.Error("a missing folder was found")
	}
	if diff := cmp.Diff(before, listed(t, cfg.Dir)); diff != "" {
		t.Errorf("failed fetches left something: %s", diff)
	}
	if _, err := os.Stat(filepath.Join(got.Dir, "docs", "index.md")); err != nil {
		t.Error(err)
	}
}

func TestAPrivateRepositoryNeedsItsToken(t *testing.T) {
	r, _ := sampleRepository(t)
	address := r.serve("open-sesame")
	if _, err := Fetch(t.Context(), Source{Git: address, Token: "open-sesame", AllowPrivate: true}, Config{Dir: t.TempDir()}); err != nil {
		t.Error(err)
	}
	for _, token := range []string{"", "wrong-token"} {
		_, err := Fetch(t.Context(), Source{Git: address, Token: token, AllowPrivate: true}, Config{Dir: t.TempDir()})
		var told *docent.Error
		if !errors.As(err, &told) || !strings.Contains(told.Hint, "token") {
			t.Errorf("with token %q: %v", token, err)
		}
		if token != "" && strings.Contains(err.Error(), token) {
			t.Errorf("the error tells the token: %v", err)
		}
	}
}

func TestRepositoriesAtPrivateAddressesAreRefused(t *testing.T) {
	r, _ := sampleRepository(t)
	for _, address := range []string{r.serve(""), "ssh://git@127.0.0.1/x.git", "git@localhost:x.git"} {
		_, err := Fetch(t.Context(), Source{Git: address}, Config{Dir: t.TempDir()})
		var told *docent.Error
		if !errors.As(err, &told) || told.Hint != privateHint {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestWhatIsNoAddressOfARepositoryIsSaid(t *testing.T) {
	for address, want := range map[string]string{
		"git://example.com/x.git":             "not fetched by",
		"file:///etc":                         "not fetched by",
		"https://me:secret-word@host/x.git":   "password",
		filepath.Join(t.TempDir(), "missing"): "no git repository",
	} {
		_, err := Fetch(t.Context(), Source{Git: address}, Config{Dir: t.TempDir()})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret-word") {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := Fetch(t.Context(), Source{Git: "http://example.com/x.git", Token: "a-token"}, Config{Dir: t.TempDir()}); err == nil || !strings.Contains(err.Error(), "unencrypted") {
		t.Errorf("a token over http: %v", err)
	}
	r, _ := sampleRepository(t)
	for _, ref := range []string{"gone", strings.Repeat("0", 40), "abc"} {
		if _, err := Fetch(t.Context(), Source{Git: r.serve(""), Ref: ref, AllowPrivate: true}, Config{Dir: t.TempDir()}); err == nil || !strings.Contains(err.Error(), ref) {
			t.Errorf("ref %s: %v", ref, err)
		}
	}
}

func TestNothingOfARepositoryLeadsOutOfIt(t *testing.T) {
	r := newBareRepository(t)
	r.commit("master", map[string]string{
		"docs/a.md": "# A\n", "docs/same.md": "-> a.md", "docs/up.md": "-> ../top.md", "top.md": "# Top\n",
		"out.md": "-> ../secret.md", "root.md": "-> /etc/passwd", "docs/up": "-> ..", "twist.md": "-> docs/up/../secret.md", "config.md": "-> .git/config",
		"lib": "@", "big.md": strings.Repeat("x", 200), "big.png": strings.Repeat("x", 200),
	})
	got, err := Fetch(t.Context(), Source{Git: r.dir}, Config{Dir: t.TempDir(), MaxFileBytes: 100})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"docs/a.md": "# A\n", "docs/same.md": "-> a.md", "docs/up.md": "-> ../top.md", "docs/up": "-> ..", "top.md": "# Top\n"}
	if diff := cmp.Diff(want, listed(t, got.Dir)); diff != "" {
		t.Error(diff)
	}
	var skipped []string
	for _, s := range got.Skipped {
		skipped = append(skipped, s.Path)
	}
	if diff := cmp.Diff([]string{"big.md", "config.md", "out.md", "root.md", "twist.md"}, skipped); diff != "" {
		t.Error(diff)
	}
	if len(got.Warnings) != 1 || got.Warnings[0].Path != "lib" {
		t.Errorf("warnings %v", got.Warnings)
	}
}

func TestARepositoryWithAGitFolderInItIsRefused(t *testing.T) {
	r := newBareRepository(t)
	r.commit("master", map[string]string{"a.md": "# A\n", "x/.GIT/hooks/post-checkout": "#!/bin/sh\n"})
	dir := t.TempDir()
	if _, err := Fetch(t.Context(), Source{Git: r.dir}, Config{Dir: dir}); err == nil {
		t.Error("it was fetched")
	}
	if left := listed(t, dir); len(left) > 0 {
		t.Errorf("it left %v", left)
	}
}

// TestGitsOwnServerSendsOneCommit speaks with the server that git itself has.
func TestGitsOwnServerSendsOneCommit(t *testing.T) {
	program, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed: its own server, which sends commits without their history, is NOT tested")
	}
	r, first := sampleRepository(t)
	sent := int64(0)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		h := cgi.Handler{Path: program, Args: []string{"http-backend"}, Env: []string{"GIT_PROJECT_ROOT=" + filepath.Dir(r.dir), "GIT_HTTP_EXPORT_ALL=1",
			"GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*", "GIT_CONFIG_KEY_1=uploadpack.allowReachableSHA1InWant", "GIT_CONFIG_VALUE_1=true"}}
		counted := &counting{ResponseWriter: w}
		h.ServeHTTP(counted, q)
		sent = counted.n
	}))
	defer s.Close()
	for i := range 50 { // history that need not come
		r.commit("master", map[string]string{"index.md": strings.Repeat(string(rune('a'+i%26))+first.String()[:i%40], 50)})
	}
	whole := r.commit("master", map[string]string{"index.md": "# Last\n"})
	for ref, want := range map[string]plumbing.Hash{"": whole, "v1": first, first.String(): first} {
		got, err := Fetch(t.Context(), Source{Git: s.URL + "/project.git", Ref: ref, AllowPrivate: true}, Config{Dir: t.TempDir()})
		if err != nil || got.Commit != want.String() {
			t.Errorf("ref %q gave %s, %v; want %s", ref, got.Commit, err, want)
		}
		if sent > 2000 {
			t.Errorf("ref %q: %d bytes came, which is more than a commit", ref, sent)
		}
	}
}

type counting struct {
	http.ResponseWriter
	n int64
}

func (c *counting) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return c.ResponseWriter.Write(p)
}
