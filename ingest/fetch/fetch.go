package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"time"

	"docent"
)

// Source says where documentation is. Exactly one of Git, URL, OpenAPI, HTML,
// Answers and Archive is set.
type Source struct {
	Git    string // a repository: https://, ssh://, git@host:path, or a folder on this machine
	Ref    string // a branch, a tag or a whole commit number; "" is the repository's main branch
	Subdir string // the folder of the repository, or of the archive, that holds the pages; "" is all of it
	Token  string // for a private repository, by https

	URL     string // a website: its address, its sitemap or its llms.txt
	OpenAPI string // an OpenAPI document: a file or an address
	HTML    string // a folder of built HTML
	Archive string // a zip or tar archive
	Answers string // curated answers: a file, or a folder of such files

	BaseURL   string // where the pages of OpenAPI or HTML stand; "" is unknown
	Generator string // what made the website, one of site.Names; "" is found out
	Anchor    string // of an OpenAPI operation, see openapi.go; "" is its default
	Lang      string // of the pages that don't say it

	// AllowPrivate lets addresses of this machine and of the network around it
	// be asked.
	AllowPrivate bool
}

// Config is how a fetch goes about it.
type Config struct {
	Dir          string // the folder that belongs to the source alone; it is made
	MaxFileBytes int64  // larger pages and files are skipped; 0 is 10 MiB
	Limits       Limits
	// Progress is called after each page, from one goroutine at a time; nil is
	// nobody.
	Progress func(done, total int, what string)
}

// Limits bound a fetch: the section "ingest.fetch" of config.yaml. A zero field
// is DefaultLimits'.
type Limits struct {
	Pages       int           `yaml:"max_pages"`      // of a website, or of a folder of HTML
	TotalBytes  int64         `yaml:"max_bytes"`      // of all files together
	PackBytes   int64         `yaml:"max_pack_bytes"` // of what a git server sends, compressed
	Concurrency int           `yaml:"concurrency"`    // requests at once
	Interval    time.Duration `yaml:"interval"`       // between the beginnings of two requests
	Timeout     time.Duration `yaml:"timeout"`        // of a request of a page; what a git server sends may take 20 times that
}

// DefaultLimits are those of Limits' zero value, and of config.yaml.
var DefaultLimits = Limits{
	Pages: 20_000, TotalBytes: 2 << 30, PackBytes: 2 << 30, Concurrency: 4, Interval: 50 * time.Millisecond, Timeout: time.Minute,
}

// maxConcurrency is more than any site bears of one visitor.
const maxConcurrency = 64

// Validate checks what can't be worked with; the error is a
// *docent.SettingError.
func (l Limits) Validate() error {
	return docent.CheckSettings(
		docent.SettingCheck{OK: l.Pages > 0, Key: "ingest.fetch.max_pages", Right: "above 0"},
		docent.SettingCheck{OK: l.TotalBytes > 0, Key: "ingest.fetch.max_bytes", Right: "above 0"},
		docent.SettingCheck{OK: l.PackBytes > 0, Key: "ingest.fetch.max_pack_bytes", Right: "above 0"},
		docent.SettingCheck{OK: l.Concurrency > 0 && l.Concurrency <= maxConcurrency, Key: "ingest.fetch.concurrency", Right: fmt.Sprintf("a whole number from 1 to %d", maxConcurrency)},
		docent.SettingCheck{OK: l.Interval > 0, Key: "ingest.fetch.interval", Right: "a duration above 0, such as 50ms"},
		docent.SettingCheck{OK: l.Timeout > 0, Key: "ingest.fetch.timeout", Right: "a duration above 0, such as 60s"},
	)
}

// Result is what a fetch brought.
type Result struct {
	Dir       string // the folder that holds the pages
	Unchanged bool   // it is the folder of the fetch before
	Commit    string // of a git source; "" elsewhere
	// Skipped are pages that could not be had; those that the fetch before had
	// are in the folder as they were.
	Skipped  []Skip
	Warnings []docent.Warning
}

// Skip is a page or a file that could not be had.
type Skip struct {
	Path   string // in Result.Dir
	Reason string // with the page's address
}

// Fetch brings src into a folder in cfg.Dir. On an error the folder of the fetch
// before is as it was. Errors are *docent.Error with a hint where the source is
// at fault, or the context's.
func Fetch(ctx context.Context, src Source, cfg Config) (Result, error) {
	cfg = cfg.filled()
	s, err := openShelf(cfg.Dir)
	if err != nil {
		return Result{}, err
	}
	var out Result
	switch {
	case src.Git != "":
		out, err = fetchGit(ctx, src, cfg, s)
	case src.URL != "":
		out, err = fetchWebsite(ctx, src, cfg, s)
	case src.HTML != "":
		out, err = fetchBuilt(ctx, src, cfg, s)
	case src.OpenAPI != "":
		out, err = fetchOpenAPI(ctx, src, cfg, s)
	case src.Archive != "":
		out, err = fetchArchive(ctx, src, cfg, s)
	case src.Answers != "":
		out, err = fetchAnswers(ctx, src, cfg, s)
	default:
		err = errors.New("fetch: the source names nothing")
	}
	if ctx.Err() != nil {
		return out, ctx.Err()
	}
	return out, err
}

func (c Config) filled() Config {
	l, d := &c.Limits, DefaultLimits
	if c.MaxFileBytes <= 0 {
		c.MaxFileBytes = 10 << 20
	}
	l.Pages, l.Concurrency = positive(l.Pages, d.Pages), positive(l.Concurrency, d.Concurrency)
	l.TotalBytes, l.PackBytes = positive(l.TotalBytes, d.TotalBytes), positive(l.PackBytes, d.PackBytes)
	l.Interval, l.Timeout = positive(l.Interval, d.Interval), positive(l.Timeout, d.Timeout)
	return c
}

func positive[N int | int64 | time.Duration](n, otherwise N) N {
	if n > 0 {
		return n
	}
	return otherwise
}

// FolderName is what the folder of a source is called: its words made fit for
// every file system, and a hash of them.
func FolderName(words ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(words, "\x00")))
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, strings.ToLower(strings.Join(words, "-")))
	return strings.Trim(name[:min(len(name), 40)], "-") + "-" + hex.EncodeToString(sum[:4])
}

// below gives the folder in root that a setting names. It stays in root.
func below(root, dir string) (string, error) {
	if dir == "" || dir == "." {
		return root, nil
	}
	if clean := path.Clean(strings.Trim(filepath.ToSlash(dir), "/")); filepath.IsLocal(filepath.FromSlash(clean)) {
		return filepath.Join(root, filepath.FromSlash(clean)), nil
	}
	return "", failed("write it relative to the repository's top, such as docs", nil, "subdir %q leads out of the repository", dir)
}

// failed is an error for whoever wrote the source.
func failed(hint string, cause error, format string, args ...any) error {
	return &docent.Error{Code: docent.CodeInvalid, Message: fmt.Sprintf(format, args...), Hint: hint, Err: cause}
}
