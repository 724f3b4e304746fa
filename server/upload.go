package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"

	"docent"
	"docent/access"
	"docent/ingest"
)

// uploads ingests archives that come over HTTP, one after the other, as a source of
// the command line is ingested. It implements web.Uploads. What was not ended when the
// process stops has to be sent again.
type uploads struct {
	dir  string
	most int // of a site, that have not ended
	open func() (Config, error)
	log  *slog.Logger
	// paths are those of the data folder, which nobody elsewhere is told.
	paths *regexp.Regexp

	group sync.WaitGroup
	turn  chan struct{} // holds a token: whose archive is ingested
	ctx   context.Context
	stop  context.CancelFunc

	mu  sync.Mutex
	all []*uploaded // oldest first
}

// uploaded is an archive that is ingested, or was.
type uploaded struct {
	docent.Upload
	site string
	dir  string // holds the archive, and what it is unpacked to
	of   ingest.Source
}

// maxUploads is how many uploads that have ended are remembered.
const maxUploads = 100

// openUploads begins to take archives, and sweeps what a former process left.
func (s *Server) openUploads() *uploads {
	u := &uploads{
		dir: filepath.Join(s.cfg.DataDir, "uploads"), most: s.cfg.Ingest.Push.MaxPushes, open: s.search.changeable, log: s.log, turn: make(chan struct{}, 1),
	}
	absolute, err := filepath.Abs(s.cfg.DataDir)
	if err != nil {
		absolute = s.cfg.DataDir
	}
	u.paths = regexp.MustCompile("(" + regexp.QuoteMeta(absolute) + "|" + regexp.QuoteMeta(s.cfg.DataDir) + `)[/\\]\S*`)
	u.ctx, u.stop = context.WithCancel(context.Background())
	entries, _ := os.ReadDir(u.dir) // none is none
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > leftAlone {
			os.RemoveAll(filepath.Join(u.dir, e.Name()))
		}
	}
	return u
}

// close stops what is under way, and waits for it.
func (u *uploads) close() {
	u.mu.Lock()
	u.stop() // nothing begins any more
	u.mu.Unlock()
	u.group.Wait()
}

// Upload implements web.Uploads.
func (u *uploads) Upload(ctx context.Context, site string, a docent.Archive, body io.Reader) (docent.Upload, error) {
	one := &uploaded{site: site}
	one.Upload = docent.Upload{ID: access.NewID("upl_"), Source: a.Unit.Source, State: docent.PushPlanned, CreatedAt: time.Now().UTC()}
	one.dir = filepath.Join(u.dir, one.ID)
	var err error
	if one.of, err = archived(site, a, filepath.Join(one.dir, "archive")); err == nil {
		_, err = u.open()
	}
	if err == nil {
		err = u.enter(one)
	}
	if err != nil {
		return docent.Upload{}, err
	}
	if err = u.save(ctx, one, body); err == nil {
		err = u.begin(one)
	}
	if err != nil {
		u.leave(one)
		return docent.Upload{}, err
	}
	return u.shown(one), nil
}

// archived gives the source that an archive is.
func archived(site string, a docent.Archive, file string) (ingest.Source, error) {
	src := ingest.Source{Name: a.Unit.Source, Site: site, Version: a.Unit.Version, Lang: a.Unit.Lang, Framework: a.Framework, BaseURL: a.BaseURL,
		Archive: file, Subdir: a.Subdir}
	if a.Preview != "" {
		if err := CheckPreviewName(a.Preview); err != nil {
			return src, err
		}
		src = PreviewOf(src, a.Preview)
	}
	src, err := src.Normalised()
	if err == nil {
		err = ingest.CheckUnit(docent.Unit{Source: src.Name, Version: src.Version, Lang: src.Lang}, docent.Edition{})
	}
	return src, err
}

// begin has an upload that arrived ingested.
func (u *uploads) begin(one *uploaded) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ctx.Err() != nil {
		return &docent.Error{Code: docent.CodeNotReady, Message: "the server is stopping", Hint: "upload again"}
	}
	u.group.Go(func() { u.work(one) })
	return nil
}

// enter remembers an upload, unless its site has too many under way.
func (u *uploads) enter(one *uploaded) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	under, ended := 0, 0
	for _, other := range u.all {
		switch {
		case other.State.Ended():
			ended++
		case other.site == one.site:
			under++
		}
	}
	if under >= u.most {
		return docent.Errorf(docent.CodeConflict, "%d uploads of this site have not ended (ingest.push.max_pushes)", under)
	}
	u.all = append(u.all, one)
	u.all = slices.DeleteFunc(u.all, func(other *uploaded) bool {
		old := other.State.Ended() && ended > maxUploads
		if old {
			ended--
		}
		return old
	})
	return nil
}

