package push

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"docent"
	"docent/analysis"
	"docent/ingest"
)

// Config is the section "ingest.push" of config.yaml.
type Config struct {
	MaxRequestBytes int64         `yaml:"max_request_bytes"` // of a request's body, as it is sent
	MaxBytes        int64         `yaml:"max_bytes"`         // of a push, as it is stored
	MaxPages        int           `yaml:"max_pages"`         // of a push
	MaxPushes       int           `yaml:"max_pushes"`        // of a site, that have not ended
	Keep            time.Duration `yaml:"keep"`              // without anything new
}

// Validate checks what can't be worked with; the error is a
// *docent.SettingError.
func (c Config) Validate() error {
	return docent.CheckSettings(
		docent.SettingCheck{OK: c.MaxRequestBytes >= minRequest, Key: "ingest.push.max_request_bytes", Right: fmt.Sprintf("%d or more", minRequest)},
		docent.SettingCheck{OK: c.MaxBytes >= c.MaxRequestBytes, Key: "ingest.push.max_bytes", Right: "at least ingest.push.max_request_bytes"},
		docent.SettingCheck{OK: c.MaxPages >= 1, Key: "ingest.push.max_pages", Right: "1 or more"},
		docent.SettingCheck{OK: c.MaxPushes >= 1, Key: "ingest.push.max_pushes", Right: "1 or more"},
		docent.SettingCheck{OK: c.Keep >= time.Minute, Key: "ingest.push.keep", Right: "a time of at least a minute, such as 24h"},
	)
}

// minRequest is the room that any page and manifest of a small site has.
const minRequest = 64 << 10

// Target is the index that pushes are written to, opened for one of them.
type Target struct {
	Index   ingest.Index
	Options ingest.Options
	Model   string // of its vectors
	Priced  bool   // what vectors cost is known
	// Newest gives the number of a unit's newest release, 0 where it has none.
	Newest func(ctx context.Context, unit docent.Unit) (int, error)
	Close  func() error
}

// Receiver takes pushes in. Its methods may be called at the same time; site is
// that of the caller, and another site's pushes are docent.CodeNotFound.
type Receiver struct {
	cfg          Config
	maxPageBytes int64
	dir          string
	open         func(context.Context) (Target, error)
	log          *slog.Logger

	mu    sync.Mutex // held while a stage is looked at and changed
	jobs  map[string]*job
	group sync.WaitGroup
	slots chan struct{}
	ctx   context.Context // of the jobs
	stop  context.CancelFunc
}

// atOnce is how many pushes become releases at the same time.
const atOnce = 4

// New makes a receiver that keeps what is pushed in the folder dir. What a
// former one was stopped in the midst of goes on. The caller ends with Close.
func New(cfg Config, maxPageBytes int64, dir string, open func(context.Context) (Target, error), log *slog.Logger) (*Receiver, error) {
	r := &Receiver{cfg: cfg, maxPageBytes: maxPageBytes, dir: dir, open: open, log: log, jobs: map[string]*job{}, slots: make(chan struct{}, atOnce)}
	r.ctx, r.stop = context.WithCancel(context.Background())
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.each(func(s stage, rec record) error {
		if rec.State.Committed() && !rec.State.Ended() {
			r.start(s, rec)
		}
		return nil
	})
	return r, err
}

// Close stops the jobs, and waits for them: their pushes go on with the next
// receiver.
func (r *Receiver) Close() {
	r.stop()
	r.group.Wait()
}

// each calls fn with every stage.
func (r *Receiver) each(fn func(stage, record) error) error {
	entries, err := os.ReadDir(r.dir)
	if err != nil && !os.IsNotExist(err) {
		return storeError(err)
	}
	for _, e := range entries {
		s := stage{filepath.Join(r.dir, e.Name())}
		rec, err := s.record()
		if err != nil {
			continue // not a stage: expire deletes it
		}
		if err := fn(s, rec); err != nil {
			return err
		}
	}
	return nil
}

// PreviewName is what a preview may be called: it is part of a site's name.
var PreviewName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// Terms tells what is taken, of a preview ("" is the site itself).
func (r *Receiver) Terms(site, preview string) (docent.PushTerms, error) {
	if preview != "" && !PreviewName.MatchString(preview) {
		return docent.PushTerms{}, &docent.Error{Code: docent.CodeInvalid, Message: fmt.Sprintf("%.80q can't be a preview's name", preview),
			Hint: "write it in small letters, digits, dots, hyphens and underscores, like pr-12"}
	}
	if preview != "" {
		site += "@" + preview
	}
	return docent.PushTerms{
		Site: site, Analyzer: analysis.Version, Splitter: ingest.SplitterVersion,
		MaxRequestBytes: r.cfg.MaxRequestBytes, MaxPageBytes: r.maxPageBytes, MaxBytes: r.cfg.MaxBytes, MaxPages: r.cfg.MaxPages,
	}, nil
}

