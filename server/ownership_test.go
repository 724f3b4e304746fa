package server

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent/access"
	"docent/ingest"
)

// The attacks of this file are told apart by their route: attacks has an entry
// for every one of web's table, and a route without one fails.

// attack is a request that tries to reach the victim's things. status is what
// it must be answered with; 404 must be the same answer as for what never was.
type attack struct {
	path    string
	body    string
	headers []string
	status  int
	ingest  bool // without the scope ingest it is 403
}

// onPush attacks a push that never was: those who may push for the victim's site
// share its pushes, so TestAPushIsItsSitesAlone attacks one that is there.
func onPush(rest, body string) func(victim) []attack {
	return func(victim) []attack {
		return []attack{{path: "/api/v1/index/pushes/push_aaaaaaaaaaaaaaaaaaaaaaaa" + rest, body: body, status: 404, ingest: true}}
	}
}

var ids = regexp.MustCompile(`(ses|msg|att)_[a-z0-9]{24}`)

// unknown is the same attack on things that never were.
func (a attack) unknown() attack {
	never := func(s string) string { return ids.ReplaceAllString(s, "${1}_aaaaaaaaaaaaaaaaaaaaaaaa") }
	a.path, a.body = never(a.path), never(a.body)
	return a
}

// each makes an attack on the finished conversation, and one on the running.
func each(of func(session, answer string) attack) func(victim) []attack {
	return func(v victim) []attack { return []attack{of(v.session, v.answer), of(v.running, v.making)} }
}

// nothingOfIts is for routes that show nothing of anyone.
func nothingOfIts(path string, status int) func(victim) []attack {
	return func(victim) []attack { return []attack{{path: path, status: status}} }
}