// leave forgets an upload that did not arrive.
func (u *uploads) leave(one *uploaded) {
	os.RemoveAll(one.dir)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.all = slices.DeleteFunc(u.all, func(other *uploaded) bool { return other == one })
}

// save writes the archive into a file.
func (u *uploads) save(ctx context.Context, one *uploaded, body io.Reader) error {
	if err := os.MkdirAll(one.dir, 0o700); err != nil {
		return cantUpload(err)
	}
	file, err := os.OpenFile(one.of.Archive, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return cantUpload(err)
	}
	n, err := io.Copy(file, body)
	if err = errors.Join(err, file.Close(), ctx.Err()); err == nil && n == 0 {
		err = docent.Errorf(docent.CodeInvalid, "the body is empty: send a .zip, .tar or .tar.gz")
	}
	if err != nil {
		return cantUpload(err)
	}
	u.change(one, func(p *docent.Upload) { p.Bytes = n })
	return nil
}

func cantUpload(err error) error {
	var known *docent.Error
	if errors.As(err, &known) {
		return err
	}
	return &docent.Error{Code: docent.CodeStore, Message: "what is uploaded can't be stored", Hint: "see that the server's disk has room", Err: err}
}

// work ingests an archive when its turn comes.
func (u *uploads) work(one *uploaded) {
	defer os.RemoveAll(one.dir)
	select {
	case u.turn <- struct{}{}:
		defer func() { <-u.turn }()
	case <-u.ctx.Done():
		return
	}
	u.change(one, func(p *docent.Upload) { p.State = docent.PushEmbedding })
	report, err := u.ingest(one)
	u.change(one, func(p *docent.Upload) { u.told(p, report, err) })
	u.log.Info("an upload has ended", "upload", one.ID, "source", one.Source, "state", one.State, "error", err)
}

func (u *uploads) ingest(one *uploaded) (report ingest.Report, err error) {
	cfg, err := u.open()
	if err != nil {
		return report, err
	}
	in, err := OpenIngester(u.ctx, cfg)
	if err != nil {
		return report, err
	}
	in.cfg.DataDir = one.dir // unpacked there, it goes with the upload
	report, err = in.Run(u.ctx, one.of, func(done, total int, _ string) {
		u.change(one, func(p *docent.Upload) { p.Done, p.Total = done, total })
	})
	return report, errors.Join(err, in.Close())
}

// maxTold is how many warnings are told.
const maxTold = 100

// told writes what became of an upload into p.
func (u *uploads) told(p *docent.Upload, r ingest.Report, err error) {
	for _, s := range r.Skipped {
		p.Warnings = append(p.Warnings, docent.Warning{Path: s.Path, Message: "skipped: " + s.Reason})
	}
	p.Warnings = append(p.Warnings, r.Warnings...)
	p.Warnings = p.Warnings[:min(len(p.Warnings), maxTold)]
	p.Retired, p.Unchanged = r.Retired, true
	for _, unit := range r.Units {
		p.Releases = append(p.Releases, unit.Release)
		p.Unchanged = p.Unchanged && !unit.Published
	}
	p.State = docent.PushPublished
	if err == nil {
		return
	}
	p.State, p.Unchanged, p.Reason = docent.PushFailed, false, "something went wrong in the server; its log says more"
	var known *docent.Error
	if errors.As(err, &known) {
		p.Reason = u.paths.ReplaceAllString(known.Told(), "the archive")
	}
}

func (u *uploads) change(one *uploaded, fn func(*docent.Upload)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	fn(&one.Upload)
}

func (u *uploads) shown(one *uploaded) docent.Upload {
	u.mu.Lock()
	defer u.mu.Unlock()
	return one.Upload
}

// UploadStatus implements web.Uploads.
func (u *uploads) UploadStatus(site, id string) (docent.Upload, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	at := slices.IndexFunc(u.all, func(one *uploaded) bool { return one.ID == id && one.site == site })
	if at < 0 {
		return docent.Upload{}, &docent.Error{Code: docent.CodeNotFound, Message: "there is no such upload",
			Hint: "upload again: a server that was restarted does not remember those before"}
	}
	return u.all[at].Upload, nil
}
