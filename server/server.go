// Package server joins Docent's parts into one: the stores, retrieval, chat and
// HTTP. The command serves it; any other Go program mounts it:
//
//	cfg := server.Defaults()
//	cfg.Server.PublicURL = "https://docs.example.com/ask"
//	srv, err := server.New(cfg)
//	mux.Handle("/ask/", srv.Handler()) // the prefix is PublicURL's path
//
// New opens what is needed, Handler gives the routes, Run listens until its
// context ends and drains the answers in the making, Close lets go of files.
// There is no logic here beyond the joining: which part gets which section of
// the configuration, and in which order they start and stop.
package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"docent"
	"docent/access"
	"docent/chat"
	"docent/chat/extract"
	"docent/chat/hook"
	"docent/chat/verify"
	"docent/embedding"
	"docent/ingest/push"
	"docent/llm"
	"docent/retrieval"
	"docent/store/sqlite"
	"docent/tools/docs"
	"docent/web"
	"docent/web/chatkit"
	"docent/web/mcp"
	"docent/web/widget"
)

// Server is Docent, joined.
type Server struct {
	cfg           Config
	log           *slog.Logger
	model         chat.Model
	search        search
	file          *fileIndex // nil: the index is the one that was ingested here
	changing      sync.Mutex // held while the index that search uses is changed
	conversations *sqlite.Conversations
	gate          *access.Gate
	journal       *access.Journal
	pushes        *push.Receiver
	uploads       *uploads
	identify      web.Identify // nil: as the gate says
	answers       *chat.Service
	handler       *web.Handler
	given         []docent.Tool // by WithTool
	wraps         []chat.Option // by WithResponder
	act           hook.Act      // by WithAction
	tools         *toolbox
	mcp           *mcp.Service
	clientTools   []docent.Tool
	files         chatkit.Attachments // nil: none are taken
	pdfReader     []string            // by WithPDFReader
	free          func(path string) (bytes uint64, known bool)
}

// Option changes how the parts are joined.
type Option func(*Server)

// WithLogger sets where the server logs; without it slog.Default().
func WithLogger(log *slog.Logger) Option { return func(s *Server) { s.log = log } }

// WithModel lets m write the answers, whatever the configuration says.
func WithModel(m chat.Model) Option { return func(s *Server) { s.model = m } }

// WithResponder lets Go code answer: wrap is given what answers without it (the
// documentation, or hooks.respond) and gives what answers with it, see
// chat.Responder. Given again, the last one is outermost.
func WithResponder(wrap func(next chat.Responder) chat.Responder) Option {
	return func(s *Server) { s.wraps = append(s.wraps, chat.WithResponder(wrap)) }
}

