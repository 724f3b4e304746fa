package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"docent/llm/llmtest"
)

// question asks for the first page of the corpus, by its title's words.
var question = func() string {
	c := newCorpus(1)
	return fmt.Sprintf("How do I %s %s?", c.word(), c.word())
}()

// script is what the stand-in for a model's server answers: some deltas, and a
// pause after each. Its name travels as the model's.
type script struct {
	deltas int
	pause  time.Duration
}

func (s script) String() string {
	return fmt.Sprintf("%d-deltas-%d-us", s.deltas, s.pause.Microseconds())
}

// scripted reads the name of a script.
func scripted(model string) (s script) {
	var pause int
	_, _ = fmt.Sscanf(model, "%d-deltas-%d-us", &s.deltas, &pause) // of another name, the zero script
	s.pause = time.Duration(pause) * time.Microsecond
	return s
}

// reply is the answer: words, the last of which cites the first source. Its
// chunks are written out beforehand, so that the stand-in takes as little of
// the machine as it can.
func (s script) reply() llmtest.Reply {
	steps := []llmtest.Step{llmtest.Text("")}
	for i := range s.deltas {
		text := fmt.Sprintf("word%d ", i)
		if i == s.deltas-1 {
			text = "[1]."
		}
		steps = append(steps, llmtest.Raw(chunk(text)), rest(s.pause))
	}
	return llmtest.Stream(append(steps, llmtest.Finish("stop"), llmtest.Usage(), llmtest.Done())...)
}

// chunk is a delta with all that OpenAI sends around it.
func chunk(text string) string {
	encoded, _ := json.Marshal(text) // a string
	return `data: {"id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT","object":"chat.completion.chunk","created":1741569952,` +
		`"model":"stand-in","service_tier":"default","system_fingerprint":null,"choices":[{"index":0,"delta":{"content":` + string(encoded) +
		`},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"` + strings.Repeat("x", 16-min(len(text), 16)) + "\"}\n\n"
}

// rest pauses a stream.
func rest(d time.Duration) llmtest.Step {
	return func(o *llmtest.Out) error {
		if d == 0 {
			return nil
		}
		select {
		case <-time.After(d):
			return nil
		case <-o.Context().Done():
			return o.Context().Err()
		}
	}
}

// serveUpstream is the process that stands in for a model's server.
func serveUpstream(ctx context.Context) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	s, err := llmtest.New()
	if err != nil {
		return err
	}
	defer s.Close()
	s.Answer(func(r llmtest.Request) llmtest.Reply { return scripted(r.Model).reply() })
	fmt.Fprintln(os.Stderr, "serving on "+s.URL)
	<-ctx.Done()
	return nil
}
