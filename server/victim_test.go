package server

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"docent"
)

// caller sends requests as somebody.
type caller struct {
	name    string
	site    string
	url     string
	headers map[string]string
	ingest  bool // its credentials have the scope
}

// reply is an answer, read to its end.
type reply struct {
	status int
	header http.Header
	body   string
}

func (c caller) do(t *testing.T, method, path, body string, headers ...string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range c.headers {
		r.Header.Set(name, value)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{answer.StatusCode, answer.Header, string(text)}
}

// ask asks and gives the answer of "stream": false.
func (c caller) ask(t *testing.T, body string, headers ...string) (session, question, answer string) {
	t.Helper()
	r := c.do(t, "POST", "/api/v1/chat", body, headers...)
	var whole struct {
		SessionID     string         `json:"session_id"`
		UserMessageID string         `json:"user_message_id"`
		Message       docent.Message `json:"message"`
	}
	if err := json.Unmarshal([]byte(r.body), &whole); err != nil || r.status != 200 {
		t.Fatalf("%s asks: %d %s", c.name, r.status, r.body)
	}
	return whole.SessionID, whole.UserMessageID, whole.Message.ID
}

// What the victim's things hold, and nobody else may see.
const (
	plantedTitle   = "planted-title"
	plantedAnswer  = "planted-answer"
	plantedComment = "planted-comment"
	plantedKey     = "planted-key"
	plantedFile    = "planted-file"
)

// heldModel answers at once, but for questions with "hold": these it begins and
// then waits until they are stopped.
type heldModel struct{}

func (heldModel) Stream(ctx context.Context, r docent.ModelRequest, onDelta func(string) error) (docent.ModelResult, error) {
	if err := onDelta(plantedAnswer + " "); err != nil {
		return docent.ModelResult{}, err
	}
	if strings.Contains(r.Messages[len(r.Messages)-1].Text, "hold") {
		<-ctx.Done()
		return docent.ModelResult{}, ctx.Err()
	}
	return docent.ModelResult{FinishReason: docent.FinishStop}, nil
}

// victim has a conversation that ended, and one whose answer is in the making.
type victim struct {
	caller
	session, question, answer string
	running, making           string // the other session, and its answer
	file, unused              string // of the ended session's question, and of none yet
}

const portQuestion = `"message":"How do I change the port?","stream":false`

func newVictim(t *testing.T, c caller) victim {
	t.Helper()
	v := victim{caller: c}
	v.file, v.unused = c.attach(t, plantedFile, []byte(plantedFile)), c.attach(t, "unused", []byte("unused"))
	v.session, v.question, v.answer = c.ask(t, `{`+portQuestion+`,"attachments":["`+v.file+`"]}`, "Idempotency-Key", plantedKey)
	for path, body := range map[string]string{
		"PATCH /api/v1/sessions/" + v.session:                       `{"title":"` + plantedTitle + `"}`,
		"POST /api/v1/messages/" + v.answer + "/feedback":           `{"rating":"down","comment":"` + plantedComment + `"}`,
		"GET /api/v1/sessions/" + v.session + "/export":             "",
		"GET /api/v1/chat/" + v.answer + "/events?after=0":          "",
		"GET /api/v1/sessions/" + v.session + "/messages":           "",
		"POST /api/v1/chat/" + v.answer + "/cancel":                 "",
		"GET /api/v1/sessions?limit=1":                              "",
		"GET /api/v1/sessions/" + v.session:                         "",
		"GET /api/v1/search?q=port":                                 "",
		"GET /docs/manual/port.md":                                  "",
		"GET /api/v1/sessions/" + v.session + "/export?format=json": "",
	} {
		method, target, _ := strings.Cut(path, " ")
		if r := c.do(t, method, target, body); r.status >= 300 {
			t.Fatalf("the owner's own %s: %d %s", path, r.status, r.body)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST", c.url+"/api/v1/chat", strings.NewReader(`{"message":"How do I change the port? hold"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for name, value := range c.headers {
		r.Header.Set(name, value)
	}
	stream := (&fixture{}).stream(t, r)
	t.Cleanup(func() { stream.answer.Body.Close() })
	var began docent.SessionData
	if err := json.Unmarshal(stream.until(t, docent.EventDelta)[0].Data, &began); err != nil {
		t.Fatal(err)
	}
	v.running, v.making = began.SessionID, began.MessageID
	return v
}

// state is all that the victim sees of its own things, but for what always changes.
func (v victim) state(t *testing.T) string {
	t.Helper()
	var all []string
	for _, path := range []string{"/api/v1/sessions", "/api/v1/sessions/" + v.session + "/export?format=json", "/api/v1/sessions/" + v.running + "/export?format=json"} {
		all = append(all, v.do(t, "GET", path, "").body)
	}
	return strings.Join(all, "\n")
}

// things are the words of the victim's that another may not read.
func (v victim) things(other caller) []string {
	things := []string{plantedFile, v.file, v.unused, plantedTitle, plantedComment, v.session, v.question, v.answer, v.running, v.making}
	if other.site != v.site {
		things = append(things, "alphaword") // of the site's documentation
	}
	return things
}
