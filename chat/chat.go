// Package chat makes answers. An Ask becomes a run: the turn is stored, passages
// are retrieved, numbered and packed into a prompt, a model's text is streamed
// through the citation filter, and the answer is stored before its last event
// is shown. Without a model, or with the model down, the answer is extractive:
// composed of the passages' own sentences (chat/extract).
//
// Each sentence that is complete is held against the passages that it cites.
//
//	Start -> BeginTurn -> run (its own goroutine) -> events -> FinishTurn -> done
//	                        ^ Follow, any number of times, from any event
//
// A run belongs to the Service, not to a connection: handlers only follow it.
// It ends by itself, by Cancel, when nobody followed it for Config.Detach, or
// when Shutdown's bound has passed; in each case what was said is stored.
//
// What it doubts: the model's citation numbers (unknown ones never reach a
// client), the passages' contents (data, never instructions: see prompt.tmpl),
// and the client's staying.
package chat

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"docent"
	"docent/access"
	"docent/recent"
)

// Config is the chat section of config.yaml.
type Config struct {
	ContextTokens   int                    `yaml:"context_tokens"`
	HistoryTokens   int                    `yaml:"history_tokens"`
	MaxMessageBytes int                    `yaml:"max_message_bytes"`
	Detach          time.Duration          `yaml:"detach"`
	MaxRuns         int                    `yaml:"max_runs"`
	KeepTraces      time.Duration          `yaml:"keep_traces"` // 0: none are made
	Rewrite         string                 `yaml:"rewrite"`     // RewriteModel, RewriteWords or RewriteOff
	Translate       string                 `yaml:"translate"`   // TranslateModel or TranslateOff
	Titles          bool                   `yaml:"titles"`
	Instructions    string                 `yaml:"instructions"`
	OfSites         map[string]string      `yaml:"-"` // instructions, by site
	OfSources       map[docent.Unit]string `yaml:"-"` // likewise, by site and source
	ModeOfSites     map[string]string      `yaml:"-"` // of those with a mode of their own
	Models          []string               `yaml:"-"` // that a question may name; nil lets any through to the Model
	Bounds          docent.Bounds          `yaml:"-"` // of each question
	Answer          AnswerConfig           `yaml:"-"` // a section of its own
	Revision        string                 `yaml:"-"` // names what else decides answers, for the cache
}

// Validate checks what can't be answered with; the error is a
// *docent.SettingError.
func (c Config) Validate() error {
	valid, right := ValidInstructions(c.Instructions)
	return docent.CheckSettings(
		docent.SettingCheck{OK: c.ContextTokens >= 1000, Key: "chat.context_tokens", Right: "1000 or more"},
		docent.SettingCheck{OK: c.HistoryTokens >= 0 && c.HistoryTokens < c.ContextTokens, Key: "chat.history_tokens", Right: "0 or more, and less than chat.context_tokens"},
		docent.SettingCheck{OK: c.MaxMessageBytes > 0, Key: "chat.max_message_bytes", Right: "above 0"},
		docent.SettingCheck{OK: c.MaxRuns > 0, Key: "chat.max_runs", Right: "above 0"},
		docent.SettingCheck{OK: c.KeepTraces >= 0, Key: "chat.keep_traces", Right: "0 (none are kept) or more"},
		docent.SettingCheck{OK: slices.Contains([]string{RewriteModel, RewriteWords, RewriteOff}, c.Rewrite), Key: "chat.rewrite", Right: "model, words or off"},
		docent.SettingCheck{OK: slices.Contains([]string{TranslateModel, TranslateOff}, c.Translate), Key: "chat.translate", Right: "model or off"},
		docent.SettingCheck{OK: valid, Key: "chat.instructions", Right: right},
	)
}

// Why a run was stopped before its end: causes of its context.
var (
	errCancelled = errors.New("cancelled by the reader")
	errAbandoned = errors.New("nobody follows the answer")
	errShutdown  = errors.New("the server is stopping")
)

// storeTimeout bounds the storing of an answer, which nothing cancels.
const storeTimeout = 10 * time.Second

// Service makes answers and keeps those in the making.
type Service struct {
	cfg         Config
	store       Store
	retrieve    Retrieve
	model       Model // nil: answers are extractive
	extract     Extract
	verify      Verify               // nil: sentences are not checked
	respondent  Responder            // nil: the default answers
	tools       []docent.Tool        // that models may call
	moreTools   func() []docent.Tool // that come and go; nil without them
	clientTools []docent.Tool        // that run in readers' pages
	toolBounds  ToolBounds
	rounds      *recent.Cache[string, []round] // by the answer that ended with a call of the page
	docs        Library                        // nil: messages are taken as they are
	attachments Attachments                    // nil: questions have no files
	patience    time.Duration                  // with a model that puts a question otherwise
	log         *slog.Logger
	secrets     *secrets // what no answer repeats

	revision string // of all settings that decide answers
	flying   sync.Mutex
	flights  map[string]*flight // by what decides their answers

	mu       sync.Mutex
	runs     map[string]*run     // by the answer's message ID; only those in the making
	unstored map[string]unstored // likewise; those that ended, and the store did not take
	closing  bool
	active   sync.WaitGroup
}

