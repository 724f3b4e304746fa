package chat_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"

	"docent"
	"docent/access"
	"docent/chat"
	"docent/chat/verify"
	"docent/embedding"
	"docent/tools/calculate"
)

// calculator is a Model that calls calculate, and says what came of it.
type calculator struct {
	expression, says string
	called           bool
}

func (m *calculator) Stream(_ context.Context, _ docent.ModelRequest, onDelta func(string) error) (docent.ModelResult, error) {
	if !m.called {
		m.called = true
		arguments, _ := json.Marshal(map[string]string{"expression": m.expression})
		return docent.ModelResult{FinishReason: docent.FinishStop, Calls: []docent.ModelCall{{ID: "c", Name: "calculate", Arguments: string(arguments)}}}, nil
	}
	return docent.ModelResult{FinishReason: docent.FinishStop}, onDelta(m.says)
}

// forgetful is a Store that keeps the last answer.
type forgetful struct {
	chat.Store
	last docent.Message
}

func (*forgetful) BeginTurn(_ context.Context, _ docent.Owner, t docent.Turn) (docent.Turn, bool, error) {
	return t, false, nil
}

func (s *forgetful) FinishTurn(_ context.Context, _ docent.Owner, m docent.Message, _ []docent.Event) error {
	s.last = m
	return nil
}

// TestWhatWasCalculatedBearsSentencesOut: however its expression is written, and
// nothing else.
func TestWhatWasCalculatedBearsSentencesOut(t *testing.T) {
	text := "Each worker takes 512 MB of memory."
	p := docent.Passage{Chunk: docent.Chunk{Title: "Size", Text: text, URL: "/size", Tokens: 10, Unit: docent.Unit{Lang: "en"}, Blocks: []docent.Block{{Kind: docent.BlockParagraph, End: len(text)}}}}
	find := func(context.Context, docent.Query) (docent.Found, error) {
		return docent.Found{Passages: []docent.Passage{p}, Answerable: 1}, nil
	}
	cfg := chat.Config{ContextTokens: 4000, HistoryTokens: 1000, MaxMessageBytes: 1000, MaxRuns: 1, Rewrite: chat.RewriteOff, Translate: chat.TranslateOff}
	cfg.Answer.Verify = chat.VerifyMark
	for _, tt := range []struct {
		expression, says string
		borne            bool
	}{
		{"17*3", "17*3 = 51.", true},
		{"17*3", "17 * 3 is 51.", true},
		{"17*3", "`17*3` is 51.", true},
		{"17 * 3", "17*3 is 51.", true},
		{"17*3", "17 × 3 = 51.", true},
		{"17*3", "17×3 = 51.", true},
		{"17*3", "The result is 51.", true},
		{"17*3", "17 times 3 is 51.", true},
		{"512*8", "8 workers take 512 MB * 8 = 4096 MB.", true},
		{"512*8", "8 workers take 4096 MB of memory.", true},
		{"(2+3)*4", "(2+3)*4 = 20.", true},
		{"7/2", "7/2 = 3.5.", true},
		{"1500*12", "That is 18,000 in total.", true},
		{"17*3", "17*3 = 52.", false},
		{"17*3", "17*4 = 51.", false},
		{"17*3", "The result is 53.", false},
		{"512*8", "8 workers take 8192 MB of memory.", false},
	} {
		store := &forgetful{}
		s := chat.New(cfg, store, find, &calculator{expression: tt.expression, says: tt.says}, nil, verify.New(embedding.Builtin()).Open, slog.New(slog.DiscardHandler),
			chat.WithTools([]docent.Tool{calculate.Tool()}, chat.ToolBounds{Rounds: 2, Parallel: 1, Timeout: 1e10, MaxBytes: 4000}))
		if _, err := s.Start(t.Context(), access.Local(), docent.Ask{Message: "How much memory do they take together?"}); err != nil {
			t.Fatal(err)
		}
		s.Shutdown(context.Background())
		if g := store.last.Grounded; g == nil || (*g == 1) != tt.borne {
			grounded := -1.0
			if g != nil {
				grounded = *g
			}
			t.Errorf("%s: %q is borne out to %v (%s)", tt.expression, tt.says, grounded, store.last.FinishReason)
		}
	}
}
