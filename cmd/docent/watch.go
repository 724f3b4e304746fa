package main

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/spf13/cobra"

	"docent"
	"docent/ingest"
)

// settleTime is how long a folder must be quiet before it is read again: an
// editor writes a file in several steps, a branch that is checked out many.
const settleTime = 200 * time.Millisecond

// watcher reads folders again when something in them changes.
type watcher struct {
	events *fsnotify.Watcher
	roots  []string // absolute
}

// newWatcher watches the folders of sources, and the folders above them up to
// their repository for a site's configuration.
func newWatcher(sources []ingest.Source) (*watcher, error) {
	events, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, cantWatch(err)
	}
	w := &watcher{events: events}
	for _, src := range sources {
		root, err := filepath.Abs(watched(src))
		if err == nil {
			err = w.add(root)
		}
		if err != nil {
			return nil, errors.Join(cantWatch(err), events.Close())
		}
		w.roots = append(w.roots, root)
		for _, above := range repository(root) {
			_ = events.Add(above) // what can't be seen there changes no page's text
		}
	}
	return w, nil
}

// watched is the folder of a source's files; the current one where they are
// elsewhere.
func watched(src ingest.Source) string {
	at := cmp.Or(src.Dir, src.Answers, src.Archive)
	if info, err := os.Stat(at); err == nil && !info.IsDir() {
		return filepath.Dir(at)
	}
	return at
}

func cantWatch(err error) error {
	return &docent.Error{Code: docent.CodeInternal, Message: "the folder can't be watched for changes",
		Hint: "serve without --watch, or let the system watch more files (on Linux fs.inotify.max_user_watches)", Err: err}
}

// repository lists the folders above dir up to the one that holds .git; none
// where there is no repository.
func repository(dir string) []string {
	var above []string
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, ".git")); err == nil {
			return above
		}
		if filepath.Dir(at) == at {
			return nil
		}
		above = append(above, filepath.Dir(at))
	}
}

// add watches a folder and all below it. Hidden folders hold no pages, and what
// is installed beside them changes by the thousand; a folder that is gone again
// is no error.
func (w *watcher) add(root string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) && path != root:
			return nil
		case err != nil:
			return err
		case !d.IsDir():
			return nil
		case path != root && unwatched(d.Name()):
			return fs.SkipDir
		}
		return w.events.Add(path)
	})
}

func unwatched(name string) bool {
	return strings.HasPrefix(name, ".") && name != ".vitepress" || name == "node_modules" || name == "vendor"
}

// run calls changed after each change, when the folders have become quiet,
// until ctx ends. What changes meanwhile is noticed after it.
func (w *watcher) run(ctx context.Context, changed func(), failed func(error)) {
	quiet := time.NewTimer(settleTime)
	quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-w.events.Events:
			if e.Op == fsnotify.Chmod || strings.HasSuffix(e.Name, "~") {
				continue
			}
			if e.Has(fsnotify.Create) && w.inside(e.Name) {
				if info, err := os.Stat(e.Name); err == nil && info.IsDir() && !unwatched(info.Name()) {
					if err := w.add(e.Name); err != nil {
						failed(cantWatch(err))
					}
				}
			}
			quiet.Reset(settleTime)
		case err := <-w.events.Errors:
			failed(cantWatch(err))
			quiet.Reset(settleTime) // events may be lost: look
		case <-quiet.C:
			changed()
		}
	}
}

// inside reports whether path is in a source's folder.
func (w *watcher) inside(path string) bool {
	for _, root := range w.roots {
		if rel, err := filepath.Rel(root, path); err == nil && filepath.IsLocal(rel) {
			return true
		}
	}
	return false
}

func (w *watcher) close() error { return w.events.Close() }

// watchSources ingests the sources again whenever they change, until ctx ends;
// then it closes ended. A source that can't be read is told of, and what was
// ingested before goes on being served.
func watchSources(ctx context.Context, c *cobra.Command, s *settings, sources []ingest.Source) (ended <-chan struct{}, err error) {
	w, err := newWatcher(sources)
	if err != nil {
		return nil, err
	}
	done := make(chan struct{})
	failed := func(err error) {
		if ctx.Err() == nil {
			report(ctx, c.ErrOrStderr(), err)
		}
	}
	go func() {
		defer close(done)
		defer w.close()
		w.run(ctx, func() {
			if err := ingestSources(ctx, c, s, sources, false, formatText); err != nil && !partly(err) {
				failed(err)
			}
		}, failed)
	}()
	return done, nil
}
