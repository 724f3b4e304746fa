package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"docent/llm/llmtest"
)

// questionPrefix tells questions from passages: only passages are counted.
const questionPrefix = "question:"

// entry is a request for vectors that was answered.
type entry struct {
	Run  string   `json:"run"` // the key it came with: each ingest has its own
	Keys []string `json:"keys"`
	// Texts are hashes of the texts, in the order of Keys.
	Texts []string `json:"texts"`
}

// ledger is what the stand-in has answered, and how fast it answers.
type ledger struct {
	mu      sync.Mutex
	entries []entry
	texts   int           // of all entries
	delay   time.Duration // before each answer to passages
	gate    chan struct{} // closed where nothing is held
	changed chan struct{} // closed at the next entry
}

// answer embeds, and records passages once they were answered.
func (l *ledger) answer(r llmtest.EmbeddingRequest) llmtest.Reply {
	if len(r.Input) == 0 || strings.HasPrefix(r.Input[0], questionPrefix) {
		return llmtest.Embed(r)
	}
	l.mu.Lock()
	delay, gate := l.delay, l.gate
	l.mu.Unlock()
	time.Sleep(delay)
	<-gate
	e := entry{Run: strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")}
	for _, text := range r.Input {
		sum := sha256.Sum256([]byte(text))
		e.Keys = append(e.Keys, keyForm.FindString(text))
		e.Texts = append(e.Texts, hex.EncodeToString(sum[:8]))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries, l.texts = append(l.entries, e), l.texts+len(e.Texts)
	close(l.changed)
	l.changed = make(chan struct{})
	return llmtest.Embed(r)
}

// await returns once so many texts were answered, or ctx ends.
func (l *ledger) await(ctx context.Context, texts int) {
	for {
		l.mu.Lock()
		done, changed := l.texts >= texts, l.changed
		l.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// hold keeps answers to passages back, or lets them go.
func (l *ledger) hold(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.gate:
		if on {
			l.gate = make(chan struct{})
		}
	default:
		if !on {
			close(l.gate)
		}
	}
}

func (l *ledger) since(n int) []entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.entries[min(n, len(l.entries)):]
}

// serveUpstream is the process that stands in for an embedding server. Beside
// it there is a second address to steer it.
func serveUpstream(ctx context.Context) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	s, err := llmtest.New()
	if err != nil {
		return err
	}
	defer s.Close()
	l := &ledger{gate: make(chan struct{}), changed: make(chan struct{})}
	close(l.gate)
	s.AnswerEmbeddings(l.answer)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	steering := &http.Server{Handler: l.routes(), BaseContext: func(net.Listener) context.Context { return ctx }}
	go func() {
		<-ctx.Done()
		steering.Close()
	}()
	fmt.Fprintf(os.Stderr, "serving on %s and http://%s\n", s.URL, listener.Addr())
	if err := steering.Serve(listener); ctx.Err() == nil {
		return err
	}
	return nil
}

func (l *ledger) routes() http.Handler {
	mux := http.NewServeMux()
	number := func(r *http.Request, name string) int {
		n, _ := strconv.Atoi(r.URL.Query().Get(name))
		return n
	}
	mux.HandleFunc("GET /ledger", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(l.since(number(r, "from")))
	})
	mux.HandleFunc("GET /await", func(_ http.ResponseWriter, r *http.Request) {
		l.await(r.Context(), number(r, "texts"))
	})
	mux.HandleFunc("POST /hold", func(_ http.ResponseWriter, r *http.Request) { l.hold(number(r, "on") == 1) })
	mux.HandleFunc("POST /delay", func(_ http.ResponseWriter, r *http.Request) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.delay = time.Duration(number(r, "ms")) * time.Millisecond
	})
	return mux
}
