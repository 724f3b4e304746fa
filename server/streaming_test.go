package server

import (
	"net/http"
	"testing"
	"time"

	"docent"
	"docent/access"
	"docent/llm/llmtest"
	"docent/store/sqlite"
)

// TestWhoeverStopsAnAnswerStopsTheModelsRequest: what nobody reads is not to be
// paid for.
func TestWhoeverStopsAnAnswerStopsTheModelsRequest(t *testing.T) {
	for name, stop := range map[string]func(t *testing.T, f *fixture, s docent.SessionData, reader *events){
		"cancelling it": func(t *testing.T, f *fixture, s docent.SessionData, _ *events) {
			f.change(t, http.MethodPost, "/api/v1/chat/"+s.MessageID+"/cancel")
		},
		"deleting its session": func(t *testing.T, f *fixture, s docent.SessionData, _ *events) {
			f.change(t, http.MethodDelete, "/api/v1/sessions/"+s.SessionID)
		},
		"leaving it": func(_ *testing.T, _ *fixture, _ docent.SessionData, reader *events) { reader.answer.Body.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			model := llmtest.For(t)
			left := make(chan struct{})
			model.Script(llmtest.Stream(llmtest.Text("Set PORT "), func(o *llmtest.Out) error {
				<-o.Context().Done()
				close(left)
				return o.Context().Err()
			}))
			f := start(t, func(c *Config) {
				withModel(model)(c)
				c.Chat.Detach = time.Hour
				if name == "leaving it" {
					c.Chat.Detach = 0
				}
			})
			reader := f.ask(t, question)
			defer reader.answer.Body.Close()
			seen := reader.until(t, docent.EventDelta)
			stop(t, f, data[docent.SessionData](t, seen[0]), reader)
			<-left
		})
	}
}

// change sends a request without a body, which must be answered with 204.
func (f *fixture) change(t *testing.T, method, path string) {
	t.Helper()
	r, err := http.NewRequest(method, f.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusNoContent {
		t.Errorf("%s %s: %s", method, path, answer.Status)
	}
}

// TestTheAnswerOfAServerThatWasKilledEndsForEveryReader begins an answer as a
// process does that dies then, and takes it up from the next one.
func TestTheAnswerOfAServerThatWasKilledEndsForEveryReader(t *testing.T) {
	f := start(t, nil)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	path, err := f.cfg.databasePath()
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlite.OpenConversations(path)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = store.BeginTurn(t.Context(), access.Local().Owner(), docent.Turn{
		NewSession: true, Session: docent.Session{ID: "ses_cut"},
		User: docent.Message{ID: "msg_asked", Text: "How?"}, Answer: docent.Message{ID: "msg_cut"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	next := serve(t, f.cfg)
	for _, after := range []int{0, 1, 2, 40} {
		events := next.takeUp(t, "msg_cut", after).rest(t)
		end := events[len(events)-1]
		if d := data[docent.ErrorData](t, end); events[0].ID != after+1 || d.Code != string(docent.CodeShutdown) || !d.Retryable {
			t.Errorf("who saw %d gets %v", after, events)
		}
	}
}
