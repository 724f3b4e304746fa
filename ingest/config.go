package ingest

import (
	"cmp"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"unicode"

	"docent"
	"docent/ingest/site"
)

// Config is the section "ingest" of config.yaml, save what belongs to the
// store.
type Config struct {
	ChunkTokens  int   `yaml:"chunk_tokens"`   // a chunk's budget, estimated; at least MinChunkTokens
	MaxFileBytes int64 `yaml:"max_file_bytes"` // larger files are skipped
	Workers      int   `yaml:"workers"`        // files parsed at the same time; 0 is one a processor
}

// MinChunkTokens is the smallest budget that leaves room for a fence or a
// table's header beside what they hold.
const MinChunkTokens = 32

// maxChunkTokens is more than any section should have.
const maxChunkTokens = 8000

// Source is one entry of "sources" in config.yaml: where pages are, and what
// they are. Of Dir, Git, URL, OpenAPI, Answers and Archive it has exactly one; Run reads folders,
// so the others are fetched into one before, see package fetch.
type Source struct {
	Name      string   `yaml:"name"`      // of the unit; "" is the folder's, the repository's or the host's name
	Site      string   `yaml:"site"`      // whose documentation it is; "" is Options.Site
	Dir       string   `yaml:"dir"`       // the folder
	Framework string   `yaml:"framework"` // one of site.Names; "" is found out
	BaseURL   string   `yaml:"base_url"`  // where the pages stand; "" is /docs/<name>/, which Docent serves
	Version   string   `yaml:"version"`   // "" without versions
	Lang      string   `yaml:"lang"`      // BCP 47; "" is unknown
	Include   []string `yaml:"include"`   // patterns of paths to take; none takes all
	Exclude   []string `yaml:"exclude"`   // patterns of paths to leave out, which beat Include

	AnchorsFrom string `yaml:"anchors_from"` // the folder that the site was built into: anchors are taken from its pages

	Git          string `yaml:"git"`           // a repository's address, or a folder that is one
	Ref          string `yaml:"ref"`           // of Git: a branch, a tag or a commit; "" is its main branch
	Subdir       string `yaml:"subdir"`        // of Git and Archive: the folder with the pages; "" is all
	Token        string `yaml:"token"`         // of Git: for a private repository; a secret
	URL          string `yaml:"url"`           // a website, its sitemap or its llms.txt
	OpenAPI      string `yaml:"openapi"`       // an OpenAPI document: a file or an address
	Anchor       string `yaml:"anchor"`        // of OpenAPI: the template of an operation's anchor
	Answers      string `yaml:"answers"`       // curated answers: a file, or a folder of such files
	Archive      string `yaml:"archive"`       // a zip or tar archive
	AllowPrivate bool   `yaml:"allow_private"` // private addresses may be asked

	Instructions string `yaml:"instructions"` // for answers from this source; means nothing to ingest
}

// Validate checks what can't be worked with; the error is a
// *docent.SettingError.
func (c Config) Validate() error {
	return docent.CheckSettings(
		docent.SettingCheck{OK: c.ChunkTokens >= MinChunkTokens && c.ChunkTokens <= maxChunkTokens, Key: "ingest.chunk_tokens",
			Right: fmt.Sprintf("a whole number from %d to %d", MinChunkTokens, maxChunkTokens)},
		docent.SettingCheck{OK: c.MaxFileBytes > 0, Key: "ingest.max_file_bytes", Right: "above 0"},
		docent.SettingCheck{OK: c.Workers >= 0, Key: "ingest.workers", Right: "0 or more"},
	)
}

func (c Config) workers() int {
	if c.Workers == 0 {
		return runtime.GOMAXPROCS(0)
	}
	return c.Workers
}

// sourceName is what a source may be called: it is part of URLs.
var sourceName = regexp.MustCompile(`^[\pL\pN][\pL\pN._-]*$`)

// languageTag is a BCP 47 tag as far as documentation has them: a language, with
// script or region.
var languageTag = regexp.MustCompile(`^([a-z]{2,3}(-[a-z0-9]{2,8})*)?$`)

// Normalised fills in the name, brings the language into its form and checks
// the rest; errors are docent.CodeInvalid. The folder is not looked at.
func (s Source) Normalised() (Source, error) {
	if err := s.checkPlace(); err != nil {
		return s, err
	}
	if s.Name == "" {
		name, err := s.placeName()
		if err != nil {
			return s, err
		}
		s.Name = name
	}
	if !sourceName.MatchString(s.Name) {
		err := docent.Errorf(docent.CodeInvalid, "%q can't be a source's name", s.Name)
		err.Hint = "name it with --source: letters, digits, dots and hyphens"
		return s, err
	}
	if s.Lang = strings.ToLower(s.Lang); !languageTag.MatchString(s.Lang) {
		return s, &docent.Error{Code: docent.CodeInvalid, Message: fmt.Sprintf("%q is not a language", s.Lang), Hint: "write it like en or pt-br"}
	}
	for _, p := range append(append([]string{}, s.Include...), s.Exclude...) {
		if !docent.ValidPattern(p) {
			err := docent.Errorf(docent.CodeInvalid, "%q is not a pattern", p)
			err.Hint = `write patterns like "guide/**" or "**/*.draft.md"`
			return s, err
		}
	}
	return s, nil
}

func (s Source) unit(siteName string) docent.Unit {
	return docent.Unit{Site: cmp.Or(s.Site, siteName, docent.DefaultSite), Source: s.Name, Version: s.Version, Lang: s.Lang}
}

// CheckUnit checks what names a unit that comes from elsewhere, and what is
// stored with its release; errors are docent.CodeInvalid.
func CheckUnit(u docent.Unit, e docent.Edition) error {
	_, err := Source{Name: u.Source, Dir: ".", Lang: u.Lang}.Normalised()
	if err == nil && (u.Source == "" || u.Lang != strings.ToLower(u.Lang) || !within(maxName, u.Source, u.Version, u.Lang) || strings.ContainsFunc(u.Version, unicode.IsControl)) {
		err = docent.Errorf(docent.CodeInvalid, "the unit has no name, or one that can't be one")
	}
	if err == nil && (len(e.Aliases) > maxAliases || !within(maxName, append([]string{e.Covers}, e.Aliases...)...)) {
		err = docent.Errorf(docent.CodeInvalid, "the unit's other names are too many, or can't be names")
	}
	return err
}

// maxName is the length of a source's name and of its version, in bytes, and
// maxAliases how many names a version may have beside it.
const (
	maxName    = 200
	maxAliases = 100
)

func (s Source) rules(f *folder) (site.Rules, error) {
	repo, at := repository(f.root)
	heads := newHeads(f)
	rules, err := site.New(s.Framework, site.Settings{
		Source: s.Name, Version: s.Version, Lang: s.Lang, BaseURL: s.BaseURL, Root: f.fs(), Files: f.files,
		Repo: os.DirFS(repo), At: at, Head: heads.head,
	})
	if err == nil && rules.Syntax().Framework == "mkdocs" {
		heads.readsMulti()
	}
	return rules, err
}
