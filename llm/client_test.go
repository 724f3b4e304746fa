package llm

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/llm/llmtest"
)

// question is what these tests ask.
var question = docent.ModelRequest{Messages: []docent.ModelMessage{
	{Role: docent.RoleSystem, Text: "answer from the passages"},
	{Role: docent.RoleUser, Text: "hello?"},
	{Role: docent.RoleAssistant, Text: "hello"},
	{Role: docent.RoleUser, Text: "how do I install it?"},
}}

// newClient makes a client of the stand-in; change may be nil.
func newClient(t testing.TB, s *llmtest.Server, change func(*Config)) *Client {
	t.Helper()
	cfg := Config{BaseURL: s.URL, Name: "stand-in", APIKey: "a-secret-key"}
	if change != nil {
		change(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// setClock lets all of the client use k.
func setClock(c *Client, k clock) {
	c.clock = k
	for _, t := range c.targets {
		t.clock = k
	}
}

// ask streams the question and gives the deltas that came.
func ask(c *Client) ([]string, docent.ModelResult, error) {
	var deltas []string
	result, err := c.Stream(context.Background(), question, func(text string) error {
		deltas = append(deltas, text)
		return nil
	})
	return deltas, result, err
}

// wantError checks an error's code and that neither reader is shown the key.
func wantError(t *testing.T, err error, code docent.Code) {
	t.Helper()
	var e *docent.Error
	if !errors.As(err, &e) || e.Code != code {
		t.Fatalf("error %v, want code %s", err, code)
	}
	if strings.Contains(err.Error(), "a-secret-key") || strings.Contains(err.Error(), "sk-") {
		t.Errorf("the error shows a key: %v", err)
	}
}

func TestStreamGivesDeltasUsageAndFinish(t *testing.T) {
	s := llmtest.For(t)
	s.Script(llmtest.Say("Run ", "`make install` ", "[1]."))
	deltas, result, err := ask(newClient(t, s, nil))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Run ", "`make install` ", "[1]."}, deltas); diff != "" {
		t.Error(diff)
	}
	want := docent.ModelResult{FinishReason: docent.FinishStop, Model: "stand-in",
		Usage: docent.Usage{InputTokens: 11, OutputTokens: 4, CachedTokens: 5}}
	if diff := cmp.Diff(want, result); diff != "" {
		t.Error(diff)
	}
}

// TestStreamReadsWhatServersWrite holds that the same text comes out of every
// lawful way to write it.
func TestStreamReadsWhatServersWrite(t *testing.T) {
	const text = "Zürich: 東京 🙂\r\n  code\t\"x\""
	plain := llmtest.Say("Zürich: ", "東京 ", "🙂", "\r\n  code\t\"x\"")
	crlf, pieces, both := plain, plain, plain
	crlf.CRLF = true
	pieces.Piece = 7
	both.CRLF, both.Piece = true, 1
	charset := plain
	charset.ContentType = "Text/Event-Stream; charset=utf-8"
	for name, reply := range map[string]llmtest.Reply{
		"LF": plain, "CR LF": crlf, "odd byte borders": pieces, "single bytes": both, "charset": charset,
		"comments between": llmtest.Stream(llmtest.Comment("hi"), llmtest.Text("Zürich: "), llmtest.Comment("still here"),
			llmtest.Text("東京 🙂\r\n  code\t\"x\""), llmtest.Comment(""), llmtest.Finish("stop"), llmtest.Done()),
		"reasoning":     llmtest.Stream(llmtest.Reasoning("hmm"), llmtest.Text(text), llmtest.Reasoning("hm"), llmtest.Finish("stop")),
		"without DONE":  llmtest.Stream(llmtest.Text(text), llmtest.Finish("stop")),
		"cut after end": llmtest.Stream(llmtest.Text(text), llmtest.Finish("stop"), llmtest.HalfLine(), llmtest.Cut()),
		"in one piece":  llmtest.Whole(text),
	} {
		t.Run(name, func(t *testing.T) {
			s := llmtest.For(t)
			s.Script(reply)
			deltas, result, err := ask(newClient(t, s, nil))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(deltas, ""); got != text {
				t.Errorf("text %q, want %q", got, text)
			}
			if result.FinishReason != docent.FinishStop {
				t.Errorf("finish %q", result.FinishReason)
			}
			if n := len(s.Requests()); n != 1 {
				t.Errorf("%d requests, want 1", n)
			}
		})
	}
}

func TestAWholeAnswerIsOneDeltaWithUsage(t *testing.T) {
	s := llmtest.For(t)
	s.Script(llmtest.Whole("All at once."))
	deltas, result, err := ask(newClient(t, s, nil))
	if err != nil || len(deltas) != 1 || deltas[0] != "All at once." || result.Usage.OutputTokens != 3 {
		t.Errorf("deltas %q, result %+v, error %v", deltas, result, err)
	}
}

func TestFinishReasons(t *testing.T) {
	for server, want := range map[string]docent.FinishReason{
		"stop": docent.FinishStop, "length": docent.FinishLength, "eos": docent.FinishStop,
	} {
		s := llmtest.For(t)
		s.Script(llmtest.SayUntil(server, "text"))
		if _, result, err := ask(newClient(t, s, nil)); err != nil || result.FinishReason != want {
			t.Errorf("%s: finish %q, error %v", server, result.FinishReason, err)
		}
	}
}

func TestAnAnswerWhoseRestWasWithheldIsNotComplete(t *testing.T) {
	s := llmtest.For(t)
	s.Script(llmtest.SayUntil("content_filter", "The ", "begin"))
	deltas, _, err := ask(newClient(t, s, nil))
	wantError(t, err, docent.CodeModelCut)
	if strings.Join(deltas, "") != "The begin" || len(s.Requests()) != 1 {
		t.Errorf("deltas %q after %d requests", deltas, len(s.Requests()))
	}
}

func TestAnAnswerWithoutTextIsAFailure(t *testing.T) {
	for _, finish := range []string{"stop", "length", "content_filter"} {
		s := llmtest.For(t)
		s.Script(llmtest.SayUntil(finish))
		deltas, _, err := ask(newClient(t, s, func(c *Config) { c.Retries = 2 }))
		wantError(t, err, docent.CodeModelFailed)
		if len(deltas) > 0 || len(s.Requests()) != 1 {
			t.Errorf("%s: deltas %q after %d requests", finish, deltas, len(s.Requests()))
		}
	}
}

func TestAnErrorOfOnDeltaStopsTheAnswerAndComesBackAsItIs(t *testing.T) {
	s := llmtest.For(t)
	s.Script(llmtest.StallAfter("one"), llmtest.Say("again"))
	mine := docent.Errorf(docent.CodeModelFailed, "mine")
	_, err := newClient(t, s, func(c *Config) { c.Retries = 2 }).Stream(context.Background(), question, func(string) error { return mine })
	if err != error(mine) {
		t.Errorf("error %v, want the callback's own", err)
	}
	if n := len(s.Requests()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

func TestModelsAreTheConfiguredOnes(t *testing.T) {
	s := llmtest.For(t)
	c := newClient(t, s, func(c *Config) { c.Also = []string{"other", "stand-in", " third "} })
	if diff := cmp.Diff([]string{"stand-in", "other", "third"}, c.Models()); diff != "" {
		t.Error(diff)
	}
	ignore := func(string) error { return nil }
	if _, err := c.Stream(context.Background(), docent.ModelRequest{Model: "other"}, ignore); err != nil {
		t.Fatal(err)
	}
	_, err := c.Stream(context.Background(), docent.ModelRequest{Model: "unknown"}, ignore)
	wantError(t, err, docent.CodeInvalid)
	if r := s.Requests(); len(r) != 1 || r[0].Model != "other" {
		t.Errorf("requests %v, want one for the other model", r)
	}
}
