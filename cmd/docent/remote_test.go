package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"docent"
)

// TestAnAnswerIsTakenUpWhereTheConnectionBrokeOff asks a server whose first stream
// ends after two events.
func TestAnAnswerIsTakenUpWhereTheConnectionBrokeOff(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/chat", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("Authorization") != "Bearer dk_1" || !strings.Contains(string(body), `"message":"How?"`) {
			t.Errorf("asked %s with %q", body, r.Header.Get("Authorization"))
		}
		fmt.Fprint(w, "id: 1\nevent: session\ndata: {\"message_id\":\"msg_1\"}\n\n: keepalive\n\nid: 2\nevent: delta\ndata: {\"text\":\"So\"}\n\nid: 3\nevent: del")
	})
	mux.HandleFunc("GET /api/v1/chat/msg_1/events", func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Last-Event-ID"); got != "2" {
			t.Errorf("taken up after %q, want 2", got)
		}
		fmt.Fprint(w, "id: 3\nevent: delta\ndata: {\"text\":\".\"}\n\nid: 4\nevent: done\ndata: {}\n\n")
	})
	s := httptest.NewServer(mux)
	defer s.Close()
	var seen []string
	err := (&client{s.URL, "dk_1"}).ask(t.Context(), docent.Ask{Message: "How?"}, func(e docent.Event) error {
		seen = append(seen, fmt.Sprint(e.ID, e.Name))
		return nil
	})
	if got := strings.Join(seen, " "); err != nil || got != "1session 2delta 3delta 4done" {
		t.Errorf("%v: %s", err, got)
	}
}

// TestABrokenAnswerThatDoesNotGoOnIsAnError: no event came the second time.
func TestABrokenAnswerThatDoesNotGoOnIsAnError(t *testing.T) {
	asked := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked++; asked == 1 {
			fmt.Fprint(w, "id: 1\nevent: session\ndata: {\"message_id\":\"msg_1\"}\n\n")
		}
	}))
	defer s.Close()
	err := (&client{address: s.URL}).ask(t.Context(), docent.Ask{Message: "How?"}, func(docent.Event) error { return nil })
	if err == nil || asked != 2 {
		t.Errorf("asked %d times: %v", asked, err)
	}
}
