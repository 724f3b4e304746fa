package server

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"docent"
	"docent/access"
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

func TestADoctorTellsWhoMayAsk(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*testing.T, *Config)
		check  string
		state  State
		words  string
	}{
		"alone":         {func(*testing.T, *Config) {}, "identity", StateOK, "the one person at this machine"},
		"alone, public": {func(_ *testing.T, c *Config) { c.Server.PublicURL = "https://ask.example.com" }, "listening", StateProblem, "refuses to start"},
		"open":          {func(_ *testing.T, c *Config) { c.Auth.OpenToEveryone = true }, "identity", StateWarning, "without a limit"},
		"open, limited": {func(_ *testing.T, c *Config) { c.Auth.OpenToEveryone, c.Server.Host = true, "192.0.2.1" }, "identity", StateOK, "each visitor"},
		"a site": {func(_ *testing.T, c *Config) { c.CORS.AllowedOrigins = []string{"https://docs.example.com"} },
			"identity", StateOK, "site default: widget, search without login; API keys"},
		"a site beyond loopback": {func(_ *testing.T, c *Config) {
			c.Sites, c.Server.Host = []access.Site{{Name: "docs", Origins: []string{"https://docs.example.com"}}}, "0.0.0.0"
		}, "listening", StateOK, "others can reach"},
		"all origins":    {func(_ *testing.T, c *Config) { c.CORS.AllowedOrigins = []string{"*"} }, "origins", StateWarning, "at your cost"},
		"plain http":     {func(_ *testing.T, c *Config) { c.CORS.AllowedOrigins = []string{"http://docs.example.com"} }, "origins", StateWarning, "not https"},
		"no keys":        {func(*testing.T, *Config) {}, "keys", StateSkipped, "no API keys"},
		"an expired key": {func(t *testing.T, c *Config) { addKey(t, *c, access.Key{ExpiresAt: time.Now().Add(-time.Hour)}) }, "keys", StateWarning, "0 in use, 1 expired"},
		"a key":          {func(t *testing.T, c *Config) { addKey(t, *c, access.Key{}) }, "keys", StateOK, "1 in use, 1 of them without an end"},
		"a key beyond loopback": {func(t *testing.T, c *Config) {
			addKey(t, *c, access.Key{})
			c.Server.Host = "0.0.0.0"
		}, "listening", StateOK, "others can reach"},
		"no secret":  {func(*testing.T, *Config) {}, "secret", StateOK, "the first start makes one"},
		"the secret": {func(t *testing.T, c *Config) { writeSecret(t, c, 0o600) }, "secret", StateOK, "only its owner"},
	} {
		cfg := Defaults()
		cfg.DataDir = t.TempDir()
		c.change(t, &cfg)
		var all []Finding
		for _, check := range []func(context.Context, *Config) []Finding{checkListening, checkIdentity, checkKeys, checkSecret, checkOrigins} {
			all = append(all, check(t.Context(), &cfg)...)
		}
		if f := finding(t, all, c.check); f.State != c.state || !strings.Contains(f.Detail, c.words) {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestASecretThatOthersCanReadIsAWarning(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: files have no such modes here")
	}
	cfg := Defaults()
	cfg.DataDir = t.TempDir()
	writeSecret(t, &cfg, 0o644)
	if f := checkSecret(t.Context(), &cfg)[0]; f.State != StateWarning || !strings.Contains(f.Fix, "chmod 600") {
		t.Errorf("%+v", f)
	}
}

func writeSecret(t *testing.T, c *Config, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(c.secretPath(), []byte(strings.Repeat("s", 32)), mode); err != nil {
		t.Fatal(err)
	}
}

// addKey keeps an API key and gives its text.
func addKey(t *testing.T, c Config, k access.Key) string {
	t.Helper()
	keys, err := OpenKeys(c)
	if err != nil {
		t.Fatal(err)
	}
	k.ID, k.CreatedAt = access.NewKeyID(), time.Now()
	text, digest := access.NewKeySecret(k.ID)
	k.Digest, k.Site = digest, cmp.Or(k.Site, docent.DefaultSite)
	if err := errors.Join(keys.CreateKey(t.Context(), k), keys.Close()); err != nil {
		t.Fatal(err)
	}
	return text
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
