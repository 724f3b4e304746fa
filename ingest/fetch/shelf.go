package fetch

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

// shelf is a folder with the fetches of one source: each in a folder of its own,
// and the file "current", which names the one that counts.
type shelf struct {
	dir     string
	current string // the name of the folder that counts; "" where there is none
	state   state  // of the current one
}

// state is what a fetch remembers for the next one.
type state struct {
	Origin string            `json:"origin"` // what was fetched: of another origin nothing is taken over
	Commit string            `json:"commit,omitempty"`
	Pages  map[string]*known `json:"pages,omitempty"` // by address
}

// known is what is remembered of a page.
type known struct {
	File     string `json:"file"`               // what it is called in the folder
	URL      string `json:"url,omitempty"`      // where it stands: its own address or its canonical one; "" where it is no page
	ETag     string `json:"etag,omitempty"`     // what to ask with the next time
	Modified string `json:"modified,omitempty"` // likewise`
}

// Names in a shelf.
const (
	currentFile = "current"
	stateFile   = "state.json"
	filesDir    = "files"
	fetchPrefix = "fetch-"
)

// abandonedAfter is how old a folder is that no fetch can be writing.
const abandonedAfter = 6 * time.Hour

func openShelf(dir string) (*shelf, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, failed("choose another data folder with --data-dir", err, "the folder for what is fetched can't be made")
	}
	s := &shelf{dir: dir}
	raw, err := os.ReadFile(filepath.Join(dir, currentFile))
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	name := strings.TrimSpace(string(raw))
	if !strings.HasPrefix(name, fetchPrefix) || name != filepath.Base(name) {
		return s, nil
	}
	if raw, err = os.ReadFile(filepath.Join(dir, name, stateFile)); err != nil || json.Unmarshal(raw, &s.state) != nil {
		s.state = state{} // what can't be read is fetched again
		return s, nil
	}
	s.current = name
	return s, nil
}

// files is the current folder; "" where there is none.
func (s *shelf) files() string {
	if s.current == "" {
		return ""
	}
	return filepath.Join(s.dir, s.current, filesDir)
}

// forget makes the shelf one without a fetch, unless the fetch was of origin.
func (s *shelf) forget(origin string) {
	if s.state.Origin != origin {
		s.current, s.state = "", state{}
	}
}

// draft is a fetch on its way.
type draft struct {
	shelf *shelf
	dir   string
	root  *os.Root // its files: nothing is written outside
	limit int64    // bytes that may be written
	spent atomic.Int64
}

// begin makes a folder for a fetch. It must be closed.
func (s *shelf) begin(limit int64) (*draft, error) {
	dir, err := os.MkdirTemp(s.dir, fetchPrefix)
	if err != nil {
		return nil, err
	}
	d := &draft{shelf: s, dir: dir, limit: limit}
	// The empty .git says where the repository ends: what stands above, in the
	// user's own folders, is no configuration of these pages and no part of them.
	if err = os.MkdirAll(filepath.Join(d.files(), ".git"), 0o700); err == nil {
		d.root, err = os.OpenRoot(d.files())
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return d, nil
}

func (d *draft) files() string { return filepath.Join(d.dir, filesDir) }

// write makes a file, and the folders that it is in. name has slashes. Several
// goroutines may write.
func (d *draft) write(name string, content []byte) error {
	if d.spent.Add(int64(len(content))) > d.limit {
		return failed("leave out what is not documentation", nil, "the source holds more than %d bytes", d.limit)
	}
	local := filepath.FromSlash(name)
	if err := d.root.MkdirAll(filepath.Dir(local), 0o700); err != nil {
		return err
	}
	return d.root.WriteFile(local, content, 0o600)
}

// keep takes a file over from the fetch before; false where that hasn't it.
func (d *draft) keep(name string) (bool, error) {
	before := d.shelf.files()
	if name == "" || before == "" || !filepath.IsLocal(filepath.FromSlash(name)) {
		return false, nil
	}
	content, err := os.ReadFile(filepath.Join(before, filepath.FromSlash(name)))
	if err != nil {
		return false, nil // someone else emptied the folder: it is fetched again
	}
	return true, d.write(name, content)
}

// publish puts the draft in the place of the current folder, and gives its
// files. Folders that nobody needs any more are deleted.
func (d *draft) publish(st state) (files string, err error) {
	raw, err := json.Marshal(st)
	if err == nil {
		err = os.WriteFile(filepath.Join(d.dir, stateFile), raw, 0o600)
	}
	if err != nil {
		return "", err
	}
	s, name := d.shelf, filepath.Base(d.dir)
	pointer := filepath.Join(d.dir, currentFile)
	if err = os.WriteFile(pointer, []byte(name+"\n"), 0o600); err == nil {
		err = os.Rename(pointer, filepath.Join(s.dir, currentFile))
	}
	if err != nil {
		return "", err
	}
	s.sweep(name)
	s.current, s.state = name, st
	files = d.files()
	d.dir = ""
	return files, nil
}

// sweep deletes the folders of earlier fetches but the last one, which someone
// may be reading, and those that may be another's draft.
func (s *shelf) sweep(current string) {
	entries, _ := os.ReadDir(s.dir)
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), fetchPrefix) || e.Name() == current || e.Name() == s.current {
			continue
		}
		dir := filepath.Join(s.dir, e.Name())
		info, err := e.Info()
		_, unfinished := os.Stat(filepath.Join(dir, stateFile))
		if err == nil && (unfinished == nil || time.Since(info.ModTime()) > abandonedAfter) {
			os.RemoveAll(dir) // the next sweep tries again
		}
	}
}

// close ends the draft; one that was not published is deleted.
func (d *draft) close() error {
	err := d.root.Close()
	if d.dir != "" {
		err = errors.Join(err, os.RemoveAll(d.dir))
	}
	return err
}
