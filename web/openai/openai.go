// Package openai speaks OpenAI's API at /v1, so that any of its clients can ask the
// documentation as a model: Chat Completions, Responses and the list of models.
//
// A body is read twice: as the fields that are honoured (completion.go, responses.go)
// and as all that it has, since what can't be honoured is refused by name and never
// passed over (fields.go). What it says is a conversation (conversation.go, content.go):
// the last message of the user is the question, the others its history, and what
// programs say as system or developer is docent.Ask.Program. The answer is web.Call's;
// answer.go follows it, cuts it where the client wants it to end (cut.go), and adds the
// pages that it cites (citations.go). How it is told is the endpoint's: at once, or as
// it comes (completion.go and chunks.go; responses.go, response.go and
// responseevents.go). What can be asked alone stands in models.go.
//
// A client keeps its conversation, so each question brings its history with it. It is
// stored as a session all the same: in the one that metadata.session_id or
// X-Docent-Session names, or where the conversation was answered before (recent.go), or
// else in a new one. previous_response_id goes on with the stored conversation
// (previous.go).
//
// It doubts what clients send as the API does. Errors are OpenAI's (fail.go), by a
// status before an answer begins and as its last event after.
package openai

import (
	"context"
	"net/http"

	"docent"
	"docent/access"
	"docent/web"
)

// root is above all addresses of the protocol.
const root = "/v1"

// Config is what the protocol needs of config.yaml.
type Config struct {
	MaxBodyBytes    int64  // of a request, without its files
	MaxMessageBytes int    // of a question; 0 is any
	MaxFiles        int    // of a question; 0 takes none
	MaxFileBytes    int64  // of each of them
	Fingerprint     string // names all that decides answers
}

// Ports are what the protocol reads beside the answers. All but Attachments are needed.
type Ports struct {
	Sources     Sources
	Messages    Messages
	Attachments Attachments // nil takes no files
}

// Sources tells which sources can be asked alone. web.Library implements it.
type Sources interface {
	Choose(ctx context.Context, site string, f docent.Filters) (web.Choice, error)
}

// Messages reads stored conversations, see web.Sessions.
type Messages interface {
	Message(ctx context.Context, o docent.Owner, id string) (docent.Message, error)
	Messages(ctx context.Context, o docent.Owner, sessionID string, q docent.List) (docent.Listed[docent.Message], error)
}

// Attachments takes files, see web.Attachments.
type Attachments interface {
	Attach(ctx context.Context, o docent.Owner, name string, content []byte) (docent.Attachment, error)
}

// service answers the protocol's requests.
type service struct {
	cfg    Config
	ports  Ports
	recent recent
}

// sessionHeader names the session of a conversation, in requests and answers.
const sessionHeader = "X-Docent-Session"

// headers are what OpenAI's clients send.
var headers = []string{
	sessionHeader, "OpenAI-Beta", "OpenAI-Organization", "OpenAI-Project", "User-Agent", "X-Request-Id", "X-Client-Request-Id",
	"x-stainless-arch", "x-stainless-async", "x-stainless-custom-poll-interval", "x-stainless-helper-method", "x-stainless-lang", "x-stainless-os",
	"x-stainless-package-version", "x-stainless-poll-helper", "x-stainless-raw-response", "x-stainless-read-timeout", "x-stainless-retry-count", "x-stainless-runtime",
	"x-stainless-runtime-version", "x-stainless-timeout",
}

// New makes the protocol.
func New(cfg Config, ports Ports) web.Protocol {
	s := &service{cfg: cfg, ports: ports}
	endpoint := func(method, path string, most int64, serve func(*web.Call) error) web.Endpoint {
		return web.Endpoint{Method: method, Path: root + path, Surface: access.SurfaceOpenAI, Scope: access.ScopeChat, MaxBytes: most, Serve: versioned(serve)}
	}
	return web.Protocol{
		Root: root,
		Endpoints: []web.Endpoint{
			endpoint(http.MethodGet, "/models", 0, s.models),
			endpoint(http.MethodGet, "/models/*", 0, s.model),
			endpoint(http.MethodPost, "/chat/completions", s.maxBody(), s.complete),
			endpoint(http.MethodPost, "/responses", s.maxBody(), s.respond),
		},
		Fail:    fail,
		Headers: headers,
		Exposed: []string{sessionHeader, "openai-version", "x-should-retry"},
	}
}

// maxBody is a body's size: files come in it, as text.
func (s *service) maxBody() int64 {
	if s.ports.Attachments == nil {
		return s.cfg.MaxBodyBytes
	}
	return s.cfg.MaxBodyBytes + int64(s.cfg.MaxFiles)*(s.cfg.MaxFileBytes+2)/3*4
}

// versioned has an answer say which version of the API it speaks.
func versioned(serve func(*web.Call) error) func(*web.Call) error {
	return func(c *web.Call) error {
		c.Writer.Header().Set("openai-version", "2020-10-01")
		return serve(c)
	}
}
