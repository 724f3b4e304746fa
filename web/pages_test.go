package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

func TestAPageIsReadableWithoutScriptAndEscaped(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Server.PublicURL = "https://d.example/ask" })
	r.search.page = docent.Page{Title: "A <b> page", URL: "https://d.example/ask/docs/manual/guide/a%20b", Breadcrumbs: []string{"Guide", "<i>"}}
	r.search.chunks = []docent.Chunk{
		{Section: 0, Text: "Lead.", Unit: docent.Unit{Lang: "de", Version: "2"}},
		{Section: 1, Text: "One\n<script>alert(1)</script>", Anchor: "one", Headings: []string{"One"}},
		{Section: 1, Text: "more in Two", Anchor: "one", Headings: []string{"One"}, Links: []docent.Link{{Text: "Two", URL: "https://d.example/ask/docs/manual/two.md"}}},
		{Section: 2, Text: "Two", Anchor: `"><x`, Headings: []string{"One", "Two"}},
		{Section: 3, Text: "Deep", Anchor: "deep", Headings: []string{"One", "Two", "Three", "Deep"}},
	}
	w := r.do("GET", "/ask/docs/manual/guide/a%20b?version=2&lang=de", "", "Host", "d.example")
	want := `<!doctype html>
<html lang="de">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A &lt;b&gt; page</title>
<link rel="icon" href="/ask/favicon.svg">
<link rel="stylesheet" href="/ask/page.css">
</head>
<body class="reader">
<header>
<nav aria-label="Breadcrumbs"><ol><li>manual 2</li><li>Guide</li><li>&lt;i&gt;</li></ol></nav>
<a class="ask" href="/ask/">Ask a question</a>
</header>
<main>
<h1>A &lt;b&gt; page</h1>
<section>
<div class="markdown">Lead.</div>
</section>
<section id="one">
<h2>One <a class="anchor" href="#one" aria-label="Link to this section">#</a></h2>
<div class="markdown">One
&lt;script&gt;alert(1)&lt;/script&gt;

more in [Two](/ask/docs/manual/two.md)</div>
</section>
<section id="&#34;&gt;&lt;x">
<h3>Two <a class="anchor" href="#%22%3e%3cx" aria-label="Link to this section">#</a></h3>
<div class="markdown">Two</div>
</section>
<section id="deep">
<h4>Deep <a class="anchor" href="#deep" aria-label="Link to this section">#</a></h4>
<div class="markdown">Deep</div>
</section>
</main>
<script src="/ask/reader.js" defer></script>
</body>
</html>
`
	if diff := cmp.Diff(want, w.Body.String()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(docent.Filters{Source: "manual", Version: "2", Lang: "de"}, r.search.filter); diff != "" || r.search.path != "/docs/manual/guide/a%20b" {
		t.Errorf("%s %q", diff, r.search.path)
	}
	if got := w.Header().Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'none'") || strings.Contains(got, "unsafe") {
		t.Errorf("policy: %s", got)
	}
}

func TestAPageIsFoundByItsFilesPathToo(t *testing.T) {
	r := newRig(t, nil)
	r.search.byPath = true
	r.search.page = docent.Page{Title: "A"}
	if w := r.do("GET", "/docs/manual/guide/a%20b", ""); w.Code != 200 || r.search.path != "guide/a b" {
		t.Errorf("%d %q", w.Code, r.search.path)
	}
}

func TestAPageElsewhereIsLinked(t *testing.T) {
	r := newRig(t, nil)
	r.search.page = docent.Page{Title: "A", URL: "https://docs.example.com/a"}
	if w := r.do("GET", "/docs/manual/a", ""); !strings.Contains(w.Body.String(), `<a href="https://docs.example.com/a">`) {
		t.Errorf("%s", w.Body)
	}
	r.search.err = docent.Errorf(docent.CodeNotFound, "there is no such page")
	wantProblem(t, r.do("GET", "/docs/manual/none", ""), 404, docent.CodeNotFound)
}

