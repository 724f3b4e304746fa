package push

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"docent"
)

// scripted answers each request with the next handler; those that are left over
// fail the test. Its client notes how long it would have waited.
func scripted(t *testing.T, answers ...http.HandlerFunc) (*Client, *[]time.Duration) {
	t.Helper()
	next := 0
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if next >= len(answers) {
			t.Errorf("one request too many: %s %s", r.Method, r.URL)
			return
		}
		next++
		answers[next-1](w, r)
	}))
	t.Cleanup(func() {
		h.Close()
		if next != len(answers) {
			t.Errorf("%d of %d requests came", next, len(answers))
		}
	})
	c, err := NewClient(h.URL, "dk_secret")
	if err != nil {
		t.Fatal(err)
	}
	waits := &[]time.Duration{}
	c.wait = func(_ context.Context, d time.Duration) error {
		*waits = append(*waits, d)
		return nil
	}
	return c, waits
}

// says answers with a status, headers in pairs, and a body.
func says(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

const terms = `{"site":"default"}`

func TestWhatMaySucceedLaterIsTriedAgain(t *testing.T) {
	c, waits := scripted(t,
		says(503, `{"code":"not_ready","detail":"starting"}`),
		says(502, "<html>bad gateway</html>"),
		says(200, terms),
		says(429, `{"code":"rate_limited","detail":"too many"}`, "Retry-After", "20"),
		says(200, terms),
	)
	for range 2 {
		if got, err := c.Terms(t.Context(), ""); err != nil || got.Site != docent.DefaultSite {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if want := []time.Duration{time.Second, 2 * time.Second, 20 * time.Second}; !slices.Equal(*waits, want) {
		t.Errorf("waited %v, want %v", *waits, want)
	}
}

func TestAServerThatNeverAnsweredIsGivenUpSoon(t *testing.T) {
	c, waits := scripted(t)
	c.root = "http://127.0.0.1:1" + apiPath
	_, err := c.Terms(t.Context(), "")
	if docent.CodeOf(err) != docent.CodeNotReady || !strings.Contains(err.Error(), "http://127.0.0.1:1 can't be reached") || len(*waits) != firstTries-1 {
		t.Errorf("%v after %v", err, *waits)
	}
}

func TestWhatNoServerOfOursSaysIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		says   string
	}{
		"a redirect":               {says(301, "", "Location", "https://elsewhere.example/"), "leads elsewhere"},
		"a page":                   {says(200, "<html>hello</html>"), "is not a docent server"},
		"an address that is wrong": {says(404, "nothing here"), "answered 404 Not Found"},
		"a key that may not":       {says(403, `{"code":"forbidden","detail":"the key lacks the scope ingest"}`), "lacks the scope"},
	} {
		client, waits := scripted(t, c.answer)
		_, err := client.Terms(t.Context(), "")
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "dk_secret") || len(*waits) > 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAKeyIsNotSentInTheClear(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://docs-bot.example.com": true, "https://docs-bot.example.com/ask/": true, "http://localhost:8000": true, "http://[::1]:8000": true,
		"http://docs-bot.example.com": false, "http://10.0.0.1": false, "docs-bot.example.com": false, "https://": false, "ftp://x": false,
		"https://me:dk_x@docs-bot.example.com": false, "https://docs-bot.example.com/?x": false,
	} {
		_, err := NewClient(address, "dk_secret")
		if ok != (err == nil) || err != nil && (docent.CodeOf(err) != docent.CodeInvalid || strings.Contains(err.Error(), "dk_")) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := NewClient("http://docs-bot.example.com", ""); err != nil {
		t.Errorf("without a key: %v", err)
	}
}