// New opens the stores and joins the parts. A missing index is no error: the
// server starts, says so in /ready, and takes the index up when it is there.
func New(cfg Config, options ...Option) (*Server, error) {
	s := &Server{cfg: cfg, log: slog.Default(), free: freeSpace}
	for _, o := range options {
		o(s)
	}
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if err := s.open(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) open() error {
	ctx := context.Background()
	cfg := s.cfg
	if s.file = newFileIndex(cfg); s.file != nil {
		cfg = cfg.unpacked(s.file.folder())
	}
	first, err := openServing(ctx, cfg)
	if err != nil {
		return err
	}
	_ = s.search.replace(first) // nothing was there before
	path, err := s.cfg.databasePath()
	if err != nil {
		return err
	}
	if s.conversations, err = sqlite.OpenConversations(path); err != nil {
		return err
	}
	if err := s.openGate(ctx); err != nil {
		return err
	}
	if s.tools, err = openTools(ctx, s.cfg.Tools, append(docs.Tools(&s.search, s.cfg.Tools.Docs), s.given...), s.log); err != nil {
		return err
	}
	if s.clientTools, err = s.openClientTools(); err != nil {
		return err
	}
	if s.model == nil && s.cfg.Model.Enabled() {
		client, err := llm.New(s.cfg.Model)
		if err != nil {
			return err
		}
		s.model = client
		s.cfg.Chat.Models = client.Models()
	}
	if s.model == nil {
		s.cfg.Chat.Models = []string{}
	}
	s.cfg.Chat.Bounds = s.cfg.bounds()
	s.journal = access.NewJournal(s.conversations, s.log)
	s.cfg.Chat.Answer = s.cfg.Answer
	s.cfg.Chat.ModeOfSites = s.cfg.modes()
	if s.cfg.Chat.Revision, err = s.cfg.revision(s.model); err != nil {
		return err
	}
	s.cfg.Chat.OfSites, s.cfg.Chat.OfSources = s.cfg.prompts()
	s.answers = chat.New(s.cfg.Chat, s.conversations, s.search.Search, s.model, extract.Answer, verify.New(embedding.Builtin()).Open, s.log, s.chatOptions()...)
	if s.pushes, err = s.openPushes(); err != nil {
		return err
	}
	s.uploads = s.openUploads()
	s.files = s.openAttachments()
	protocols, err := s.openProtocols()
	if err != nil {
		return err
	}
	s.handler, err = web.New(s.cfg.web(), web.Ports{
		Answers: s.answers, Sessions: s.conversations, Search: &s.search, Library: &s.search, Attachments: s.files, Pushes: s.pushes, Uploads: s.uploads, Releases: releaseDesk{&s.search}, Ready: s.Ready, Trouble: s.trouble, Assets: widget.FS,
		Gate: s.gate, Identify: s.identify, Journal: s.journal, Protocols: protocols,
	}, s.log)
	return err
}

// chatOptions are what answers have beside the documentation: who responds, from
// the innermost to hooks.before, which sees each question first.
func (s *Server) chatOptions() []chat.Option {
	options := []chat.Option{chat.WithLibrary(&s.search), chat.WithAttachments(s.conversations), chat.WithTools(s.tools.all, s.cfg.toolBounds()), chat.WithMoreTools(s.mcpTools), chat.WithClientTools(s.clientTools)}
	if s.cfg.Hooks.Respond.URL != "" {
		options = append(options, chat.WithResponder(hook.Respond(s.cfg.Hooks.Respond, s.log)))
	}
	options = append(options, s.wraps...)
	if s.cfg.Hooks.Before.URL != "" {
		options = append(options, chat.WithResponder(hook.Before(s.cfg.Hooks.Before, s.log)))
	}
	return options
}

// OpenSearch opens the index and makes the search alone, for programs that need
// no answers. Where the index comes as a file, it looks for a newer one first. The
// caller closes the index.
func OpenSearch(ctx context.Context, cfg Config) (*retrieval.Searcher, Index, error) {
	if file := newFileIndex(cfg); file != nil {
		folder, err := file.refresh(ctx, cfg)
		if err != nil && file.kept.Folder == "" {
			return nil, Index{}, err
		}
		cfg = cfg.unpacked(folder)
	}
	s, err := openServing(ctx, cfg)
	if err != nil {
		return nil, Index{}, err
	}
	return s.Searcher, s.index, nil
}

// Ready says nil when questions of a site can be answered, and otherwise why not
// and what to do.
func (s *Server) Ready(ctx context.Context) error {
	if err := s.room(); err != nil {
		return err
	}
	if !s.cfg.needsIndex() {
		return s.canChat()
	}
	err := s.search.ready(ctx)
	if err != nil && s.file != nil {
		return s.file.why(err)
	}
	return err
}

// canChat says why a server without documentation can't answer; nil if it can.
func (s *Server) canChat() error {
	if s.model != nil || len(s.wraps) > 0 || s.cfg.Hooks.Respond.URL != "" {
		return nil
	}
	return &docent.Error{
		Code: docent.CodeNotReady, Message: "answers are to come from a model (answer.mode is chat), and none is configured",
		Hint: "set OPENAI_API_KEY, or model.base_url",
	}
}

// trouble says which models did not answer when they were last asked, and which MCP
// servers are not connected, and why:
// questions are answered all the same.
func (s *Server) trouble() []string {
	var all []string
	if s.tools.mcp != nil {
		all = s.tools.mcp.Trouble()
	}
	if m, is := s.model.(interface{ Trouble() []string }); is {
		all = append(all, m.Trouble()...)
	}
	return all
}

// Handler gives all routes, for mounting in another program. The caller then
// ends with Shutdown and Close.
func (s *Server) Handler() http.Handler { return s.handler }

// Answers makes answers.
func (s *Server) Answers() *chat.Service { return s.answers }

// Search finds sections.
func (s *Server) Search() web.Search { return &s.search }

// Run listens on the configured address, calls started with the address to
// open, and serves until ctx ends; then it drains the answers in the making
// within server.shutdown_timeout. Meanwhile it follows the index, see follow, and
// the file that it comes as.
func (s *Server) Run(ctx context.Context, started func(url string)) error {
	if err := s.cfg.CanListen(ctx); s.identify == nil && err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.cfg.address())
	if err != nil {
		return &docent.Error{
			Code: docent.CodeInternal, Message: "can't listen on " + s.cfg.address(),
			Hint: "another program may have the port: choose one with --port", Err: err,
		}
	}
	if err := s.firstFile(ctx); err != nil {
		return errors.Join(err, listener.Close())
	}
	if err := s.Ready(ctx); err != nil {
		s.log.Warn("no question can be answered yet", "reason", err)
	}
	following, stop := context.WithCancel(ctx)
	var follower sync.WaitGroup
	follower.Go(func() { s.follow(following) })
	if s.file != nil {
		follower.Go(func() { s.followFile(following) })
	}
	defer follower.Wait()
	defer stop()
	started(s.visibleURL(listener.Addr()))
	return web.Serve(ctx, listener, s.handler, s.cfg.Server, s.Shutdown, s.log)
}

