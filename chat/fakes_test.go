package chat

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"

	"docent"
	"docent/access"
)

// memory is a Store that keeps one process's turns, without their ownership
// rules beyond the owner check.
type memory struct {
	mu       sync.Mutex
	owners   map[string]docent.Owner // by session
	messages []docent.Message
	events   map[string][]docent.Event
	keys     map[string]docent.Turn
	titles   map[string]string // improved ones, by session
	fail     error             // of FinishTurn, see failing
}

// failing makes FinishTurn give the error; nil makes it work.
func (m *memory) failing(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = err
}

func newMemory() *memory {
	return &memory{owners: map[string]docent.Owner{}, events: map[string][]docent.Event{}, keys: map[string]docent.Turn{}, titles: map[string]string{}}
}

func (m *memory) BeginTurn(_ context.Context, o docent.Owner, t docent.Turn) (docent.Turn, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if known, has := m.keys[t.IdempotencyKey]; has && t.IdempotencyKey != "" {
		i := slices.IndexFunc(m.messages, func(msg docent.Message) bool { return msg.ID == known.Answer.ID })
		known.Answer = m.messages[i]
		if known.Answer.FinishReason != docent.FinishFailed || t.RetryOf != known.Answer.ID {
			return known, true, nil
		}
		t.User, t.Session, t.Answer.SessionID = known.User, known.Session, known.Session.ID
	}
	if t.Continues != "" {
		if err := m.goOn(&t); err != nil {
			return docent.Turn{}, false, err
		}
	}
	if t.NewSession {
		m.owners[t.Session.ID] = o
	}
	if m.owners[t.Session.ID] != o {
		return docent.Turn{}, false, docent.Errorf(docent.CodeNotFound, "no such session")
	}
	if slices.ContainsFunc(m.messages, func(msg docent.Message) bool {
		return msg.SessionID == t.Session.ID && msg.Role == docent.RoleAssistant && msg.FinishReason == ""
	}) {
		return docent.Turn{}, false, docent.Errorf(docent.CodeConflict, "this session has an answer in the making")
	}
	m.keys[t.IdempotencyKey] = t
	if t.Continues == "" {
		m.messages = append(m.messages, t.User)
	}
	m.messages = append(m.messages, t.Answer)
	return t, false, nil
}

// goOn finds what a turn continues, and completes its call; with mu.
func (m *memory) goOn(t *docent.Turn) error {
	at := slices.IndexFunc(m.messages, func(msg docent.Message) bool { return msg.ID == t.Continues })
	if at < 0 {
		return docent.Errorf(docent.CodeNotFound, "no such message")
	}
	if c := m.messages[at].ClientCall; c != nil && t.Output != nil {
		done := *c
		done.Status, done.Output = docent.CallCompleted, t.Output
		m.messages[at].ClientCall = &done
	}
	for _, msg := range m.messages[:at] {
		if msg.Role == docent.RoleUser {
			t.User = msg
		}
	}
	t.Session.ID, t.Answer.SessionID = t.User.SessionID, t.User.SessionID
	return nil
}

func (m *memory) FinishTurn(_ context.Context, _ docent.Owner, answer docent.Message, events []docent.Event) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	m.events[answer.ID] = events
	for i := range m.messages {
		if m.messages[i].ID == answer.ID {
			m.messages[i] = answer
		}
	}
	return nil
}

func (m *memory) History(_ context.Context, _ docent.Owner, sessionID, before string, limit int) ([]docent.Message, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []docent.Message
	for _, msg := range m.messages {
		if msg.ID == before {
			break
		}
		if msg.SessionID == sessionID {
			found = append(found, msg)
		}
	}
	return found[max(0, len(found)-limit):], nil
}

func (m *memory) Message(_ context.Context, o docent.Owner, id string) (docent.Message, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.messages, func(msg docent.Message) bool { return msg.ID == id && m.owners[msg.SessionID] == o })
	if i < 0 {
		return docent.Message{}, docent.Errorf(docent.CodeNotFound, "no such message")
	}
	return m.messages[i], nil
}

// message gives a message as it was stored, with what readers do not get back.
func (m *memory) message(id string) docent.Message {
	found, _ := m.Message(context.Background(), reader.Owner(), id)
	return found
}

func (m *memory) Events(ctx context.Context, o docent.Owner, id string) ([]docent.Event, error) {
	if _, err := m.Message(ctx, o, id); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.events[id], nil
}

