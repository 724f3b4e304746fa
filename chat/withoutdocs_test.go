package chat

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"docent"
)

// chatting is a configuration of a site that has no documentation.
func chatting() Config {
	c := testConfig()
	c.ModeOfSites = map[string]string{docent.DefaultSite: ModeChat}
	c.Instructions = "You sell tea."
	return c
}

// never is a search that fails the test.
func never(t *testing.T) Retrieve {
	return func(context.Context, docent.Query) (docent.Found, error) {
		t.Error("something was searched for")
		return docent.Found{}, nil
	}
}

func TestWithoutDocumentsTheModelAnswersFromTheConversation(t *testing.T) {
	model := &scripted{deltas: []string{"I'm sorry, ", "the documentation does not say that [1]. See [this](https://evil.example)."}}
	store := newMemory()
	s := service(t, chatting(), store, never(t), model)
	started, err := s.Start(context.Background(), reader, docent.Ask{
		Message: "And green?", History: []docent.ModelMessage{{Role: docent.RoleUser, Text: "Do you sell tea?"}, {Role: docent.RoleAssistant, Text: "Black tea."}},
		Page: docent.PageContext{Title: "Our tea"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var events []docent.Event
	if err := s.Follow(context.Background(), reader, started.MessageID, 0, func(e []docent.Event) error {
		events = append(events, e...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	var done docent.DoneData
	if err := json.Unmarshal(events[len(events)-1].Data, &done); err != nil {
		t.Fatal(err)
	}
	m := store.message(started.MessageID)
	if m.Text != "I'm sorry, the documentation does not say that. See this." || m.Gap != nil || done.FinishReason != docent.FinishStop || done.Certain != "yes" || done.Grounded != nil {
		t.Errorf("%q, %v, %+v", m.Text, m.Gap, done)
	}
	var saw []string
	for _, m := range model.seen.Messages {
		saw = append(saw, m.Role+": "+m.Text)
	}
	all := strings.Join(saw, "\n")
	for _, part := range []string{"You sell tea.", "user: Do you sell tea?", "assistant: Black tea.", "Title: Our tea", "Message: And green?"} {
		if !strings.Contains(all, part) {
			t.Errorf("%q is not in %s", part, all)
		}
	}
	if strings.Contains(all, "passages") || strings.Contains(all, refusalWord) {
		t.Errorf("the model is told of passages or of refusing: %s", all)
	}
}

func TestWithoutDocumentsAndModelTheAnswerFails(t *testing.T) {
	store := newMemory()
	s := New(chatting(), store, never(t), nil, quotes, nil, slog.New(slog.DiscardHandler))
	started, err := s.Start(context.Background(), reader, docent.Ask{Message: "Hello"})
	if err != nil {
		t.Fatal(err)
	}
	s.Shutdown(context.Background())
	if m := store.message(started.MessageID); m.FinishReason != docent.FinishFailed {
		t.Errorf("%+v", m)
	}
}

func TestWithoutDocumentsTheModelHasToolsButThoseOfDocumentation(t *testing.T) {
	call := func(context.Context, docent.ToolCall) (docent.ToolResult, error) {
		return docent.ToolResult{Text: "it left on Monday"}, nil
	}
	tools := []docent.Tool{{Name: "search_docs", Docs: true, Call: call}, {Name: "order", Call: call}}
	model := &calling{}
	store := newMemory()
	s := New(chatting(), store, never(t), model, quotes, nil, slog.New(slog.DiscardHandler), WithTools(tools, ToolBounds{Rounds: 2, Parallel: 1, Timeout: time.Minute, MaxBytes: 1000}))
	started, err := s.Start(context.Background(), reader, docent.Ask{Message: "Where is order 7?"})
	if err != nil {
		t.Fatal(err)
	}
	s.Shutdown(context.Background())
	if m := store.message(started.MessageID); m.Text != "It left on Monday." || m.FinishReason != docent.FinishStop {
		t.Errorf("%q, %s", m.Text, m.FinishReason)
	}
	if len(model.seen) != 2 || len(model.seen[0].Tools) != 1 || model.seen[0].Tools[0].Name != "order" {
		t.Errorf("the model was asked %d times, with %+v", len(model.seen), model.seen)
	}
	if last := model.seen[len(model.seen)-1].Messages; !strings.Contains(last[len(last)-1].Text, "it left on Monday") {
		t.Errorf("the result is not told: %+v", last)
	}
}

// calling is a Model that calls the tool order before it answers.
type calling struct{ seen []docent.ModelRequest }

func (c *calling) Stream(_ context.Context, r docent.ModelRequest, onDelta func(string) error) (docent.ModelResult, error) {
	if c.seen = append(c.seen, r); len(c.seen) == 1 {
		return docent.ModelResult{FinishReason: docent.FinishStop, Calls: []docent.ModelCall{{ID: "1", Name: "order"}}}, nil
	}
	return docent.ModelResult{FinishReason: docent.FinishStop}, onDelta("It left on Monday.")
}

func TestASiteHasAModeOfItsOwn(t *testing.T) {
	c := Config{Answer: AnswerConfig{Mode: ModeDocs}, ModeOfSites: map[string]string{"shop": ModeChat, "api": ""}}
	if c.Mode("shop") != ModeChat || c.Mode("api") != ModeDocs || c.Mode("other") != ModeDocs {
		t.Error("a site's mode is another's")
	}
}
