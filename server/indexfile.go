package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"docent"
	"docent/guard"
	"docent/ingest/indexfile"
	"docent/store/qdrant"
	"docent/store/sqlite"
)

// IndexFile is the index section of config.yaml: an index that comes as a file.
type IndexFile struct {
	From     string        `yaml:"from"` // a path or an address; "" is the index that was ingested here
	Poll     time.Duration `yaml:"poll"`
	MaxBytes int64         `yaml:"max_bytes"`
}

func (f IndexFile) check() error {
	return docent.CheckSettings(
		docent.SettingCheck{OK: f.Poll > 0, Key: "index.poll", Right: "above 0"},
		docent.SettingCheck{OK: f.MaxBytes > 0, Key: "index.max_bytes", Right: "above 0"},
	)
}

// remote reports whether the file is at an address.
func (f IndexFile) remote() bool {
	return strings.HasPrefix(f.From, "http://") || strings.HasPrefix(f.From, "https://")
}

// place is where the file is, without what may be secret in an address.
func (f IndexFile) place() string {
	u, err := url.Parse(f.From)
	if !f.remote() || err != nil {
		return f.From
	}
	return u.Scheme + "://" + u.Host + u.Path
}

// unpacked is the configuration that serves the index in a folder.
func (c Config) unpacked(folder string) Config {
	c.DataDir, c.Qdrant, c.Sources = folder, qdrant.Config{}, nil
	return c
}

// fetchTime bounds the download of a file.
const fetchTime = 10 * time.Minute

// fileIndex is the index that comes as a file. Each file that is sound and fits is
// unpacked into a folder of its own, named by the file's checksum; so one takes
// the place of another at once, and is there after a restart.
type fileIndex struct {
	IndexFile
	dir    string // above the folders
	client *http.Client

	mu      sync.Mutex
	kept    unpacked // what is to be served
	looked  version  // of the file, when it was looked at last
	refused error    // why the one that was looked at is not kept; nil where it is
	failed  error    // what the last refresh gave
}

// version tells one state of a file from another.
type version struct {
	ETag     string `json:"etag,omitempty"` // of a file on this machine: its size and time
	Modified string `json:"modified,omitempty"`
}

// unpacked is a file's index in a folder.
type unpacked struct {
	Version version      `json:"version"`
	Stamp   docent.Stamp `json:"stamp"`
	Folder  string       `json:"folder"` // below dir; "" before the first
}

// newFileIndex takes up what an earlier process unpacked. nil without a file.
func newFileIndex(cfg Config) *fileIndex {
	if cfg.Index.From == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(cfg.Index.From))
	x := &fileIndex{
		IndexFile: cfg.Index,
		dir:       filepath.Join(cfg.DataDir, "served", hex.EncodeToString(sum[:6])),
		client:    guard.NewClient(guard.Config{AllowPrivate: true, Timeout: fetchTime}), // the setting's owner chose the address
	}
	if encoded, err := os.ReadFile(x.state()); err == nil && json.Unmarshal(encoded, &x.kept) != nil {
		x.kept = unpacked{} // it is fetched again
	}
	x.looked = x.kept.Version
	return x
}

func (x *fileIndex) state() string { return filepath.Join(x.dir, "state.json") }

// folder is where the kept index is; where there is none, one that is not there.
func (x *fileIndex) folder() string {
	if x.kept.Folder == "" {
		return filepath.Join(x.dir, "none")
	}
	return filepath.Join(x.dir, filepath.Base(x.kept.Folder))
}

// forget has the next refresh look at a refused file again.
func (x *fileIndex) forget() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.looked, x.refused = x.kept.Version, nil
}

// refresh looks for a newer file and gives the folder of the index that is to be
// served: the new one's or, with an error, the one's before, which may be none.
func (x *fileIndex) refresh(ctx context.Context, cfg Config) (folder string, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	defer func() { x.failed = err }()
	if _, err := os.Stat(x.folder()); err != nil {
		x.kept, x.looked, x.refused = unpacked{}, version{}, nil
	}
	path, now, err := x.fetch(ctx, x.looked)
	if err != nil {
		return x.folder(), err
	}
	if path == "" {
		if x.refused == nil {
			return x.folder(), cfg.fits(x.kept.Stamp)
		}
		return x.folder(), x.refused
	}
	if path != x.From {
		defer os.Remove(path)
	}
	next, err := x.take(ctx, cfg, path)
	if err != nil {
		return x.folder(), err
	}
	if x.looked = now; x.refused != nil {
		return x.folder(), x.refused
	}
	next.Version = now
	err = x.keep(next)
	return x.folder(), err
}