// attacks says of every route how the victim's things are attacked there.
var attacks = map[string]func(victim) []attack{
	"POST /api/v1/chat": func(v victim) []attack {
		var all []attack
		for _, body := range []string{
			`{` + portQuestion + `,"session_id":"` + v.session + `"}`, `{` + portQuestion + `,"session_id":"` + v.running + `"}`,
			`{"retry_of":"` + v.answer + `","stream":false}`, `{"retry_of":"` + v.making + `","stream":false}`,
			`{"retry_of":"` + v.question + `","stream":false}`,
			`{` + portQuestion + `,"attachments":["` + v.file + `"]}`, `{` + portQuestion + `,"attachments":["` + v.unused + `"]}`, `{"retry_of":"` + v.answer + `","session_id":"` + v.session + `"}`,
		} {
			all = append(all, attack{path: "/api/v1/chat", body: body, status: 404})
		}
		return append(all, // the same key, with the same question and another one, is the attacker's own
			attack{path: "/api/v1/chat", body: `{` + portQuestion + `}`, headers: []string{"Idempotency-Key", plantedKey}, status: 200},
			attack{path: "/api/v1/chat", body: `{"message":"How is the port set?","stream":false}`, headers: []string{"Idempotency-Key", plantedKey + "2"}, status: 200})
	},
	"GET /api/v1/chat/:id/events": func(v victim) []attack {
		var all []attack
		for _, id := range []string{v.answer, v.making, v.question} {
			all = append(all, attack{path: "/api/v1/chat/" + id + "/events", headers: []string{"Last-Event-ID", "1"}, status: 404},
				attack{path: "/api/v1/chat/" + id + "/events?after=0", status: 404})
		}
		return all
	},
	"POST /api/v1/chat/:id/cancel": each(func(_, answer string) attack {
		return attack{path: "/api/v1/chat/" + answer + "/cancel", status: 404}
	}),
	"POST /api/v1/messages/:id/feedback": each(func(_, answer string) attack {
		return attack{path: "/api/v1/messages/" + answer + "/feedback", body: `{"rating":"up"}`, status: 404}
	}),
	"GET /api/v1/sessions": func(victim) []attack {
		return []attack{{path: "/api/v1/sessions", status: 200}, {path: "/api/v1/sessions?order=asc&limit=100", status: 200}}
	},
	"GET /api/v1/sessions/:id": each(func(session, _ string) attack {
		return attack{path: "/api/v1/sessions/" + session, status: 404}
	}),
	"PATCH /api/v1/sessions/:id": each(func(session, _ string) attack {
		return attack{path: "/api/v1/sessions/" + session, body: `{"title":"taken"}`, status: 404}
	}),
	"DELETE /api/v1/sessions/:id": each(func(session, _ string) attack {
		return attack{path: "/api/v1/sessions/" + session, status: 404}
	}),
	"GET /api/v1/sessions/:id/messages": each(func(session, _ string) attack {
		return attack{path: "/api/v1/sessions/" + session + "/messages", status: 404}
	}),
	"GET /api/v1/sessions/:id/export": func(v victim) []attack {
		return []attack{
			{path: "/api/v1/sessions/" + v.session + "/export", status: 404},
			{path: "/api/v1/sessions/" + v.running + "/export?format=json", status: 404},
		}
	},
	"GET /api/v1/index/pushes": func(victim) []attack {
		return []attack{{path: "/api/v1/index/pushes", status: 200, ingest: true}}
	},
	"POST /api/v1/index/pushes": func(victim) []attack { // made by another version: refused before anything is looked at
		return []attack{{path: "/api/v1/index/pushes", body: `{"unit":{"site":"a","source":"manual"},"pages":[]}`, status: 409, ingest: true}}
	},
	"GET /api/v1/index/releases": func(victim) []attack {
		return []attack{{path: "/api/v1/index/releases", status: 200, ingest: true}}
	},
	"POST /api/v1/index/diff": func(victim) []attack {
		return []attack{{path: "/api/v1/index/diff", body: `{"from":"nothing@1","to":"nothing"}`, status: 404, ingest: true}}
	},
	"POST /api/v1/index/activate": func(victim) []attack {
		return []attack{{path: "/api/v1/index/activate", body: `{"source":"nothing","release":1}`, status: 404, ingest: true}}
	},
	"POST /api/v1/index/drop": func(victim) []attack {
		return []attack{
			{path: "/api/v1/index/drop", body: `{"source":"nothing"}`, status: 404, ingest: true},
			{path: "/api/v1/index/drop", body: `{"preview":"nothing"}`, status: 404, ingest: true},
		}
	},
	"POST /api/v1/index/gc": func(victim) []attack { // TestTheIndexOfASiteIsItsOwn attacks releases that are there
		return []attack{{path: "/api/v1/index/gc", body: `{"keep":-1}`, status: 422, ingest: true}}
	},
	"GET /api/v1/index/export": func(victim) []attack {
		return []attack{{path: "/api/v1/index/export?source=nothing", status: 404, ingest: true}}
	},
	"POST /api/v1/index/sources/:source/upload": func(victim) []attack { // of nothing
		return []attack{{path: "/api/v1/index/sources/manual/upload", status: 422, ingest: true}}
	},
	"GET /api/v1/index/uploads/:id": func(victim) []attack { // TestAnArchiveIsUploaded attacks one that is there
		return []attack{{path: "/api/v1/index/uploads/upl_aaaaaaaaaaaaaaaaaaaaaaaa", status: 404, ingest: true}}
	},
	"GET /api/v1/index/pushes/notes": func(victim) []attack { // TestAPushIsItsSitesAlone attacks some that are there
		return []attack{{path: "/api/v1/index/pushes/notes?source=manual", status: 404, ingest: true}}
	},
	"PUT /api/v1/index/pushes/notes": func(victim) []attack { // of no source
		return []attack{{path: "/api/v1/index/pushes/notes", body: "{}", status: 422, ingest: true}}
	},
	"GET /api/v1/index/pushes/:id":         onPush("", ""),
	"DELETE /api/v1/index/pushes/:id":      onPush("", ""),
	"PUT /api/v1/index/pushes/:id/pages":   onPush("/pages", "{}"),
	"GET /api/v1/index/pushes/:id/plan":    onPush("/plan", ""),
	"POST /api/v1/index/pushes/:id/commit": onPush("/commit", ""),

	"POST /api/v1/attachments": func(victim) []attack { // no form
		return []attack{{path: "/api/v1/attachments", body: `{}`, status: 415}}
	},
	"DELETE /api/v1/attachments/:id": func(v victim) []attack {
		return []attack{{path: "/api/v1/attachments/" + v.file, status: 404}, {path: "/api/v1/attachments/" + v.unused, status: 404}}
	},

	"POST /chatkit": onThreads,
	"POST /chatkit/attachments": func(victim) []attack { // no form
		return []attack{{path: "/chatkit/attachments", body: `{}`, status: 415}}
	},
	"POST /chatkit/attachments/:id":        onFiles("", `{}`),
	"PUT /chatkit/attachments/:id":         onFiles("", `{}`),
	"GET /chatkit/attachments/:id/preview": onFiles("/preview", ""),

	"POST /mcp":   onSession, // TestASessionIsItsCallers attacks one that is there
	"GET /mcp":    onSession,
	"DELETE /mcp": onSession,

	"POST /v1/chat/completions": onCompletions,
	"POST /v1/responses":        onResponses,
	"GET /v1/models":            nothingOfIts("/v1/models", 200),
	"GET /v1/models/*":          nothingOfIts("/v1/models/docent", 200),

	"GET /api/v1/search":   nothingOfIts("/api/v1/search?q=port", 200),
	"POST /api/v1/token":   func(victim) []attack { return nil }, // TestATokenIsRenewedForItsOwnerOnly
	"GET /docs/:source/*":  nothingOfIts("/docs/manual/port.md", 200),
	"HEAD /docs/:source/*": nothingOfIts("/docs/manual/port.md", 200),
	"GET /llms.txt":        nothingOfIts("/llms.txt", 200),
	"HEAD /llms.txt":       nothingOfIts("/llms.txt", 200),
	"GET /llms-full.txt":   nothingOfIts("/llms-full.txt", 200),
	"HEAD /llms-full.txt":  nothingOfIts("/llms-full.txt", 200),
	"GET /health":          nothingOfIts("/health", 200),
	"HEAD /health":         nothingOfIts("/health", 200),
	"GET /ready":           nothingOfIts("/ready", 200),
	"HEAD /ready":          nothingOfIts("/ready", 200),
	"GET /":                nothingOfIts("/", 200),
	"HEAD /":               nothingOfIts("/", 200),
	"GET /widget.js":       nothingOfIts("/widget.js", 200),
	"HEAD /widget.js":      nothingOfIts("/widget.js", 200),
	"GET /reader.js":       nothingOfIts("/reader.js", 200),
	"HEAD /reader.js":      nothingOfIts("/reader.js", 200),
	"GET /page.css":        nothingOfIts("/page.css", 200),
	"HEAD /page.css":       nothingOfIts("/page.css", 200),
	"GET /favicon.svg":     nothingOfIts("/favicon.svg", 200),
	"HEAD /favicon.svg":    nothingOfIts("/favicon.svg", 200),

	"GET /openapi.yaml":     nothingOfIts("/openapi.yaml", 200),
	"HEAD /openapi.yaml":    nothingOfIts("/openapi.yaml", 200),
	"GET /openapi.json":     nothingOfIts("/openapi.json", 200),
	"HEAD /openapi.json":    nothingOfIts("/openapi.json", 200),
	"GET /api":              nothingOfIts("/api", 200),
	"HEAD /api":             nothingOfIts("/api", 200),
	"GET /api.js":           nothingOfIts("/api.js", 200),
	"HEAD /api.js":          nothingOfIts("/api.js", 200),
	"GET /api.css":          nothingOfIts("/api.css", 200),
	"HEAD /api.css":         nothingOfIts("/api.css", 200),
	"GET /api.LICENSE.txt":  nothingOfIts("/api.LICENSE.txt", 200),
	"HEAD /api.LICENSE.txt": nothingOfIts("/api.LICENSE.txt", 200),
}

