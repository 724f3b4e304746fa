package llm

import (
	"context"
	"errors"
	"slices"
	"testing"

	"docent"
	"docent/llm/llmtest"
)

func probe(t *testing.T, replies ...llmtest.Reply) (*llmtest.Server, bool, error) {
	t.Helper()
	server := llmtest.For(t)
	server.Script(replies...)
	streams, err := newClient(t, server, func(c *Config) { c.Retries = 5 }).Probe(t.Context())
	return server, streams, err
}

func TestAProbeAsksForOneTokenOnce(t *testing.T) {
	server, streams, err := probe(t, llmtest.SayUntil("length", "re"))
	if err != nil || !streams {
		t.Errorf("streams %v, %v", streams, err)
	}
	if asked := server.Requests(); len(asked) != 1 || asked[0].MaxTokens != 1 {
		t.Errorf("asked %+v", asked)
	}
	server, _, err = probe(t, llmtest.Broken())
	if docent.CodeOf(err) != docent.CodeModelFailed || len(server.Requests()) != 1 {
		t.Errorf("%d requests, %v", len(server.Requests()), err)
	}
}

func TestAProbeTellsAServerThatDoesNotStream(t *testing.T) {
	if _, streams, err := probe(t, llmtest.Whole("ready")); err != nil || streams {
		t.Errorf("streams %v, %v", streams, err)
	}
}

func TestAModelThatCanNotThinkWithinOneTokenIsAskedWithoutALimit(t *testing.T) {
	refusal := llmtest.Fail(400, "invalid_request_error", "Could not finish the message because the output limit was reached.")
	server, streams, err := probe(t, refusal, llmtest.Say("ready"))
	if err != nil || !streams {
		t.Errorf("streams %v, %v", streams, err)
	}
	if asked := server.Requests(); len(asked) != 2 || asked[1].Has("max_tokens") {
		t.Errorf("asked %+v", asked)
	}
}

func TestAProbeFindsOutWhatIsRefused(t *testing.T) {
	server := llmtest.For(t)
	server.Refuse("temperature", "top_p")
	c := newClient(t, server, everything)
	if _, err := c.Probe(t.Context()); err != nil || !slices.Equal(c.Refused(), []string{"temperature", "top_p"}) {
		t.Errorf("refused %v, %v", c.Refused(), err)
	}
}

func TestAProbeFailsAsAnAnswerDoes(t *testing.T) {
	for name, c := range map[string]struct {
		reply llmtest.Reply
		code  docent.Code
	}{
		"refused key":    {llmtest.Unauthorized(), docent.CodeModelAuth},
		"HTML":           {llmtest.HTML(), docent.CodeModelFailed},
		"cut at once":    {llmtest.Stream(llmtest.Cut()), docent.CodeModelCut},
		"broken JSON":    {llmtest.Stream(llmtest.BrokenJSON()), docent.CodeModelFailed},
		"error as event": {llmtest.Stream(llmtest.Failure("server_error", "sorry")), docent.CodeModelFailed},
	} {
		if _, _, err := probe(t, c.reply); docent.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func TestAProbeEndsWithItsCallersPatience(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	impatient := errors.New("that took too long")
	server := llmtest.For(t)
	server.Script(llmtest.Stream(func(o *llmtest.Out) error {
		cancel(impatient)
		<-o.Context().Done()
		return nil
	}))
	if _, err := newClient(t, server, nil).Probe(ctx); !errors.Is(err, impatient) {
		t.Errorf("%v", err)
	}
}
