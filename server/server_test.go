package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"docent"
	"docent/llm/llmtest"
	"docent/web"
)

func TestAnAnswerFromFolderToStore(t *testing.T) {
	f := start(t, nil)
	all := f.ask(t, question).rest(t)
	checkNumbered(t, all)
	if all[0].Name != docent.EventSession || all[1].Name != docent.EventSources || all[len(all)-1].Name != docent.EventDone {
		t.Fatalf("events are %v", all)
	}
	sources := map[int]docent.Source{}
	for _, s := range data[docent.SourcesData](t, all[1]).Sources {
		sources[s.N] = s
	}
	done := data[docent.DoneData](t, all[len(all)-1])
	if done.FinishReason != docent.FinishExtractive || len(done.Citations) == 0 {
		t.Fatalf("done is %+v", done)
	}
	for _, c := range done.Citations {
		if s, is := sources[c.N]; !is || s.URL != c.URL || !strings.Contains(c.URL, "#") {
			t.Errorf("citation %+v is not source %+v with an anchor", c, s)
		}
		if mark := fmt.Sprintf("[%d]", c.N); !strings.HasPrefix(text(t, all)[c.Start:], mark) {
			t.Errorf("%s does not stand at %d", mark, c.Start)
		}
	}
	if m := f.message(t, data[docent.SessionData](t, all[0])); m.Text != text(t, all) {
		t.Errorf("stored %q, streamed %q", m.Text, text(t, all))
	}
}

