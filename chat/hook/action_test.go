package hook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/access"
)

// acts gives the steps that follow an action.
func acts(t *testing.T, h Hook) ([]docent.ActionStep, error) {
	t.Helper()
	who := access.Local()
	who.Claims = map[string]string{"plan": "pro"}
	var got []docent.ActionStep
	err := Action(h, quiet)(context.Background(), who, docent.Action{
		SessionID: "ses_1", Type: "vote", Payload: json.RawMessage(`{"n":1}`),
		Item: &docent.Item{ID: "msg_1", SessionID: "ses_1", Type: "widget", Body: json.RawMessage(`{"type":"Card"}`)},
	}, func(s docent.ActionStep) error {
		got = append(got, s)
		return nil
	})
	return got, err
}

func TestStepsComeInAnyOfTheForms(t *testing.T) {
	steps := []string{
		`{"event":"progress","text":"Counting"}`, `{"event":"item","item":{"id":"msg_1","type":"widget","hidden":true,"body":{"type":"Card"}}}`, `{"event":"removed","id":"msg_2"}`,
		`{"event":"notice","level":"info","title":"Thanks","message":"It **counts**."}`, `{"event":"effect","name":"confetti"}`, `{"event":"later","x":1}`,
		`{"event":"text","text":"Noted."}`, `{"event":"ask","text":"What next?"}`,
	}
	want := []docent.ActionStep{
		{Progress: "Counting"}, {Item: &docent.Item{ID: "msg_1", SessionID: "ses_1", Type: "widget", Hidden: true, Body: json.RawMessage(`{"type":"Card"}`)}}, {Removed: "msg_2"},
		{Notice: &docent.Notice{Level: "info", Title: "Thanks", Message: "It **counts**."}}, {Effect: &docent.Effect{Name: "confetti", Data: json.RawMessage(`{}`)}},
		{Text: "Noted."}, {Ask: "What next?"},
	}
	sse := ""
	for _, s := range steps {
		var named struct{ Event string }
		if err := json.Unmarshal([]byte(s), &named); err != nil {
			t.Fatal(err)
		}
		sse += fmt.Sprintf("event: %s\ndata: %s\n\n", named.Event, s)
	}
	for kind, body := range map[string]string{
		"application/json":     `{"steps":[` + strings.Join(steps, ",") + `]}`,
		"application/x-ndjson": strings.Join(steps, "\n") + "\n{\"event\":\"done\"}\nnot read any more",
		"text/event-stream":    sse + "event: done\ndata: {}\n\n",
	} {
		h, _ := serve(t, FailClosed, 200, kind, body)
		got, err := acts(t, h)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", kind, err, diff)
		}
	}
	h, _ := serve(t, FailClosed, 204, "", "")
	if got, err := acts(t, h); err != nil || got != nil {
		t.Errorf("nothing to say: %+v, %v", got, err)
	}
}

func TestTheHookIsToldWhoDidWhatWithWhich(t *testing.T) {
	var told string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, _ := io.ReadAll(r.Body)
		told = string(sent)
		w.WriteHeader(http.StatusNoContent)
	}))
	defer s.Close()
	if _, err := acts(t, Hook{URL: s.URL, Secret: secret, Timeout: time.Minute, Fail: FailClosed, AllowPrivate: true}); err != nil {
		t.Fatal(err)
	}
	want := `{"hook":"action","session_id":"ses_1","action":{"type":"vote","payload":{"n":1}},"item":{"id":"msg_1","type":"widget","hidden":false,"body":{"type":"Card"}},` +
		`"site":"` + docent.DefaultSite + `","subject":"` + access.LocalSubject + `","claims":{"plan":"pro"}}`
	if diff := cmp.Diff(want, told); diff != "" {
		t.Error(diff)
	}
}

func TestAnActionWhoseHookFailsIsPassedOverOrFails(t *testing.T) {
	first := "{\"event\":\"text\",\"text\":\"Noted.\"}\n"
	many := strings.Repeat("{\"event\":\"progress\",\"text\":\"x\"}\n", maxSteps+1)
	for name, c := range map[string]struct {
		status     int
		kind, body string
		steps      int
	}{
		"500":          {500, "application/json", `{}`, 0},
		"no JSON":      {200, "application/json", `[1]`, 0},
		"broken off":   {200, "application/x-ndjson", first, 1},
		"an error":     {200, "application/x-ndjson", first + `{"event":"error","message":"internal detail"}`, 1},
		"too many":     {200, "application/x-ndjson", many + `{"event":"done"}`, maxSteps},
		"an empty ask": {200, "application/json", `{"steps":[{"event":"ask"}]}`, 0},
		"a long text":  {200, "application/json", `{"steps":[{"event":"text","text":"` + strings.Repeat("x", maxStepText+1) + `"}]}`, 0},
		"no such sort": {200, "application/json", `{"steps":[{"event":"notice","level":"loud","message":"x"}]}`, 0},
		"no body":      {200, "application/json", `{"steps":[{"event":"item","item":{"type":"widget","body":[]}}]}`, 0},
		"a hostile ID": {200, "application/json", `{"steps":[{"event":"removed","id":"a b"}]}`, 0},
		"no item":      {200, "application/json", `{"steps":[{"event":"item"}]}`, 0},
		"no data":      {200, "application/json", `{"steps":[{"event":"effect","name":"x","data":1}]}`, 0},
	} {
		for _, fail := range []string{FailOpen, FailClosed} {
			h, _ := serve(t, fail, c.status, c.kind, c.body)
			got, err := acts(t, h)
			if len(got) != c.steps || (err == nil) != (fail == FailOpen) || err != nil && docent.CodeOf(err) != docent.CodeInternal {
				t.Errorf("%s, %s: %d steps, %v", name, fail, len(got), err)
			}
			var told *docent.Error
			if errors.As(err, &told) && strings.Contains(told.Told(), "internal detail") {
				t.Errorf("%s: the reader is told %q", name, told.Told())
			}
		}
	}
}

func TestWhoeverTakesTheStepsEndsThem(t *testing.T) {
	h, _ := serve(t, FailOpen, 200, "application/json", `{"steps":[{"event":"text","text":"a"},{"event":"text","text":"b"}]}`)
	gone, taken := errors.New("gone"), 0
	err := Action(h, quiet)(t.Context(), access.Local(), docent.Action{Type: "x"}, func(docent.ActionStep) error {
		taken++
		return gone
	})
	if !errors.Is(err, gone) || taken != 1 {
		t.Errorf("%v after %d steps", err, taken)
	}
	if Action(Hook{}, quiet) != nil {
		t.Error("without an address something acts")
	}
}