// Begin begins a push, or comes back to the one that has the same manifest and
// the same base. What is missing is named.
func (r *Receiver) Begin(ctx context.Context, site string, m docent.PushManifest) (docent.Push, error) {
	terms, err := r.Terms(site, m.Preview)
	if err != nil {
		return docent.Push{}, err
	}
	if err := check(&m, terms); err != nil {
		return docent.Push{}, err
	}
	target, err := r.open(ctx)
	if err != nil {
		return docent.Push{}, err
	}
	base, wanted, err := ingest.Compare(ctx, target.Index, m.Unit, m.Pages)
	if err = errors.Join(err, target.Close()); err != nil {
		return docent.Push{}, err
	}
	rec := record{Site: site, Push: docent.Push{
		ID: idOf(site, target.Model, base, m), Unit: m.Unit, State: docent.PushPlanned, Base: base, Pages: len(m.Pages), CreatedAt: time.Now().UTC(),
	}}
	r.mu.Lock()
	defer r.mu.Unlock()
	s := stage{filepath.Join(r.dir, rec.ID)}
	switch known, err := s.record(); {
	case err == nil && known.State != docent.PushPublished && known.State != docent.PushSuperseded:
		return r.shown(s, known, true)
	case err == nil: // the index was put back since
		if err := os.RemoveAll(s.dir); err != nil {
			return docent.Push{}, storeError(err)
		}
	}
	if err := r.expire(site); err != nil {
		return docent.Push{}, err
	}
	if s, err = create(s.dir, rec, m, wanted); err != nil {
		return docent.Push{}, err
	}
	return r.shown(s, rec, true)
}

// idOf names a push by all that it is made of.
func idOf(site, model string, base int, m docent.PushManifest) string {
	raw, _ := json.Marshal([]any{site, model, base, m}) // of texts and numbers: it can't fail
	sum := sha256.Sum256(raw)
	return "push_" + hex.EncodeToString(sum[:12])
}

// check holds a manifest to the terms, and fills in its site.
func check(m *docent.PushManifest, terms docent.PushTerms) error {
	if m.Analyzer != terms.Analyzer || m.Splitter != terms.Splitter {
		return &docent.Error{Code: docent.CodeConflict,
			Message: fmt.Sprintf("the pages were made by analyzer %.40q and splitter %.40q, and the server has %q and %q", m.Analyzer, m.Splitter, terms.Analyzer, terms.Splitter),
			Hint:    "push with the same version of docent as the server's"}
	}
	if m.Unit.Site != "" && m.Unit.Site != terms.Site {
		return &docent.Error{Code: docent.CodeForbidden, Message: fmt.Sprintf("the key is of the site %s, and the pages are of %.80q", terms.Site, m.Unit.Site),
			Hint: "use a key of that site"}
	}
	m.Unit.Site = terms.Site
	if err := ingest.CheckUnit(m.Unit, m.Edition); err != nil {
		return err
	}
	if n := len(m.Pages); n == 0 || n > terms.MaxPages {
		return docent.Errorf(tooManyCode(n), "a push has from 1 to %d pages (ingest.push.max_pages), and this one has %d", terms.MaxPages, n)
	}
	seen := make(map[string]bool, len(m.Pages))
	for _, p := range m.Pages {
		if !ingest.ValidPath(p.Path) || !pageHash.MatchString(p.Hash) || seen[p.Path] {
			return docent.Errorf(docent.CodeInvalid, "the manifest names a page without a path of its own or without a hash: %.80q", p.Path)
		}
		seen[p.Path] = true
	}
	if len(m.Keep) > terms.MaxPages || slices.ContainsFunc(m.Keep, func(p string) bool { return p != "." && !ingest.ValidPath(p) }) {
		return docent.Errorf(docent.CodeInvalid, "the manifest keeps what is no path")
	}
	return checkUnits(m)
}

