// Package hook lets programs in any language have a say in answers, by HTTP. It
// makes responders (chat.Responder), and an Act, of what config.yaml names:
//
//	before   sees a question first: it may change it, add to it, or refuse it
//	respond  answers in the default's place, streamed or at once
//	action   says what follows when a reader did something with an item, see Act
//
// A call is one POST of JSON, signed with the hook's secret: see Signature. It is
// not tried again. What a hook gives is bounded, and read as what anyone could have
// sent: its text passes the filters of a model's, and unknown fields count for
// nothing. A hook that fails, is late or says what can't be read is passed over
// (fail: open) or fails the answer (fail: closed); the reader never learns why, the
// log does.
package hook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"docent"
	"docent/chat"
	"docent/guard"
)

// SignatureHeader holds the Signature of a call.
const SignatureHeader = "Docent-Signature"

// Signature is "t=UNIX,v1=HEX": HEX is the HMAC-SHA256 with the secret of the
// time, a dot and the body. A hook compares it, and refuses an old time.
func Signature(secret string, at time.Time, body []byte) string {
	unix := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(unix + "."))
	mac.Write(body)
	return "t=" + unix + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// hook is a Hook that can be called.
type hook struct {
	Hook
	name   string
	fails  string // what the reader is told where it fails closed
	client *http.Client
	log    *slog.Logger
}

func newHook(name string, c Hook, log *slog.Logger) *hook {
	client := guard.NewClient(guard.Config{AllowPrivate: c.AllowPrivate, Timeout: c.Timeout, MaxRedirects: -1})
	return &hook{Hook: c, name: name, fails: "the answer could not be made", client: client, log: log.With("hook", name)}
}

// call posts a body; the caller closes the answer's. The status is 200, or 204
// where the hook has nothing to say.
func (h *hook) call(ctx context.Context, body any) (*http.Response, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(encoded))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/event-stream, application/x-ndjson, application/json")
	r.Header.Set("User-Agent", "docent")
	r.Header.Set(SignatureHeader, Signature(h.Secret, time.Now(), encoded))
	answer, err := h.client.Do(r)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusNoContent {
		answer.Body.Close()
		return nil, fmt.Errorf("the hook answered %s", answer.Status)
	}
	return answer, nil
}

// failed says what becomes of a question whose hook failed: nil lets it go on.
func (h *hook) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err() // the reader stopped it
	}
	var gone *goneError
	if errors.As(err, &gone) { // of the answer, not of the hook
		return gone.err
	}
	h.log.Warn("the hook failed", "fail", h.Fail, "error", err)
	if h.Fail == FailOpen {
		return nil
	}
	return &docent.Error{Code: docent.CodeInternal, Message: h.fails, Err: fmt.Errorf("hooks.%s: %w", h.name, err)}
}

// goneError is an error of whoever takes what a hook says: what the answer itself
// refused.
type goneError struct{ err error }

func (e *goneError) Error() string { return e.err.Error() }

// call is what a hook is told.
type call struct {
	Hook      string                `json:"hook"`
	SessionID string                `json:"session_id"`
	MessageID string                `json:"message_id"`
	Message   string                `json:"message"`
	History   []docent.ModelMessage `json:"history"`
	Filters   docent.Filters        `json:"filters"`
	Page      docent.PageContext    `json:"page"`
	Lang      string                `json:"lang"`
	Site      string                `json:"site"`
	Subject   string                `json:"subject"`
	Claims    map[string]string     `json:"claims"`
	Metadata  map[string]string     `json:"metadata"`
	Continues *continues            `json:"continues,omitempty"` // what the answer goes on with
	Passages  []passage             `json:"passages,omitempty"`
	Refuse    bool                  `json:"refuse,omitempty"` // the documentation seems not to hold the answer
}

// continues is a docent.Continuation as a hook sees it.
type continues struct {
	AnswerID string          `json:"answer_id"`
	Output   json.RawMessage `json:"output,omitempty"`
	Note     string          `json:"note,omitempty"`
}

// passage is what was found, as a hook sees it.
type passage struct {
	Title   string  `json:"title"`
	Heading string  `json:"heading"`
	URL     string  `json:"url"`
	Text    string  `json:"text"`
	Score   float64 `json:"score"`
	Source  string  `json:"source"`
	Version string  `json:"version"`
}

func (h *hook) callOf(q *chat.Question) call {
	history := q.History
	if history == nil {
		history = []docent.ModelMessage{}
	}
	told := call{
		Hook: h.name, SessionID: q.SessionID, MessageID: q.MessageID, Message: q.Text, History: history, Filters: q.Filters,
		Page: q.Page, Lang: q.Lang, Site: q.Who.Site, Subject: q.Who.Subject, Claims: q.Who.Claims, Metadata: q.Who.Metadata,
	}
	if c := q.Continues; c != nil {
		told.Continues = &continues{c.AnswerID, c.Output, c.Note}
	}
	return told
}
