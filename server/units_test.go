package server

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"docent"
	"docent/ingest"
)

// divided copies the manual into one folder for each of its own; pages that stand
// in none are in "top".
func divided(t *testing.T) (dirs map[string]string) {
	t.Helper()
	root, dirs := t.TempDir(), map[string]string{}
	manual := os.DirFS("../docs-sample")
	err := fs.WalkDir(manual, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(p) != ".md" {
			return err
		}
		name, rest, within := strings.Cut(p, "/")
		if !within {
			name, rest = "top", p
		}
		dirs[name] = filepath.Join(root, name)
		to := filepath.Join(dirs[name], filepath.FromSlash(rest))
		text, err := fs.ReadFile(manual, p)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(to), 0o755)
		}
		if err != nil {
			return err
		}
		return os.WriteFile(to, text, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}

// TestSeveralUnitsRankAsOne asks every second heading of the manual of an index
// that has it in one unit, and of one that has each folder in a unit of its own.
func TestSeveralUnitsRankAsOne(t *testing.T) {
	dirs := divided(t)
	onEachStore(t, func(t *testing.T, cfg Config) {
		one := cfg
		one.DataDir, one.Qdrant.URL = t.TempDir(), ""
		ingested(t, one, "manual", "../docs-sample")
		for name, dir := range dirs {
			ingested(t, cfg, name, dir)
		}
		whole, parts := serve(t, one), serve(t, cfg)
		top := func(s *fixture, question string) string {
			found, err := s.Search().Search(t.Context(), docent.Query{Site: docent.DefaultSite, Text: question, Limit: 1})
			if err != nil || len(found.Passages) == 0 {
				t.Fatalf("%q: %d passages, %v", question, len(found.Passages), err)
			}
			p := found.Passages[0]
			return strings.TrimPrefix(strings.TrimPrefix(p.Unit.Source+"/"+p.Path, "manual/"), "top/")
		}
		asked, same := 0, 0
		for i, question := range headings(t, whole) {
			if i%2 > 0 {
				continue
			}
			asked++
			if a, b := top(whole, question), top(parts, question); a == b {
				same++
			} else {
				t.Logf("%q: %s as one, %s in parts", question, a, b)
			}
		}
		if asked < 100 || 100*same < 95*asked {
			t.Errorf("%d of %d questions find the same page first", same, asked)
		}
	})
}

// headings gives the headings of all pages, each with its page's title.
func headings(t *testing.T, f *fixture) (questions []string) {
	t.Helper()
	index := f.search.now.index
	releases, err := index.Releases(t.Context(), docent.DefaultSite)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := index.Pages(t.Context(), releases[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pages {
		_, chunks, err := index.Page(t.Context(), releases[0], p.Path)
		if err != nil {
			t.Fatal(err)
		}
		for i := range chunks {
			questions = append(questions, fmt.Sprintf("%s: %s?", chunks[i].Title, chunks[i].Heading()))
		}
	}
	return questions
}

// TestReadersNoticeNothingOfWhatHappensToUnits searches without pause while
// previews are made and dropped, units retired, brought back and deleted.
func TestReadersNoticeNothingOfWhatHappensToUnits(t *testing.T) {
	onEachStore(t, func(t *testing.T, cfg Config) {
		ingested(t, cfg, "docs", edition(t, "first"))
		f := serve(t, cfg)
		stop := make(chan struct{})
		var crowd sync.WaitGroup
		for range 4 {
			crowd.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						found := searchOnce(t, f.Server)
						if len(found.Passages) == 0 {
							t.Error("a search finds nothing")
						}
						for _, p := range found.Passages {
							if strings.Contains(p.Text, "preview edition") {
								t.Errorf("a preview is found without its name: %s", p.Text)
							}
						}
					}
				}
			})
		}
		index := f.search.now.index
		more := docent.Unit{Site: docent.DefaultSite, Source: "more"}
		for n := range 3 {
			ingested(t, cfg, "docs", edition(t, fmt.Sprint("number ", n)))
			ingested(t, cfg, "more", edition(t, "other"))
			previewed(t, cfg, "pr-1", edition(t, "preview"))
			found, err := f.Search().Search(t.Context(), docent.Query{Site: docent.DefaultSite, Text: "How is the harbour 1 run?",
				Filters: docent.Filters{Source: "docs", Index: "pr-1"}})
			if err != nil || len(found.Passages) == 0 || !strings.Contains(found.Passages[0].Text, "preview edition") {
				t.Errorf("the preview is asked: %+v, %v", found.Passages, err)
			}
			for _, step := range []error{
				index.Retire(t.Context(), more),
				index.Activate(t.Context(), more, n+1),
				index.DropPreview(t.Context(), docent.DefaultSite, "pr-1"),
				index.Drop(t.Context(), more),
			} {
				if step != nil {
					t.Error(step)
				}
			}
		}
		close(stop)
		crowd.Wait()
	})
}

// previewed makes a preview of the source docs.
func previewed(t *testing.T, cfg Config, name, dir string) {
	t.Helper()
	in, err := OpenIngester(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if _, err := in.Run(t.Context(), PreviewOf(ingest.Source{Name: "docs", Dir: dir}, name), nil); err != nil {
		t.Error(err)
	}
}

func TestAPreviewThatIsNotThereIsAStatusNotAnEvent(t *testing.T) {
	cfg := Defaults()
	cfg.DataDir, cfg.Server.Port = t.TempDir(), 0
	ingested(t, cfg, "docs", edition(t, "first"))
	f := serve(t, cfg)
	for _, r := range []*http.Request{
		httptest.NewRequest("POST", "/api/v1/chat", strings.NewReader(`{"message":"How is the harbour run?","index":"pr-9"}`)),
		httptest.NewRequest("GET", "/api/v1/search?q=harbour&index=pr-9", nil),
	} {
		r.Host = "localhost:8000"
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		f.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `"field":"index"`) {
			t.Errorf("%s: %d %s", r.URL, w.Code, w.Body)
		}
	}
}
