package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"docent"
	"docent/ingest"
	"docent/store/qdrant"
	"docent/store/sqlite"
)

// What is free on the data folder's disk, in bytes, that is worth a word: an
// ingest writes a release beside the old one.
const (
	littleSpace = 500 << 20
	noSpace     = 20 << 20
)

// databaseTime is how long the check of a database's pages may take.
const databaseTime = 20 * time.Second

func checkDataFolder(_ context.Context, c *Config) []Finding {
	folder := check("data_folder")
	path, err := filepath.Abs(c.DataDir)
	if err == nil {
		err = writable(path)
	}
	if err != nil {
		return []Finding{folder.failed(err, "make it writable for the user that runs docent, or choose another one with DOCENT_DATA_DIR")}
	}
	free, known := freeSpace(path)
	switch {
	case !known:
		return []Finding{folder.ok("%s is writable", path)}
	case free < noSpace:
		return []Finding{folder.problem("make room on its disk, or move it with DOCENT_DATA_DIR", "%s has %s free", path, size(free))}
	case free < littleSpace:
		return []Finding{folder.warning("make room on its disk before the next ingest", "%s is writable, and has only %s free", path, size(free))}
	}
	return []Finding{folder.ok("%s is writable, %s free", path, size(free))}
}

// writable makes the folder and a file in it, and takes the file away again.
func writable(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("it can't be made: %w", err)
	}
	f, err := os.CreateTemp(dir, "doctor-*")
	if err != nil {
		return fmt.Errorf("nothing can be written there: %w", err)
	}
	_, err = f.WriteString("docent")
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

func size(bytes uint64) string {
	if bytes < 10<<30 {
		return fmt.Sprintf("%d MB", bytes>>20)
	}
	return fmt.Sprintf("%d GB", bytes>>30)
}

func checkDatabase(ctx context.Context, c *Config) []Finding {
	database := check("database")
	path, err := c.databasePath()
	if err != nil {
		return []Finding{database.failed(err, "correct DATABASE_URL")}
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return []Finding{database.ok("%s is not there yet; the first conversation makes it", path)}
	}
	ctx, cancel := context.WithTimeout(ctx, databaseTime)
	defer cancel()
	found, err := sqlite.InspectConversations(ctx, path)
	switch {
	case ctx.Err() != nil:
		return []Finding{database.warning("try again when nothing else writes to it", "%s could not be checked within %v", path, databaseTime)}
	case err != nil:
		return []Finding{database.failed(err, "look at "+path)}
	case found.Schema < found.Newest:
		return []Finding{database.ok("%s is sound; its schema is %d, and the next start makes it %d", path, found.Schema, found.Newest)}
	case found.Journal != "wal":
		return []Finding{database.warning("keep it on a local disk that its user can write to", "%s is sound, but its journal is %q: readers wait for writers", path, found.Journal)}
	}
	return []Finding{database.ok("%s is sound; journal %s, schema %d", path, found.Journal, found.Schema)}
}

// checkIndex looks at the store of the index, and at the index that a server
// would answer from.
func checkIndex(ctx context.Context, c *Config) []Finding {
	store, index := check("store"), check("index")
	if !c.needsIndex() {
		return []Finding{index.skipped("", "answers come from the model (answer.mode is chat)")}
	}
	cfg := *c
	if file := newFileIndex(cfg); file != nil {
		if file.kept.Folder == "" {
			return []Finding{store.ok("SQLite, unpacked from the index file"), index.skipped("", "a server unpacks it when it starts")}
		}
		cfg = cfg.unpacked(file.folder())
	}
	s, err := openServing(ctx, cfg)
	if err != nil {
		return []Finding{store.failed(err, "docent ingest DIR"), index.skipped("", "the store can't be used")}
	}
	defer s.index.Close()
	list, err := s.index.Indexes(ctx)
	if err != nil {
		return []Finding{store.failed(err, "docent ingest DIR"), index.skipped("", "the store can't be used")}
	}
	return []Finding{storeFinding(store, s, list), indexFinding(ctx, index, s, list)}
}

// storeFinding names the store, and what there is beside the index that is used.
func storeFinding(store check, s *serving, list []docent.IndexInfo) Finding {
	name := "SQLite in the data folder"
	if q, is := s.index.releases.(*qdrant.Index); is {
		name = q.Server()
	}
	var beside []string
	for _, other := range list {
		if other.Stamp != s.index.Stamp {
			beside = append(beside, other.Name)
		}
	}
	if len(beside) > 0 {
		name += "; beside the index that is used it has " + strings.Join(beside, ", ") + ": see 'docent index gc'"
	}
	return store.ok("%s", name)
}

func indexFinding(ctx context.Context, index check, s *serving, list []docent.IndexInfo) Finding {
	var releases []docent.Release
	for _, site := range s.cfg.SiteNames() {
		its, err := s.index.Releases(ctx, site)
		if err == nil && len(its) == 0 {
			err = docent.NoIndex()
		}
		if err != nil && site != docent.DefaultSite {
			return index.warning("docent ingest DIR --site "+site, "the site %s has no documentation: %v", site, err)
		}
		if err != nil {
			return index.failed(err, "docent ingest DIR")
		}
		releases = append(releases, its...)
	}
	if missing := notIngested(&s.cfg, releases); len(missing) > 0 {
		return index.warning("docent ingest", "these sources of config.yaml are not in it: %s", strings.Join(missing, ", "))
	}
	if err := s.waiting(list); err != nil {
		return index.warned(err, "docent ingest")
	}
	if made := s.index.Stamp.Splitter; made != ingest.SplitterVersion {
		return index.warning("docent ingest", "%s; it was split by version %s, this docent has %s: it builds the new one beside it",
			summary(releases, time.Now()), made, ingest.SplitterVersion)
	}
	return index.ok("%s; made with %s", summary(releases, time.Now()), DescribeStamp(s.index.Stamp))
}

// notIngested names the sources of config.yaml that have no release.
func notIngested(c *Config, releases []docent.Release) []string {
	there := map[docent.Unit]bool{}
	for _, r := range releases {
		there[sourceOf(r.Unit)] = true
	}
	var missing []string
	for _, wanted := range c.configured() {
		if !there[wanted] {
			missing = append(missing, wanted.Source)
		}
	}
	return missing
}

// summary counts what questions are answered from, and says how old it is.
func summary(releases []docent.Release, now time.Time) string {
	var pages, chunks int
	newest := releases[0]
	for _, r := range releases {
		pages += r.Pages
		chunks += r.Chunks
		if r.CreatedAt.After(newest.CreatedAt) {
			newest = r
		}
	}
	return fmt.Sprintf("%s with %s and %s; the newest is release %d of %s, %s old",
		counted(len(releases), "active release"), counted(pages, "page"), counted(chunks, "chunk"), newest.Number, newest.Unit.Source, age(now.Sub(newest.CreatedAt)))
}

// age is a duration as people say it.
func age(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return counted(max(0, int(d.Seconds())), "second")
	case d < 2*time.Hour:
		return counted(int(d.Minutes()), "minute")
	case d < 48*time.Hour:
		return counted(int(d.Hours()), "hour")
	}
	return counted(int(d.Hours()/24), "day")
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// DescribeStamp is a stamp for people.
func DescribeStamp(s docent.Stamp) string {
	parts := []string{"embedding " + s.Embedding}
	if s.Dimensions > 0 {
		parts = append(parts, fmt.Sprintf("%d dimensions", s.Dimensions))
	}
	return strings.Join(append(parts, "analyzer "+s.Analyzer, "splitter "+s.Splitter), ", ")
}
