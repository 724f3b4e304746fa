package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"docent/access"
	"docent/ingest"
	"docent/llm"
	"docent/store/qdrant"
	"docent/web"
)

// checkRehearsal serves the configuration on a scratch folder and a free port
// of this machine, without a model, and asks it what clients ask: so it is the
// real routes that are found to stream, to guard origins and to tell errors.
func checkRehearsal(ctx context.Context, c *Config) []Finding {
	streaming, cors, problems := check("streaming"), check("cors"), check("errors")
	r, err := rehearse(ctx, *c)
	if err != nil {
		const why = "the server could not be tried"
		return []Finding{streaming.skipped("", "%s: %v", why, err), cors.skipped("", why), problems.skipped("", why)}
	}
	findings := []Finding{r.streams(ctx, streaming), r.guards(ctx, cors, c.CORS.AllowedOrigins), r.tellsErrors(ctx, problems)}
	if err := r.end(); err != nil {
		findings = append(findings, check("shutdown").failed(err, ""))
	}
	return findings
}

// rehearsal is a server that was started to be tried.
type rehearsal struct {
	url  string
	stop context.CancelFunc
	done chan error
	srv  *Server
	dir  string
}

const rehearsalPage = "# Rehearsal\n\n## The word\n\nThe word of the rehearsal is heron.\n"

func rehearse(ctx context.Context, cfg Config) (*rehearsal, error) {
	dir, err := os.MkdirTemp(cfg.DataDir, "doctor-*")
	if err != nil {
		return nil, err
	}
	cfg.DataDir, cfg.DatabaseURL, cfg.Qdrant, cfg.Index.From = dir, "", qdrant.Config{}, "" // nothing of it may reach the real stores
	cfg.Model, cfg.Embedding = llm.Config{}, llm.EmbeddingConfig{}
	cfg.Server.Host, cfg.Server.Port, cfg.Limits = "127.0.0.1", 0, noLimits
	r := &rehearsal{dir: dir, done: make(chan error, 1)}
	if err = r.ingest(ctx, cfg); err == nil {
		err = r.start(ctx, cfg)
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return r, nil
}

func (r *rehearsal) start(ctx context.Context, cfg Config) error {
	log := slog.New(slog.DiscardHandler)
	srv, err := New(cfg, WithLogger(log), WithIdentity(func(*http.Request) (access.Principal, error) { return access.Local(), nil }))
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", cfg.address())
	if err != nil {
		return errors.Join(err, srv.Close())
	}
	r.srv, r.url = srv, "http://"+listener.Addr().String()
	ctx, r.stop = context.WithCancel(ctx)
	go func() { r.done <- web.Serve(ctx, listener, srv.handler, cfg.Server, srv.answers.Shutdown, log) }()
	return nil
}

func (r *rehearsal) ingest(ctx context.Context, cfg Config) error {
	docs := filepath.Join(r.dir, "docs")
	if err := errors.Join(os.Mkdir(docs, 0o700), os.WriteFile(filepath.Join(docs, "index.md"), []byte(rehearsalPage), 0o600)); err != nil {
		return err
	}
	in, err := OpenIngester(ctx, cfg)
	if err != nil {
		return err
	}
	_, err = in.Run(ctx, ingest.Source{Name: "rehearsal", Dir: docs}, nil)
	return errors.Join(err, in.Close())
}

// end stops the server and takes its folder away.
func (r *rehearsal) end() error {
	r.stop()
	return errors.Join(<-r.done, r.srv.Close(), os.RemoveAll(r.dir))
}

// answer is a response, read to its end.
type answer struct {
	status int
	header http.Header
	body   string
}

func (r *rehearsal) ask(ctx context.Context, method, body string, header map[string]string) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, r.url+"/api/v1/chat", strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	for name, value := range header {
		request.Header.Set(name, value)
	}
	direct := &http.Transport{}
	defer direct.CloseIdleConnections()
	response, err := direct.RoundTrip(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(text)}, err
}

// streams asks a question: the answer must be a stream that no proxy may hold
// back, from its first event to its last.
func (r *rehearsal) streams(ctx context.Context, streaming check) Finding {
	a, err := r.ask(ctx, http.MethodPost, `{"message": "What is the word of the rehearsal?"}`, nil)
	switch {
	case err != nil:
		return streaming.failed(err, "")
	case a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "text/event-stream"):
		return streaming.problem("", "a question was answered with status %d and %s", a.status, a.header.Get("Content-Type"))
	case a.header.Get("X-Accel-Buffering") != "no" || !strings.Contains(a.body, "event: session") || !strings.Contains(a.body, "event: done"):
		return streaming.problem("", "the stream of an answer lacks its header, its first or its last event")
	}
	return streaming.ok("answers come as text/event-stream, from session to done")
}

// guards sends preflights: of each allowed origin, and of one that is not.
func (r *rehearsal) guards(ctx context.Context, cors check, allowed []string) Finding {
	const stranger = "https://stranger.invalid"
	wanted := map[string]string{stranger: ""}
	for _, origin := range allowed {
		if origin == "*" {
			wanted[stranger] = "*"
		} else {
			wanted[origin] = origin
		}
	}
	for origin, want := range wanted {
		a, err := r.ask(ctx, http.MethodOptions, "", map[string]string{"Origin": origin, "Access-Control-Request-Method": http.MethodPost})
		if err != nil {
			return cors.failed(err, "")
		}
		if granted := a.header.Get("Access-Control-Allow-Origin"); granted != want {
			return cors.problem("write it as browsers do: scheme, host in lower case, port unless it is the usual one",
				"the preflight of %s was answered with status %d and %q", origin, a.status, granted)
		}
	}
	return cors.ok("preflights of what is allowed pass (%d), others are refused", len(allowed))
}

// tellsErrors sends what is no JSON: the answer must be a problem document that
// says so, and nothing of the machine.
func (r *rehearsal) tellsErrors(ctx context.Context, problems check) Finding {
	a, err := r.ask(ctx, http.MethodPost, "{", nil)
	switch {
	case err != nil:
		return problems.failed(err, "")
	case a.status != http.StatusBadRequest || !strings.HasPrefix(a.header.Get("Content-Type"), "application/problem+json"):
		return problems.problem("", "a broken request was answered with status %d and %s", a.status, a.header.Get("Content-Type"))
	case !strings.Contains(a.body, `"code":"malformed"`), strings.Contains(a.body, r.dir):
		return problems.problem("", "a broken request was answered without its code, or with a path of this machine")
	}
	return problems.ok("a broken request is answered with status 400, a code and a sentence")
}
