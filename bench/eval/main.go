// Command eval measures search on the documentation of other projects, with
// questions in our own words:
//
//	go run ./bench/eval                           every corpus
//	go run ./bench/eval -only vue,caddy           some
//	go run ./bench/eval -followups                questions that follow others, with what was said before and without
//	go run ./bench/eval -set settings.yaml        with other settings, written as in config.yaml
//	go run ./bench/eval -reports DIR              the whole report of each, as Markdown and JSON
//	go run ./bench/eval -local vue=../vue-docs    from a clone on this machine, or from its files as they are
//	go run ./bench/eval -mirrors DIR              from git folders DIR/owner+name or below
//
// IT NEEDS THE NETWORK, and is no part of the tests: it fetches the pinned
// commit of each project, by Docent's own git source, into a cache outside of the
// repository. Nothing of these projects is in the repository: only their
// addresses, and questions, in retrieval/testdata/corpora. What was fetched
// before is not fetched again; the index is made anew each time.
//
// The exit code is 1 where a corpus could not be evaluated, or its questions name
// what it does not have.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"docent/eval"
	"docent/ingest"
	"docent/ingest/fetch"
	"docent/server"
)

// evaluation is one run of the program.
type evaluation struct {
	cfg     server.Config
	corpora string // the folder of the manifest and the questions
	cache   string
	reports string // "" writes none
	mirrors string // "" has none
	local   places
	follow  bool     // up: the questions that follow others are asked
	learn   string   // the file to learn the weights of; "" learns nothing
	samples []sample // of every corpus so far, where it is set
}

func main() {
	e := evaluation{cfg: server.Defaults(), local: places{}}
	flag.StringVar(&e.corpora, "corpora", "retrieval/testdata/corpora", "folder of corpora.yaml and its question files")
	flag.StringVar(&e.cache, "cache", "", "folder for what is fetched (default: docent-eval in the user's cache folder)")
	flag.StringVar(&e.reports, "reports", "", "folder for the reports of each corpus")
	flag.StringVar(&e.mirrors, "mirrors", "", "folder of git folders, named owner+name, to read instead of the network")
	flag.Var(e.local, "local", "NAME=DIR: read a corpus from a git folder on this machine, or from a folder that holds the repository's files; may be given again")
	flag.BoolVar(&e.follow, "followups", false, "ask the questions that follow others, of the corpora that have some")
	only := flag.String("only", "", "names of corpora, with commas between them (default: all)")
	set := flag.String("set", "", "file of settings, as in config.yaml")
	flag.StringVar(&e.learn, "learn", "", "file to write the weights of ranking and refusing to, learned from the questions")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := e.run(ctx, *only, *set); err != nil {
		fmt.Fprintln(os.Stderr, "eval: "+err.Error())
		os.Exit(1)
	}
}

func (e *evaluation) run(ctx context.Context, only, set string) error {
	if err := e.prepare(set); err != nil {
		return err
	}
	corpora, err := readManifest(filepath.Join(e.corpora, "corpora.yaml"))
	if err == nil {
		corpora, err = chosen(corpora, only)
	}
	if err != nil {
		return err
	}
	if e.follow {
		corpora = slices.DeleteFunc(corpora, func(c corpus) bool { return c.Followups == "" })
	}
	var rows []row
	var failures []error
	for _, c := range corpora {
		fmt.Fprintln(os.Stderr, "eval: "+c.Name)
		report, err := e.evaluate(ctx, c)
		if err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", c.Name, err))
		}
		if ctx.Err() != nil {
			return errors.Join(failures...)
		}
		if report.Questions > 0 {
			rows = append(rows, row{c.Name, report})
			failures = append(failures, e.write(c.Name, report))
		}
	}
	if e.follow {
		fmt.Print(followupTable(rows))
	} else {
		fmt.Print(table(rows))
	}
	if e.learn != "" {
		failures = append(failures, learn(os.Stdout, e.samples, e.learn))
	}
	return errors.Join(failures...)
}

// prepare reads the settings and finds the cache.
func (e *evaluation) prepare(set string) error {
	if e.cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return fmt.Errorf("%w; name a folder with -cache", err)
		}
		e.cache = filepath.Join(user, "docent-eval")
	}
	if set == "" {
		return nil
	}
	text, err := os.ReadFile(set)
	if err == nil {
		err = yaml.Unmarshal(text, &e.cfg)
	}
	if err == nil {
		err = e.cfg.Validate()
	}
	return err
}

// chosen gives the corpora with the given names, all of them for "".
func chosen(corpora []corpus, names string) ([]corpus, error) {
	if names == "" {
		return corpora, nil
	}
	var out []corpus
	for name := range strings.SplitSeq(names, ",") {
		at := slices.IndexFunc(corpora, func(c corpus) bool { return c.Name == strings.TrimSpace(name) })
		if at < 0 {
			return nil, fmt.Errorf("-only: there is no corpus %q", name)
		}
		out = append(out, corpora[at])
	}
	return out, nil
}

// evaluate fetches a corpus, ingests it and asks its questions; those that follow
// others first with what was said before, and then again without.
func (e *evaluation) evaluate(ctx context.Context, c corpus) (report eval.Report, err error) {
	name := c.Questions
	if e.follow {
		name = c.Followups
	}
	questions, err := e.read(name)
	if err != nil {
		return report, err
	}
	if e.follow {
		for _, q := range questions {
			q.History = nil
			questions = append(questions, q)
		}
	}
	dir, err := e.pages(ctx, c)
	if err != nil {
		return report, err
	}
	src := ingest.Source{Name: c.Name, Dir: dir, Framework: c.Framework, Lang: c.Lang}
	if e.learn != "" {
		if err := e.sample(ctx, c, src, questions); err != nil {
			return report, err
		}
	}
	return server.EvaluateFolder(ctx, e.cfg, src, nil, name, questions, nil)
}

// read reads a file of questions beside the manifest.
func (e *evaluation) read(name string) ([]eval.Question, error) {
	file, err := os.Open(filepath.Join(e.corpora, name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return eval.Read(file, name)
}

// pages gives the folder of a corpus' pages, fetched where it is not a folder of
// files already.
func (e *evaluation) pages(ctx context.Context, c corpus) (string, error) {
	place := e.place(c)
	if e.local[c.Name] != "" && !isGit(place) {
		return filepath.Join(place, filepath.FromSlash(c.Subdir)), nil
	}
	got, err := fetch.Fetch(ctx, fetch.Source{Git: place, Ref: c.Commit, Subdir: c.Subdir}, fetch.Config{Dir: filepath.Join(e.cache, c.Name)})
	return got.Dir, err
}

// write writes a corpus' whole report, as Markdown and as JSON.
func (e *evaluation) write(name string, r eval.Report) error {
	if e.reports == "" {
		return nil
	}
	if err := os.MkdirAll(e.reports, 0o755); err != nil {
		return err
	}
	for ending, write := range map[string]func(*os.File) error{
		".md":   func(f *os.File) error { return r.Markdown(f) },
		".json": func(f *os.File) error { return r.JSON(f) },
	} {
		file, err := os.Create(filepath.Join(e.reports, name+ending))
		if err != nil {
			return err
		}
		if err := errors.Join(write(file), file.Close()); err != nil {
			return err
		}
	}
	return nil
}
