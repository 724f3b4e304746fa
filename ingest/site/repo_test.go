package site

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"go.yaml.in/yaml/v3"
)

// repoOf makes settings for the folder at of a repository. The files' front
// matter is read as ingest does.
func repoOf(at string, files map[string]string) Settings {
	repo, s := fstest.MapFS{}, Settings{Source: "m", At: at, Repo: nil}
	heads := map[string]File{}
	for name, text := range files {
		repo[name] = &fstest.MapFile{Data: []byte(text)}
		rel, in := below(at, name)
		if !in || !IsMarkdown(name) || strings.HasPrefix(name, ".") {
			continue
		}
		s.Files = append(s.Files, rel)
		f := File{Path: rel}
		if front, body, ok := strings.Cut(strings.TrimPrefix(text, "---\n"), "---\n"); ok && strings.HasPrefix(text, "---\n") {
			if err := yaml.Unmarshal([]byte(front), &f.Meta); err != nil {
				panic(err)
			}
			text = body
		}
		for line := range strings.Lines(text) {
			if title, ok := strings.CutPrefix(line, "# "); ok {
				f.Heading = strings.TrimSpace(title)
				break
			}
		}
		heads[rel] = f
	}
	slices.Sort(s.Files)
	slices.Sort(s.Files)
	s.Repo, s.Root = repo, repo
	s.Head = func(p string) File {
		if f, ok := heads[p]; ok {
			return f
		}
		return File{Path: p}
	}
	return s
}

// made makes the rules of a repository, which must be the named framework's.
func made(t *testing.T, framework string, s Settings) Rules {
	t.Helper()
	r, err := New("", s)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.About().Framework; got != framework {
		t.Fatalf("the framework is %q, want %q (%v)", got, framework, r.About().Warnings)
	}
	return r
}

// urls gives the address of each page that is not hidden, by file.
func urls(r Rules, s Settings) map[string]string {
	all := map[string]string{}
	for _, file := range s.Files {
		if p := r.Page(File{Path: file}); p.Hidden == "" {
			all[file] = p.URL
		}
	}
	return all
}