// twoSites serves the sites a and b, with a page each that only it has.
func twoSites(t *testing.T, options ...Option) *fixture {
	t.Helper()
	cfg := Defaults()
	cfg.DataDir = t.TempDir()
	public := []string{access.SurfaceWidget, access.SurfaceSearch, access.SurfaceChatKit, access.SurfaceOpenAI, access.SurfaceMCP}
	cfg.Sites = []access.Site{{Name: "a", Origins: []string{"https://a.example"}, Public: public}, {Name: "b", Origins: []string{"https://b.example"}, Public: public}}
	index, err := OpenIndex(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	for site, word := range map[string]string{"a": "alphaword", "b": "betaword"} {
		dir := t.TempDir()
		page := fmt.Sprintf("# Port\n\nTo change the port, set the variable `PORT` to another number. This is %s.\n", word)
		if err := os.WriteFile(filepath.Join(dir, "port.md"), []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ingest.Run(t.Context(), index, ingest.Source{Name: "manual", Dir: dir}, cfg.Ingest.Config, ingest.Options{Site: site}); err != nil {
			t.Fatal(err)
		}
	}
	if err := index.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := New(cfg, append(options, WithLogger(slog.New(slog.DiscardHandler)), WithModel(heldModel{}))...)
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		h.Close()
	})
	return &fixture{s, cfg, h.URL}
}

// visitor gets a token as a page of a site does.
func (f *fixture) visitor(t *testing.T, name, site string) caller {
	t.Helper()
	c := caller{name, site, f.url, map[string]string{"Origin": "https://" + site + ".example"}, false}
	c.headers["Authorization"] = "Bearer " + c.mint(t, site)
	return c
}

func (c caller) mint(t *testing.T, site string) string {
	t.Helper()
	r := c.do(t, "POST", "/api/v1/token", `{"site":"`+site+`"}`)
	var given struct{ Token string }
	if err := json.Unmarshal([]byte(r.body), &given); err != nil || r.status != 200 {
		t.Fatalf("a token for %s: %d %s", c.name, r.status, r.body)
	}
	return given.Token
}