func TestJSONAnswersHoldTheStoredMessage(t *testing.T) {
	f := start(t, nil)
	answer, err := http.Post(f.url+"/api/v1/chat", "application/json", strings.NewReader(`{"message": "How do I change the port?", "stream": false}`))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var got struct {
		SessionID     string         `json:"session_id"`
		UserMessageID string         `json:"user_message_id"`
		Message       docent.Message `json:"message"`
		Cause         string         `json:"cause"`
		Certain       string         `json:"certain"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.Message.SessionID != got.SessionID || got.Message.Text == "" || got.Cause != "no_model" || got.Certain == "" || got.UserMessageID == "" {
		t.Errorf("answer is %+v", got)
	}
}

func TestADroppedStreamIsTakenUpAndEveryEventSeenOnce(t *testing.T) {
	model := llmtest.For(t)
	gate := make(chan struct{})
	model.Script(llmtest.HeldAt(1, gate, "Set PORT ", "to a number [1", "]."))
	f := start(t, withModel(model))
	first := f.ask(t, question)
	seen := first.until(t, docent.EventDelta)
	first.answer.Body.Close()
	id := data[docent.SessionData](t, seen[0]).MessageID
	second := f.takeUp(t, id, seen[len(seen)-1].ID)
	close(gate)
	all := append(seen, second.rest(t)...)
	checkNumbered(t, all)
	if got := text(t, all); got != "Set PORT to a number [1]." {
		t.Errorf("text is %q", got)
	}
	if again := f.takeUp(t, id, 0).rest(t); len(again) != len(all) {
		t.Errorf("taken up again: %d events, were %d", len(again), len(all))
	}
}

func TestAnAnswerIsTakenUpAfterARestart(t *testing.T) {
	f := start(t, nil)
	all := f.ask(t, question).rest(t)
	session := data[docent.SessionData](t, all[0])
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	restarted := serve(t, f.cfg)
	again := restarted.takeUp(t, session.MessageID, 2).rest(t)
	if len(again) != len(all)-2 || again[0].ID != 3 || text(t, again) != text(t, all) {
		t.Errorf("after the restart %v, were %v", again, all)
	}
}

func TestACancelledAnswerIsStoredAsFarAsItWasSaid(t *testing.T) {
	model := llmtest.For(t)
	model.Script(llmtest.StallAfter("Set PORT "))
	f := start(t, withModel(model))
	stream := f.ask(t, question)
	seen := stream.until(t, docent.EventDelta)
	session := data[docent.SessionData](t, seen[0])
	answer, err := http.Post(f.url+"/api/v1/chat/"+session.MessageID+"/cancel", "application/json", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	all := append(seen, stream.rest(t)...)
	if done := data[docent.DoneData](t, all[len(all)-1]); done.FinishReason != docent.FinishCancelled {
		t.Errorf("done is %+v", done)
	}
	if m := f.message(t, session); m.Text != "Set PORT " || m.FinishReason != docent.FinishCancelled {
		t.Errorf("stored %q, %q", m.Text, m.FinishReason)
	}
}

// TestEveryMisbehaviourOfAModelHasAClearEnd holds what a reader sees of it:
// before the first word an extractive answer, after it an error event; and that
// what was said is stored.
func TestEveryMisbehaviourOfAModelHasAClearEnd(t *testing.T) {
	short := func(c *Config) {
		c.Model.FirstTokenTimeout, c.Model.StallTimeout = 100*time.Millisecond, 100*time.Millisecond
	}
	for name, c := range map[string]struct {
		reply llmtest.Reply
		code  docent.Code // of the error event; "" for an extractive answer
		said  string
	}{
		"401":                   {llmtest.Unauthorized(), "", ""},
		"429":                   {llmtest.Limited("600"), "", ""},
		"500":                   {llmtest.Broken(), "", ""},
		"HTML with 200":         {llmtest.HTML(), "", ""},
		"nothing ever":          {llmtest.StallAfter(), "", ""},
		"quota spent":           {llmtest.QuotaSpent(), "", ""},
		"502 in HTML":           {llmtest.Reply{Status: 502, ContentType: "text/html", Body: "<h1>Bad gateway</h1>"}, "", ""},
		"cut before any word":   {llmtest.CutAfter(), "", ""},
		"only thinks":           {llmtest.Say("<think>how long this", " will take"), "", ""},
		"cut in mid-word":       {llmtest.Stream(llmtest.Text("Set the po"), llmtest.HalfLine(), llmtest.Cut()), docent.CodeModelCut, "Set the po"},
		"stalls in mid-stream":  {llmtest.StallAfter("Set PORT "), docent.CodeModelStalled, "Set PORT "},
		"breaks off":            {llmtest.CutAfter("Set PORT "), docent.CodeModelCut, "Set PORT "},
		"breaks off in a mark":  {llmtest.CutAfter("Set PORT [", "1"), docent.CodeModelCut, "Set PORT [1"},
		"error in the stream":   {llmtest.Stream(llmtest.Text("Set "), llmtest.Failure("server_error", "sorry")), docent.CodeModelFailed, "Set "},
		"broken JSON midstream": {llmtest.Stream(llmtest.Text("Set "), llmtest.BrokenJSON()), docent.CodeModelFailed, "Set "},
	} {
		t.Run(name, func(t *testing.T) {
			model := llmtest.For(t)
			model.Answer(func(llmtest.Request) llmtest.Reply { return c.reply })
			f := start(t, func(cfg *Config) { withModel(model)(cfg); short(cfg) })
			all := f.ask(t, question).rest(t)
			checkNumbered(t, all)
			last := all[len(all)-1]
			m := f.message(t, data[docent.SessionData](t, all[0]))
			if m.Text != text(t, all) {
				t.Errorf("stored %q, streamed %q", m.Text, text(t, all))
			}
			if c.code == "" {
				if done := data[docent.DoneData](t, last); last.Name != docent.EventDone || done.Cause != docent.CauseModelDown {
					t.Errorf("last event is %s %s", last.Name, last.Data)
				}
				return
			}
			if d := data[docent.ErrorData](t, last); last.Name != docent.EventError || d.Code != string(c.code) {
				t.Errorf("last event is %s %s, want %s", last.Name, last.Data, c.code)
			}
			if m.Text != c.said || m.FinishReason != docent.FinishFailed {
				t.Errorf("stored %q, %q", m.Text, m.FinishReason)
			}
		})
	}
}

func TestInventedCitationsNeverReachAReader(t *testing.T) {
	model := llmtest.For(t)
	model.Script(llmtest.Say("Set PORT [4", "2] to a number [1][77]. `list[99]` stays."))
	f := start(t, withModel(model))
	all := f.ask(t, question).rest(t)
	if got := text(t, all); got != "Set PORT to a number [1]. `list[99]` stays." {
		t.Errorf("text is %q", got)
	}
}

func TestBeforeAnythingWasIngestedAQuestionSaysHowTo(t *testing.T) {
	cfg := Defaults()
	cfg.DataDir = t.TempDir()
	f := serve(t, cfg)
	for _, path := range []string{"/ready", "/api/v1/search?q=port"} {
		answer, err := http.Get(f.url + path)
		if err != nil {
			t.Fatal(err)
		}
		checkNoIndex(t, path, answer)
	}
	answer, err := http.Post(f.url+"/api/v1/chat", "application/json", strings.NewReader(question))
	if err != nil {
		t.Fatal(err)
	}
	checkNoIndex(t, "/api/v1/chat", answer)
}

func checkNoIndex(t *testing.T, path string, answer *http.Response) {
	t.Helper()
	defer answer.Body.Close()
	var b bytes.Buffer
	b.ReadFrom(answer.Body)
	if answer.StatusCode != http.StatusServiceUnavailable || !strings.Contains(b.String(), "docent ingest") {
		t.Errorf("%s: %s %s", path, answer.Status, b.String())
	}
}

func TestRunDrainsAnswersAndTellsTheRest(t *testing.T) {
	model := llmtest.For(t)
	model.Script(llmtest.StallAfter("Set PORT "))
	f := start(t, func(c *Config) {
		withModel(model)(c)
		c.Server.Port, c.Server.ShutdownTimeout = 0, 10*time.Millisecond
	})
	ctx, stop := context.WithCancel(context.Background())
	address := make(chan string, 1)
	ended := make(chan error, 1)
	go func() { ended <- f.Run(ctx, func(url string) { address <- url }) }()
	f.url = <-address
	stream := f.ask(t, question)
	seen := stream.until(t, docent.EventDelta)
	stop()
	all := append(seen, stream.rest(t)...)
	if d := data[docent.ErrorData](t, all[len(all)-1]); d.Code != string(docent.CodeShutdown) || !d.Retryable {
		t.Errorf("last event is %+v", d)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestEveryIndexedPageCanBeReadAtItsCitationsAddress(t *testing.T) {
	f := start(t, nil)
	found, err := web.Find(context.Background(), f.Search(), docent.Query{Site: docent.DefaultSite, Text: "port server docent answer", Limit: 20})
	if err != nil || len(found.Results) == 0 {
		t.Fatalf("%v, %v", found, err)
	}
	for _, r := range found.Results {
		path, anchor, _ := strings.Cut(r.URL, "#")
		answer, err := http.Get(f.url + path)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		b.ReadFrom(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK || anchor != "" && !strings.Contains(b.String(), `id="`+anchor+`"`) {
			t.Errorf("%s: %s", r.URL, answer.Status)
		}
	}
}