func TestFilesAreServedWithTheirTypeAndRevalidated(t *testing.T) {
	r := newRig(t, nil)
	for path, kind := range map[string]string{
		"/": "text/html; charset=utf-8", "/widget.js": "text/javascript; charset=utf-8", "/page.css": "text/css; charset=utf-8",
	} {
		w := r.do("GET", path, "")
		etag := w.Header().Get("ETag")
		if w.Code != 200 || w.Header().Get("Content-Type") != kind || w.Body.Len() == 0 || etag == "" || w.Header().Get("Cache-Control") == "" {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
		if w := r.do("GET", path, "", "If-None-Match", etag); w.Code != 304 || w.Body.Len() > 0 {
			t.Errorf("%s again: %d", path, w.Code)
		}
		if w := r.do("HEAD", path, ""); w.Code != 200 {
			t.Errorf("HEAD %s: %d", path, w.Code)
		}
	}
	if w := r.do("GET", "/", ""); !strings.Contains(w.Header().Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Error("the page has no policy")
	}
}

func TestTheWidgetMayBeLoadedByAnyPage(t *testing.T) {
	r := newRig(t, nil)
	w := r.do("GET", "/widget.js", "", "Origin", "https://other.example")
	if w.Code != 200 || w.Header().Get("Access-Control-Allow-Origin") != "*" || w.Header().Get("Cross-Origin-Resource-Policy") != "cross-origin" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestHealthIsExactlyThis(t *testing.T) {
	w := newRig(t, nil).do("GET", "/health", "")
	if w.Code != 200 || w.Body.String() != `{"status":"ok"}` || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}

func TestReadySaysWhyNotAndWhatToDo(t *testing.T) {
	r := newRig(t, nil)
	if w := r.do("GET", "/ready", ""); w.Code != 200 || w.Body.String() != `{"status":"ready"}` {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	r.trouble = []string{"the model is down"}
	if w := r.do("GET", "/ready", ""); w.Code != 200 || strings.TrimSpace(w.Body.String()) != `{"status":"ready","warnings":["the model is down"]}` {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	r.notReady = &docent.Error{Code: docent.CodeNoIndex, Message: "nothing was ingested yet", Hint: "run docent ingest DIR"}
	wantProblem(t, r.do("GET", "/ready", ""), 503, docent.CodeNoIndex, "nothing was ingested yet: run docent ingest DIR")
	r.notReady = errSecret
	w := r.do("GET", "/ready", "")
	wantProblem(t, w, 503, docent.CodeInternal)
	if strings.Contains(w.Body.String(), "sk-123") {
		t.Errorf("%s", w.Body)
	}
}

// TestEverythingStandsBelowThePrefixToo holds public_url's path, and that a
// proxy may as well take it off.
func TestEverythingStandsBelowThePrefixToo(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Server.PublicURL = "https://d.example/ask" })
	wholeAnswer(r.answers)
	for _, base := range []string{"", "/ask"} {
		for _, path := range []string{"/health", "/ready", "/", "/widget.js", "/api/v1/sessions", "/api/v1/search?q=x", "/docs/manual/a", "/api/v1/chat/msg_a/events"} {
			if w := r.do("GET", base+path, ""); w.Code != 200 {
				t.Errorf("GET %s: %d %s", base+path, w.Code, w.Body)
			}
		}
		if w := r.do("POST", base+"/api/v1/chat", `{"message":"a"}`); w.Code != 200 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
	if w := r.do("GET", "/ask", ""); w.Code != http.StatusPermanentRedirect || w.Header().Get("Location") != "/ask/" {
		t.Errorf("%d to %q", w.Code, w.Header().Get("Location"))
	}
	wantProblem(t, r.do("GET", "/asking", ""), 404, docent.CodeNotFound)
	wantProblem(t, r.do("GET", "/ask/api/v1/none", ""), 404, docent.CodeNotFound)
}

// navigation is what a browser that follows a link says it takes.
const navigation = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"

func TestABrowserGetsErrorsAsAPageThatLeadsOn(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Server.PublicURL = "https://d.example/ask" })
	r.search.err = docent.Errorf(docent.CodeNotFound, "there is no page %q", "<b>")
	for _, path := range []string{"/docs/manual/none", "/docs/manual/", "/docs/manual", "/docs/", "/none"} {
		w := r.do("GET", "/ask"+path, "", "Host", "d.example", "Accept", navigation)
		body := w.Body.String()
		if w.Code != 404 || w.Header().Get("Content-Type") != "text/html; charset=UTF-8" || !strings.Contains(body, "<h1>There is no such page</h1>") ||
			!strings.Contains(body, `href="/ask/"`) || strings.Contains(body, "<b>") || !strings.Contains(body, w.Header().Get("X-Request-Id")) {
			t.Errorf("%s: %d %v %s", path, w.Code, w.Header(), body)
		}
		wantProblem(t, r.do("GET", "/ask"+path, "", "Host", "d.example", "Accept", "*/*"), 404, docent.CodeNotFound)
	}
	wantProblem(t, r.do("GET", "/ask/api/v1/none", "", "Host", "d.example", "Accept", navigation), 404, docent.CodeNotFound)
	r.search.err = errSecret
	w := r.do("GET", "/ask/docs/manual/a", "", "Host", "d.example", "Accept", navigation)
	if w.Code != 500 || !strings.Contains(w.Body.String(), "Something is wrong with this server") || strings.Contains(w.Body.String(), "sk-123") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestWhoPrefersAPageGetsOne(t *testing.T) {
	for accept, want := range map[string]bool{
		navigation: true, "text/html": true, "": false, "*/*": false, "application/json": false,
		"application/json, text/html;q=0.5": false, "text/html;q=0.9, application/problem+json;q=0.8": true, ";;, text/html": true,
	} {
		q := httptest.NewRequest("GET", "/docs/", nil)
		q.Header.Set("Accept", accept)
		if wantsPage(q) != want {
			t.Errorf("%q: want %v", accept, want)
		}
	}
}

func TestASourceThatIsNotThereIsAPageThatIsNotThere(t *testing.T) {
	r := newRig(t, nil)
	r.search.err = docent.Errorf(docent.CodeInvalid, "there is no source %q: sources: manual", "none")
	wantProblem(t, r.do("GET", "/docs/none/a", ""), 404, docent.CodeNotFound, "sources: manual")
}

func TestAPageViewIsOneLineInTheLog(t *testing.T) {
	r := newRig(t, nil)
	for _, path := range []string{"/", "/page.css", "/widget.js", "/favicon.svg", "/favicon.ico"} {
		r.do("GET", path, "")
	}
	if lines := strings.Count(r.log.String(), `"level":"INFO"`); lines != 1 || strings.Contains(r.log.String(), "ERROR") {
		t.Errorf("%d lines:\n%s", lines, r.log)
	}
}
