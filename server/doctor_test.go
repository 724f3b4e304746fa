package server

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"docent"
	"docent/llm/llmtest"
	"docent/store/qdrant/qdranttest"
)

// finding gives what a check found out.
func finding(t *testing.T, all []Finding, name string) Finding {
	t.Helper()
	for _, f := range all {
		if f.Check == name {
			return f
		}
	}
	t.Fatalf("no %s among %v", name, all)
	return Finding{}
}

func TestADoctorLeavesNothingBehind(t *testing.T) {
	cfg := Defaults()
	cfg.DataDir, cfg.Server.Port = t.TempDir()+"/data", 0
	if f := finding(t, Doctor(t.Context(), cfg), "streaming"); f.State != StateOK {
		t.Errorf("%+v", f)
	}
	if _, err := os.Stat(cfg.DataDir); !os.IsNotExist(err) {
		t.Errorf("the data folder: %v", err)
	}
}

func TestARehearsalStaysOutOfTheRealStores(t *testing.T) {
	cfg := Defaults()
	cfg.DataDir, cfg.Server.Port = t.TempDir(), 0
	cfg.Qdrant.URL = qdranttest.Start(t).URL()
	if f := finding(t, Doctor(t.Context(), cfg), "streaming"); f.State != StateOK {
		t.Errorf("%+v", f)
	}
	index, err := OpenIndex(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer index.Close()
	if releases, err := index.AllReleases(t.Context(), docent.DefaultSite); len(releases) > 0 {
		t.Errorf("%v, %v", releases, err)
	}
}

func TestEveryProblemSaysWhatToDo(t *testing.T) {
	model := llmtest.For(t)
	model.Answer(func(llmtest.Request) llmtest.Reply { return llmtest.Unauthorized() })
	cfg := Defaults()
	withModel(model)(&cfg)
	cfg.Model.APIKey = "sk-planted-secret"
	cfg.DataDir, cfg.Server.Port = t.TempDir(), 0
	cfg.Server.Host, cfg.CORS.AllowedOrigins = "192.0.2.1", []string{"*"}
	problems := 0
	for _, f := range Doctor(t.Context(), cfg) {
		if f.State == StateProblem || f.State == StateWarning {
			problems++
			if f.Fix == "" || f.Detail == "" {
				t.Errorf("%+v", f)
			}
		}
		if strings.Contains(f.Detail+f.Fix, cfg.Model.APIKey) {
			t.Errorf("the key is in %+v", f)
		}
	}
	if problems < 4 { // index, key, listening, origins
		t.Errorf("only %d problems", problems)
	}
}

func TestAnotherProgramOnThePortIsNoDocent(t *testing.T) {
	answers := map[string]bool{`{"status":"ok"}`: true, `{"status":"ok","of":"another"}`: false, "<html>": false}
	for body, docents := range answers {
		other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(body)) }))
		cfg := Defaults()
		cfg.Server.Port = other.Listener.Addr().(*net.TCPAddr).Port
		if f := checkPort(t.Context(), &cfg)[0]; (f.State == StateOK) != docents {
			t.Errorf("%s: %+v", body, f)
		}
		other.Close()
		if f := checkPort(t.Context(), &cfg)[0]; f.State != StateOK || !strings.Contains(f.Detail, "free") {
			t.Errorf("closed: %+v", f)
		}
	}
}

func TestHealthIsAskedOnThisMachine(t *testing.T) {
	for host, want := range map[string]string{
		"0.0.0.0": "http://127.0.0.1:8000/health", "::": "http://[::1]:8000/health", "[::1]": "http://[::1]:8000/health",
		"localhost": "http://localhost:8000/health", "192.0.2.1": "http://192.0.2.1:8000/health", "": "http://127.0.0.1:8000/health",
	} {
		cfg := Defaults()
		cfg.Server.Host = host
		if got := cfg.healthURL(); got != want {
			t.Errorf("%q: %s, want %s", host, got, want)
		}
	}
}

func TestEmbeddingsAreTriedWithAWord(t *testing.T) {
	model := llmtest.For(t)
	cfg := Defaults()
	cfg.Embedding.Provider, cfg.Embedding.BaseURL, cfg.Embedding.Model = "openai", model.URL, "stand-in"
	cfg.Embedding.Retries = 0
	if f := checkEmbeddings(t.Context(), &cfg)[0]; f.State != StateOK || !strings.Contains(f.Detail, "stand-in at 127.0.0.1") {
		t.Errorf("%+v", f)
	}
	model.AnswerEmbeddings(func(llmtest.EmbeddingRequest) llmtest.Reply { return llmtest.Unauthorized() })
	if f := checkEmbeddings(t.Context(), &cfg)[0]; f.State != StateProblem || !strings.Contains(f.Fix, "embedding.api_key") {
		t.Errorf("%+v", f)
	}
}

func TestASummaryCountsUnitsAndNamesTheNewest(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	got := summary([]docent.Release{
		{Unit: docent.Unit{Source: "a"}, Number: 9, Pages: 2, Chunks: 5, CreatedAt: now.Add(-72 * time.Hour)},
		{Unit: docent.Unit{Source: "b"}, Number: 3, Pages: 1, Chunks: 2, CreatedAt: now.Add(-3 * time.Hour)},
	}, now)
	if want := "2 active releases with 3 pages and 7 chunks; the newest is release 3 of b, 3 hours old"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