// Cached gives what was kept last under a key, whenever it ends.
func (m *memory) Cached(_ context.Context, site, key string) (string, []docent.Event, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, msg := range slices.Backward(m.messages) {
		if msg.Cache != nil && msg.Cache.Key == key && !msg.Cache.Until.IsZero() && m.owners[msg.SessionID].Site == site {
			return msg.ID, m.events[msg.ID], nil
		}
	}
	return "", nil, docent.Errorf(docent.CodeNotFound, "nothing is kept")
}

func (m *memory) AddUsage(_ context.Context, o docent.Owner, messageID string, u docent.Usage) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.messages, func(msg docent.Message) bool { return msg.ID == messageID && m.owners[msg.SessionID] == o })
	if i < 0 {
		return docent.Errorf(docent.CodeNotFound, "no such message")
	}
	m.messages[i].Usage = sum(m.messages[i].Usage, u)
	return nil
}

func (m *memory) ImproveTitle(_ context.Context, o docent.Owner, sessionID, title string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.owners[sessionID] != o {
		return docent.Errorf(docent.CodeNotFound, "no such session")
	}
	m.titles[sessionID] = title
	return nil
}

// scripted is a Model that says its deltas; before each it waits for a word on
// gate, where there is one. It ends with err.
type scripted struct {
	deltas []string
	reply  func(docent.ModelRequest) []string // instead of deltas, where set
	gate   chan struct{}
	err    error

	mu   sync.Mutex
	seen docent.ModelRequest
}

func (s *scripted) Stream(ctx context.Context, r docent.ModelRequest, onDelta func(string) error) (docent.ModelResult, error) {
	s.mu.Lock()
	s.seen = r
	s.mu.Unlock()
	deltas := s.deltas
	if s.reply != nil {
		deltas = s.reply(r)
	}
	for _, d := range deltas {
		if s.gate != nil {
			select {
			case <-s.gate:
			case <-ctx.Done():
				return docent.ModelResult{}, ctx.Err()
			}
		}
		if err := onDelta(d); err != nil {
			return docent.ModelResult{}, err
		}
	}
	if s.gate != nil && s.err == nil {
		select {
		case <-s.gate:
		case <-ctx.Done():
			return docent.ModelResult{}, ctx.Err()
		}
	}
	return docent.ModelResult{FinishReason: docent.FinishStop, Usage: docent.Usage{InputTokens: 7, OutputTokens: 3}}, s.err
}

// installPassages are what the fake retrieval finds.
func installPassages() []docent.Passage {
	chunk := func(id, heading, text string) docent.Chunk {
		return docent.Chunk{
			ID: id, Unit: docent.Unit{Site: docent.DefaultSite, Source: "manual", Lang: "en"},
			Path: "install.md", Title: "Install", Headings: []string{heading}, URL: "/docs/manual/install#" + id, Text: text, Tokens: 20,
			Blocks: []docent.Block{{Kind: docent.BlockParagraph, End: len(text)}},
		}
	}
	return []docent.Passage{
		{Chunk: chunk("linux", "Linux", "Install the program on Linux with the package manager of your distribution."), Score: 1, Snippet: "Install the program"},
		{Chunk: chunk("windows", "Windows", "Install the program on Windows by unpacking the archive."), Score: .5, Snippet: "on Windows"},
	}
}

func finds(f docent.Found) Retrieve {
	return func(_ context.Context, q docent.Query) (docent.Found, error) {
		f.Asked = q.Text
		return f, nil
	}
}

// quotes is an Extract that gives the first passage whole.
func quotes(_, _ string, passages []docent.Passage) (string, bool) {
	return passages[0].Text + " " + CiteMarker(passages[0].N), true
}

var found = docent.Found{Passages: installPassages(), Answerable: .9}

func testConfig() Config {
	return Config{ContextTokens: 4000, HistoryTokens: 1000, MaxMessageBytes: 1000, Detach: 0, MaxRuns: 10, Rewrite: RewriteWords, Translate: TranslateOff}
}

// service makes a Service whose answers end before the test does.
func service(t *testing.T, c Config, store Store, retrieve Retrieve, model Model) *Service {
	t.Helper()
	s := New(c, store, retrieve, model, quotes, nil, slog.New(slog.DiscardHandler))
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		s.Shutdown(ctx)
	})
	return s
}

var reader = access.Local()