// take checks a file and unpacks it. What will be so the next time, too, becomes
// refused.
func (x *fileIndex) take(ctx context.Context, cfg Config, path string) (next unpacked, err error) {
	x.refused = nil
	file, err := indexfile.Open(path, x.MaxBytes)
	if err != nil {
		x.refused = err
		return next, nil
	}
	defer file.Close()
	if x.refused = cfg.fits(file.Stamp); x.refused != nil {
		return next, nil
	}
	next = unpacked{Stamp: file.Stamp, Folder: file.Sum.String()[:16]}
	folder := filepath.Join(x.dir, next.Folder)
	if _, err := os.Stat(folder); err == nil {
		return next, nil
	}
	return next, unpack(ctx, cfg, file, folder)
}

// unpack makes the index of a file in a folder, which is there with all of it or
// not at all.
func unpack(ctx context.Context, cfg Config, file *indexfile.File, folder string) (err error) {
	if err := os.MkdirAll(filepath.Dir(folder), 0o700); err != nil {
		return cantUnpack(err)
	}
	dir, err := os.MkdirTemp(filepath.Dir(folder), "unpack-*")
	if err != nil {
		return cantUnpack(err)
	}
	defer os.RemoveAll(dir)
	index, err := openIndex(ctx, cfg.unpacked(dir), file.Stamp)
	if err != nil {
		return err
	}
	_, err = file.Load(ctx, index)
	if err = errors.Join(err, index.Close()); err != nil {
		return err
	}
	err = os.Rename(dir, folder)
	if _, there := os.Stat(folder); err != nil && there != nil { // else another process was faster
		return cantUnpack(err)
	}
	return nil
}

func cantUnpack(err error) error {
	return &docent.Error{Code: docent.CodeStore, Message: "the index file can't be unpacked", Hint: "make data_dir writable, with room for it", Err: err}
}

// keep remembers what is to be served, over a restart, too.
func (x *fileIndex) keep(next unpacked) error {
	x.kept = next
	encoded, err := json.Marshal(next)
	if err != nil {
		return err
	}
	temporary := x.state() + ".new"
	if err := os.WriteFile(temporary, encoded, 0o600); err != nil {
		return cantUnpack(err)
	}
	if err := os.Rename(temporary, x.state()); err != nil {
		return cantUnpack(err)
	}
	return nil
}

// leftAlone is how old what another process left half done must be to go.
const leftAlone = time.Hour

// sweep deletes what is served no more: but not what another process has open, or
// is at work on.
func (x *fileIndex) sweep(ctx context.Context) {
	x.mu.Lock()
	defer x.mu.Unlock()
	entries, _ := os.ReadDir(x.dir) // what stays is looked at again after the next file
	for _, e := range entries {
		path := filepath.Join(x.dir, e.Name())
		info, err := e.Info()
		half := strings.HasPrefix(e.Name(), "unpack-") || strings.HasPrefix(e.Name(), "fetch-")
		switch {
		case err != nil || path == x.folder() || path == x.state():
		case half && time.Since(info.ModTime()) > leftAlone:
			os.RemoveAll(path)
		case !half && e.IsDir():
			sqlite.RemoveFolder(ctx, path)
		}
	}
}

// ImportIndex publishes the releases of a file that fits into the configured store,
// and gives those that are active now.
func ImportIndex(ctx context.Context, cfg Config, path string) (active []docent.Release, err error) {
	file, err := indexfile.Open(path, cfg.Index.MaxBytes)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if err := cfg.fits(file.Stamp); err != nil {
		return nil, err
	}
	index, err := openIndex(ctx, cfg, file.Stamp)
	if err != nil {
		return nil, err
	}
	active, err = file.Load(ctx, index)
	return active, errors.Join(err, index.Close())
}