// New makes a Service. A nil model means extractive answers. verify is not used
// where cfg turns checking off, and may be nil.
func New(cfg Config, store Store, retrieve Retrieve, model Model, extract Extract, verify Verify, log *slog.Logger, options ...Option) *Service {
	if cfg.Answer.Verify == VerifyOff {
		verify = nil
	}
	s := &Service{
		cfg: cfg, store: store, retrieve: retrieve, model: model, extract: extract, verify: verify, log: log,
		runs: map[string]*run{}, unstored: map[string]unstored{}, flights: map[string]*flight{},
		revision: revisionOf(cfg), secrets: cfg.secrets(), patience: restateWithin, rounds: recent.New[string, []round](maxRounds),
	}
	for _, o := range options {
		o(s)
	}
	return s
}

// Start stores the question and begins its answer, which then runs on its own.
// A repeat with the same key joins the answer; where that failed, it retries it.
// Errors: invalid or too_large for a question that does not fit, not_found for
// a session or message that is not the caller's, conflict while the session's
// last answer is in the making or it is full, rate_limited beyond Config.Bounds,
// not_ready when stopping or at max_runs.
func (s *Service) Start(ctx context.Context, p access.Principal, a docent.Ask) (docent.Started, error) {
	arrived := time.Now()
	a = asNewQuestion(a)
	if err := s.check(a); err != nil {
		return docent.Started{}, err
	}
	r := newRun(p, a, s.newTurn(a, arrived), arrived)
	if err := s.reserve(r); err != nil {
		return docent.Started{}, err
	}
	turn, joined, err := s.begin(ctx, p.Owner(), r.turn)
	switch {
	case joined && !repeats(a, turn):
		err = docent.Errorf(docent.CodeConflict, "the idempotency key was used for another question within ten minutes")
	case joined && turn.Answer.FinishReason == docent.FinishFailed && a.RetryOf == "":
		r.turn.NewSession, r.turn.Session, r.turn.RetryOf = false, turn.Session, turn.Answer.ID
		turn, joined, err = s.begin(ctx, p.Owner(), r.turn)
	}
	if err != nil || joined {
		s.release(r)
	}
	switch {
	case err != nil:
		return docent.Started{}, err
	case joined:
		return started(turn, true), nil
	}
	s.mu.Lock()
	r.turn = turn
	s.mu.Unlock()
	if s.cfg.Detach > 0 {
		r.abandonAfter(s.cfg.Detach)
	}
	go func() {
		defer s.release(r)
		s.answer(r)
	}()
	return started(turn, false), nil
}

// repeats reports whether a is the question that the turn began with.
func repeats(a docent.Ask, t docent.Turn) bool {
	if a.SessionID != "" && a.SessionID != t.Session.ID {
		return false
	}
	if a.RetryOf != "" {
		return a.RetryOf == t.RetryOf
	}
	if a.Continues != nil {
		return a.Continues.AnswerID == t.Continues
	}
	return a.Message == t.User.Text && sameFiles(t.User.Attachments, a.Attachments)
}

// check holds a question against the limits that do not need the store.
func (s *Service) check(a docent.Ask) error {
	switch {
	case a.Continues != nil && (a.Message != "" || a.RetryOf != ""):
		return docent.Errorf(docent.CodeInvalid, "an answer that goes on takes neither a message nor one to retry")
	case strings.TrimSpace(a.Message) == "" && a.RetryOf == "" && a.Continues == nil:
		return docent.Errorf(docent.CodeInvalid, "the message is empty")
	case len(a.Message) > s.cfg.MaxMessageBytes:
		return docent.Errorf(docent.CodeTooLarge, "the message has %d bytes; at most %d are taken", len(a.Message), s.cfg.MaxMessageBytes)
	case a.Model != "" && s.cfg.Models != nil && !slices.Contains(s.cfg.Models, a.Model):
		right := "can't be chosen: no model is configured"
		if len(s.cfg.Models) > 0 {
			right = "must be one of " + strings.Join(s.cfg.Models, ", ")
		}
		return &docent.Error{Code: docent.CodeInvalid, Message: "the model " + right, Fields: []docent.FieldError{{Field: "model", Message: right}}}
	case a.Continues != nil:
		return s.checkContinuation(*a.Continues)
	}
	return nil
}