// checkUnits holds what a manifest says of other units to what can be, and fills in
// their site and source.
func checkUnits(m *docent.PushManifest) error {
	for i := range m.Units {
		m.Units[i].Site, m.Units[i].Source = m.Unit.Site, m.Unit.Source
		if err := ingest.CheckUnit(m.Units[i], docent.Edition{}); err != nil {
			return err
		}
	}
	if len(m.Units) > maxUnits || len(m.Units) > 0 && !slices.Contains(m.Units, m.Unit) {
		return docent.Errorf(docent.CodeInvalid, "the manifest names units without its own, or more than %d", maxUnits)
	}
	return nil
}

// maxUnits is more versions and languages than a source has.
const maxUnits = 10_000

func tooManyCode(n int) docent.Code {
	if n == 0 {
		return docent.CodeInvalid
	}
	return docent.CodeTooLarge
}

// pageHash is what a hash looks like: it is a file's name here.
var pageHash = regexp.MustCompile(`^[0-9a-f]{32}$`)

// idle is how long a push that is not committed may stay untouched when there is
// no room for another one: whoever uploads writes more often.
const idle = time.Minute

// expire deletes what was left for too long, and sees that a site has room for
// one push more. Without room, pushes that were abandoned make it.
func (r *Receiver) expire(site string) error {
	entries, err := os.ReadDir(r.dir)
	if err != nil && !os.IsNotExist(err) {
		return storeError(err)
	}
	under, abandoned := 0, []stage{}
	for _, e := range entries {
		s := stage{filepath.Join(r.dir, e.Name())}
		rec, err := s.record()
		switch info, statErr := e.Info(); {
		case r.jobs[e.Name()] != nil || e.Name() == notesDir:
		case err == nil && time.Since(s.touched()) > r.cfg.Keep, err != nil && statErr == nil && time.Since(info.ModTime()) > r.cfg.Keep:
			if err := os.RemoveAll(s.dir); err != nil {
				return storeError(err)
			}
			continue
		}
		if err != nil || rec.Site != site || rec.State.Ended() {
			continue
		}
		under++
		if !rec.State.Committed() && time.Since(s.touched()) > idle {
			abandoned = append(abandoned, s)
		}
	}
	slices.SortFunc(abandoned, func(a, b stage) int { return a.touched().Compare(b.touched()) })
	for ; under >= r.cfg.MaxPushes && len(abandoned) > 0; under-- {
		if err := os.RemoveAll(abandoned[0].dir); err != nil {
			return storeError(err)
		}
		abandoned = abandoned[1:]
	}
	if under >= r.cfg.MaxPushes {
		return &docent.Error{Code: docent.CodeConflict, Message: fmt.Sprintf("%d pushes of this site have not ended (ingest.push.max_pushes)", under),
			Hint: "wait a minute, and push again: those that were abandoned make room then"}
	}
	return nil
}

// find gives a push of a site.
func (r *Receiver) find(site, id string) (stage, record, error) {
	if !strings.HasPrefix(id, "push_") || !isName(id) {
		return stage{}, record{}, noPush()
	}
	s := stage{filepath.Join(r.dir, id)}
	rec, err := s.record()
	if err == nil && rec.Site != site {
		err = noPush()
	}
	return s, rec, err
}

// isName reports whether an id can be a folder's name: nothing but letters and
// digits behind its kind.
func isName(id string) bool {
	return !strings.ContainsFunc(id, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_'
	})
}

// shown is a push as clients see it, with the names of what is missing if they
// are asked for.
func (r *Receiver) shown(s stage, rec record, names bool) (docent.Push, error) {
	p := rec.Push
	if j := r.jobs[p.ID]; j != nil {
		j.tell(&p)
	}
	if p.State.Committed() {
		return p, nil
	}
	missing, err := s.missing()
	p.Lacking = len(missing)
	for i := 0; names && i < len(missing); i++ {
		p.Missing = append(p.Missing, missing[i].Path)
	}
	return p, err
}

// Status tells how far a push is.
func (r *Receiver) Status(site, id string) (docent.Push, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, rec, err := r.find(site, id)
	if err != nil {
		return docent.Push{}, err
	}
	return r.shown(s, rec, true)
}

// Drop abandons a push that is not being published.
func (r *Receiver) Drop(site, id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, rec, err := r.find(site, id)
	if err != nil {
		return err
	}
	if rec.State.Committed() && !rec.State.Ended() {
		return &docent.Error{Code: docent.CodeConflict, Message: "the push is committed, and is being published", Hint: "wait until it has ended; 'docent index rollback' goes back to the release before"}
	}
	return storeError(os.RemoveAll(s.dir))
}