// TestATokenIsRenewedForItsOwnerOnly: on its own site and page.
func TestATokenIsRenewedForItsOwnerOnly(t *testing.T) {
	f := twoSites(t)
	ada := f.visitor(t, "ada", "a")
	session, _, _ := ada.ask(t, `{`+portQuestion+`}`)
	ada.headers["Authorization"] = "Bearer " + ada.mint(t, "a")
	if r := ada.do(t, "GET", "/api/v1/sessions/"+session, ""); r.status != 200 {
		t.Errorf("renewed: %d %s", r.status, r.body)
	}
	thief := caller{"a thief", "b", f.url, map[string]string{"Origin": "https://b.example", "Authorization": ada.headers["Authorization"]}, false}
	thief.headers["Authorization"] = "Bearer " + thief.mint(t, "b")
	for _, origin := range []string{"https://b.example", "https://a.example", ""} {
		thief.headers["Origin"] = origin
		if r := thief.do(t, "GET", "/api/v1/sessions/"+session, ""); r.status < 400 {
			t.Errorf("from %q: %d %s", origin, r.status, r.body)
		}
	}
}

func TestNoRouteShowsAnothersThings(t *testing.T) {
	f := twoSites(t)
	program := caller{"a program of the same site", "a", f.url, map[string]string{
		"Authorization": "Bearer " + addKey(t, f.cfg, access.Key{Site: "a", Scopes: access.AllScopes()}),
	}, true}
	f.walk(t, f.visitor(t, "ada", "a"), f.visitor(t, "a visitor of the same site", "a"), f.visitor(t, "a visitor of another site", "b"), program)
}

// TestASubjectOfOneSiteIsAnotherInTheNext: logins may know a reader by the same
// name on every site.
func TestASubjectOfOneSiteIsAnotherInTheNext(t *testing.T) {
	f := twoSites(t, WithIdentity(func(r *http.Request) (access.Principal, error) {
		return access.Principal{Site: r.Header.Get("X-Site"), Subject: r.Header.Get("X-Subject"), Scopes: access.AllScopes()}, nil
	}))
	as := func(subject, site string) caller {
		return caller{subject + " of " + site, site, f.url, map[string]string{"X-Site": site, "X-Subject": subject}, true}
	}
	f.walk(t, as("ada", "a"), as("bob", "a"), as("ada", "b"))
}

// walk lets every attacker try every route of the table on the victim's things.
func (f *fixture) walk(t *testing.T, owner caller, attackers ...caller) {
	t.Helper()
	v := newVictim(t, owner)
	before := v.state(t)
	routes := map[string]bool{}
	for _, route := range f.handler.Routes() {
		name := route.Method + " " + route.Path
		routes[name] = true
		attack, known := attacks[name]
		if !known {
			t.Errorf("%s has no entry in attacks: say there how another's things are sought on it", name)
			continue
		}
		for _, attacker := range attackers {
			for _, a := range attack(v) {
				attacker.try(t, v, route.Method, a)
			}
		}
	}
	for name := range attacks {
		if !routes[name] {
			t.Errorf("attacks has an entry for %s, which is no route", name)
		}
	}
	if diff := cmp.Diff(before, v.state(t)); diff != "" {
		t.Errorf("an attack changed the victim's things: %s", diff)
	}
	if r := v.do(t, "POST", "/api/v1/chat/"+v.making+"/cancel", ""); r.status != 204 {
		t.Errorf("the running answer: %d %s", r.status, r.body)
	}
}

var requestIDs = regexp.MustCompile(`req_[a-z0-9]{24}`)

func (c caller) try(t *testing.T, v victim, method string, a attack) {
	t.Helper()
	what := fmt.Sprintf("%s: %s %s %s", c.name, method, a.path, a.body)
	got := c.do(t, method, a.path, a.body, a.headers...)
	if a.ingest && !c.ingest {
		a.status = 403
	}
	if got.status != a.status {
		t.Errorf("%s: %d %s", what, got.status, got.body)
	}
	for _, thing := range v.things(c) {
		if strings.Contains(got.body, thing) || strings.Contains(fmt.Sprint(got.header), thing) {
			t.Errorf("%s: %s is in %s %v", what, thing, got.body, got.header)
		}
	}
	if a.status != 404 {
		return
	}
	unknown := a.unknown()
	never := c.do(t, method, unknown.path, unknown.body, unknown.headers...)
	if diff := cmp.Diff(requestIDs.ReplaceAllString(never.body, ""), requestIDs.ReplaceAllString(got.body, "")); diff != "" || never.status != got.status {
		t.Errorf("%s: another's is told from what never was: %s", what, diff)
	}
}
