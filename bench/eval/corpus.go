package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// corpus is an entry of corpora.yaml.
type corpus struct {
	Name      string `yaml:"name"`
	Git       string `yaml:"git"`       // the repository's address
	Commit    string `yaml:"commit"`    // all 40 digits: the questions are about this state
	Subdir    string `yaml:"subdir"`    // the folder that holds the pages
	Framework string `yaml:"framework"` // "" is found out
	Lang      string `yaml:"lang"`      // "" is en
	Questions string `yaml:"questions"` // the file, beside corpora.yaml
	Followups string `yaml:"followups"` // a file of questions that follow others; "" is none
}

// readManifest reads corpora.yaml.
func readManifest(name string) ([]corpus, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var corpora []corpus
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&corpora); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for i := range corpora {
		c := &corpora[i]
		if c.Name == "" || c.Git == "" || len(c.Commit) != 40 || c.Questions == "" {
			return nil, fmt.Errorf("%s: entry %d needs name, git, questions, and a commit of 40 digits", name, i+1)
		}
		c.Lang = cmp.Or(c.Lang, "en")
	}
	return corpora, nil
}

// places are folders by the names of corpora; a flag.Value.
type places map[string]string

func (p places) String() string { return "" }

// Set reads NAME=DIR.
func (p places) Set(value string) error {
	name, dir, has := strings.Cut(value, "=")
	if !has || name == "" || dir == "" {
		return fmt.Errorf("must be NAME=DIR")
	}
	p[name] = dir
	return nil
}

// place is where a corpus is read from: the folder that was named, a mirror, or
// its address.
func (e *evaluation) place(c corpus) string {
	if dir := e.local[c.Name]; dir != "" {
		return dir
	}
	if e.mirrors == "" {
		return c.Git
	}
	parts := strings.Split(strings.TrimSuffix(c.Git, ".git"), "/")
	mirror := filepath.Join(e.mirrors, strings.Join(parts[max(len(parts)-2, 0):], "+"))
	for _, pattern := range []string{"HEAD", "*/HEAD", ".git/HEAD"} {
		if heads, err := filepath.Glob(filepath.Join(mirror, pattern)); err == nil && len(heads) > 0 {
			return filepath.Dir(heads[0])
		}
	}
	return c.Git
}

// isGit tells a git folder from one of files.
func isGit(dir string) bool {
	for _, head := range []string{"HEAD", ".git"} {
		if _, err := os.Stat(filepath.Join(dir, head)); err == nil {
			return true
		}
	}
	return false
}