// reserve counts a run in, unless the service stops or is full. It comes before
// the store knows the answer: whoever finds it there finds its run, too.
func (s *Service) reserve(r *run) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return &docent.Error{Code: docent.CodeNotReady, Message: "the server is stopping", RetryAfter: 5 * time.Second}
	}
	if len(s.runs) >= s.cfg.MaxRuns {
		return &docent.Error{Code: docent.CodeNotReady, Message: "too many answers are in the making", RetryAfter: 2 * time.Second}
	}
	s.active.Add(1)
	s.runs[r.turn.Answer.ID] = r
	return nil
}

// release counts a run out that ended or did not begin.
func (s *Service) release(r *run) {
	r.mu.Lock()
	r.end()
	r.mu.Unlock()
	r.cancel(nil)
	s.mu.Lock()
	delete(s.runs, r.turn.Answer.ID)
	s.mu.Unlock()
	s.active.Done()
}

// running gives the run of a message in the making; nil where there is none of
// this owner.
func (s *Service) running(o docent.Owner, messageID string) *run {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.runs[messageID]; r != nil && r.who.Owner() == o {
		return r
	}
	return nil
}

// Follow gives fn the events of an answer with IDs above after, each once and
// in order, those together that are there together, until the last one. It
// waits for those to come, and reads the stored ones of an answer that has
// ended. fn must not change or keep what it is given. Follow ends early with
// ctx's error, or with fn's.
func (s *Service) Follow(ctx context.Context, p access.Principal, messageID string, after int, fn func([]docent.Event) error) error {
	if r := s.running(p.Owner(), messageID); r != nil {
		return r.follow(ctx, after, s.cfg.Detach, fn)
	}
	events, err := s.ended(ctx, p.Owner(), messageID)
	if err != nil {
		return err
	}
	if events = later(events, after); len(events) == 0 {
		return nil
	}
	return fn(events)
}

// Cancel stops an answer and waits until what was said is stored. A finished
// answer stays as it is. Conflict where another process is making it.
func (s *Service) Cancel(ctx context.Context, p access.Principal, messageID string) error {
	r := s.running(p.Owner(), messageID)
	if r == nil {
		return s.notHere(ctx, p.Owner(), messageID)
	}
	r.cancel(errCancelled)
	select {
	case <-r.ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// CancelSession stops the answers of a session and waits until what was said is
// stored: what has to come before a session is deleted.
func (s *Service) CancelSession(ctx context.Context, p access.Principal, sessionID string) error {
	s.mu.Lock()
	var messages []string
	for id, r := range s.runs {
		if r.turn.Session.ID == sessionID && r.who.Owner() == p.Owner() {
			messages = append(messages, id)
		}
	}
	s.mu.Unlock()
	for _, id := range messages {
		if err := s.Cancel(ctx, p, id); err != nil {
			return err
		}
	}
	return nil
}

// Shutdown takes no further questions and waits for the answers in the making.
// When ctx ends first, it stops them: each is stored as far as it was said, and
// its followers get an error event. It returns when all have ended.
func (s *Service) Shutdown(ctx context.Context) {
	defer s.settleAll()
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		s.active.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return
	case <-ctx.Done():
	}
	s.mu.Lock()
	for _, r := range s.runs {
		r.cancel(errShutdown)
	}
	s.mu.Unlock()
	<-ended // storing has a bound of its own
}

func started(t docent.Turn, joined bool) docent.Started {
	return docent.Started{SessionID: t.Session.ID, UserMessageID: t.User.ID, MessageID: t.Answer.ID, Joined: joined, Questions: t.Questions}
}

// newTurn makes the turn that a question begins; the store fills in what it
// knows better (the session, the message to retry).
func (s *Service) newTurn(a docent.Ask, now time.Time) docent.Turn {
	now = now.UTC()
	t := docent.Turn{
		Session:        docent.Session{ID: a.SessionID, UpdatedAt: now},
		RetryOf:        a.RetryOf,
		Rewind:         a.Rewind,
		Attachments:    a.Attachments,
		IdempotencyKey: a.IdempotencyKey,
		Bounds:         s.cfg.Bounds,
	}
	if a.Continues != nil {
		t.Continues, t.Output = a.Continues.AnswerID, a.Continues.Output
	}
	if a.SessionID == "" && a.RetryOf == "" && a.Continues == nil {
		t.NewSession = true
		t.Session = docent.Session{ID: access.NewID("ses_"), Title: title(a.Message), CreatedAt: now, UpdatedAt: now, Status: "active"}
	}
	t.User = docent.Message{ID: access.NewID("msg_"), SessionID: t.Session.ID, Role: docent.RoleUser, Text: a.Message, CreatedAt: now}
	t.Answer = docent.Message{ID: access.NewID("msg_"), SessionID: t.Session.ID, Role: docent.RoleAssistant, CreatedAt: now}
	return t
}