// visibleURL is the address for people.
func (s *Server) visibleURL(a net.Addr) string {
	if s.cfg.Server.PublicURL != "" {
		return s.cfg.Server.PublicURL
	}
	host := s.cfg.Server.Host
	if s.cfg.onLoopback() {
		host = "localhost"
	}
	port := s.cfg.Server.Port
	if tcp, is := a.(*net.TCPAddr); is {
		port = tcp.Port
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(port))
}

// Shutdown takes no further questions and ends the answers in the making, see
// chat.Service, and then the sessions of MCP. Run does it by itself.
func (s *Server) Shutdown(ctx context.Context) {
	s.answers.Shutdown(ctx)
	s.mcp.Close()
}

// Close stops answers that are still in the making and closes the stores.
func (s *Server) Close() error {
	var errs []error
	if s.answers != nil {
		ended, cancel := context.WithCancel(context.Background())
		cancel()
		s.answers.Shutdown(ended)
	}
	if s.mcp != nil {
		s.mcp.Close()
	}
	if s.pushes != nil {
		s.pushes.Close()
	}
	if s.uploads != nil {
		s.uploads.close()
	}
	if s.gate != nil {
		errs = append(errs, s.gate.Close())
	}
	s.journal.Close()
	if s.tools != nil {
		errs = append(errs, s.tools.Close())
	}
	if s.conversations != nil {
		errs = append(errs, s.conversations.Close())
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	return errors.Join(append(errs, s.search.close())...)
}

// Level is log_level in slog's terms.
func (c *Config) Level() slog.Level {
	switch strings.ToLower(c.LogLevel) {
	case "debug":
		return slog.LevelDebug
	case "warn", "warning":
		return slog.LevelWarn
	case "error", "critical":
		return slog.LevelError
	}
	return slog.LevelInfo
}
