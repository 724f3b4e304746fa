package web

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"docent"
)

// TestALivelyStreamHasCommentsBetweenItsEvents: a proxy ends what is silent for long.
func TestALivelyStreamHasCommentsBetweenItsEvents(t *testing.T) {
	goOn := make(chan struct{})
	protocol := Protocol{Root: "/lively", Fail: func(*Call, int, *docent.Error) {}, Endpoints: []Endpoint{
		{Method: http.MethodGet, Path: "/lively", Serve: func(c *Call) error {
			w, stop := c.Lively()
			defer stop()
			w.Header().Set("Content-Type", "text/event-stream")
			<-goOn // until the client has seen a comment
			_, err := w.Write([]byte("data: 1\n\n"))
			return err
		}},
		{Method: http.MethodGet, Path: "/lively/plain", Serve: func(c *Call) error {
			w, stop := c.Lively()
			defer stop()
			<-goOn
			_, err := w.Write([]byte("{}"))
			return err
		}},
	}}
	r := newRigOver(t, func(c *Config) { c.Server.Keepalive = time.Millisecond }, func(p *Ports) { p.Protocols = []Protocol{protocol} }, nil)
	s := httptest.NewServer(r)
	defer s.Close()
	asked, _ := http.NewRequest(http.MethodGet, s.URL+"/lively", nil)
	asked.Header.Set("Accept", "text/event-stream")
	answer, err := http.DefaultClient.Do(asked)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	if !lines.Scan() || lines.Text() != ": keepalive" {
		t.Errorf("first comes %q", lines.Text())
	}
	close(goOn)
	var rest strings.Builder
	for lines.Scan() {
		rest.WriteString(lines.Text() + "\n")
	}
	if !strings.HasSuffix(rest.String(), "\ndata: 1\n\n") {
		t.Errorf("then %q", rest.String())
	}
	plain, err := http.Get(s.URL + "/lively/plain")
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Body.Close()
	if body := bufio.NewScanner(plain.Body); !body.Scan() || body.Text() != "{}" {
		t.Errorf("an answer that is no stream: %q", body.Text())
	}
}
