package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const folder = "../../retrieval/testdata/corpora"

// TestCorporaArePinnedAndTheirQuestionsCanBeRead needs no network: what of a
// corpus is in the repository fits together.
func TestCorporaArePinnedAndTheirQuestionsCanBeRead(t *testing.T) {
	corpora, err := readManifest(filepath.Join(folder, "corpora.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(corpora) < 4 {
		t.Errorf("there are %d corpora", len(corpora))
	}
	e, followups := evaluation{corpora: folder}, 0
	for _, c := range corpora {
		if _, err := e.read(c.Questions); err != nil {
			t.Error(err)
		}
		if c.Followups == "" {
			continue
		}
		asked, err := e.read(c.Followups)
		if err != nil {
			t.Error(err)
		}
		for _, q := range asked {
			if len(q.History) == 0 {
				t.Errorf("%s:%d: %q follows nothing", c.Followups, q.Line, q.Question)
			}
		}
		followups += len(asked)
	}
	if followups < 40 {
		t.Errorf("there are %d follow-ups", followups)
	}
}

func TestAManifestThatPinsNothingIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "corpora.yaml")
	for text, want := range map[string]string{
		"- {name: a, git: x, questions: a.jsonl, commit: main}": "a commit of 40 digits",
		"- {nam: a}": "field nam not found",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readManifest(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestAMirrorBeatsTheNetworkAndAFolderBeatsBoth(t *testing.T) {
	mirrors := t.TempDir()
	bare := filepath.Join(mirrors, "acme+docs", "repo")
	if err := os.MkdirAll(bare, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bare, "HEAD"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	e := evaluation{mirrors: mirrors, local: places{}}
	c, other := corpus{Name: "a", Git: "https://example.com/acme/docs.git"}, corpus{Name: "b", Git: "https://example.com/acme/other"}
	if got := e.place(c); got != bare {
		t.Errorf("the mirror is %s", got)
	}
	if got := e.place(other); got != other.Git {
		t.Errorf("without a mirror: %s", got)
	}
	if err := e.local.Set("a=here"); err != nil || e.place(c) != "here" {
		t.Errorf("the named folder is %s, %v", e.place(c), err)
	}
	if err := e.local.Set("here"); err == nil {
		t.Error("a folder without a name was taken")
	}
}
