package llm

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/openai/openai-go/v3"

	"docent"
)

// target is a model on a server, with what was learned of both.
type target struct {
	*server     // shared by the models of one server
	place       Place
	model       string
	setting     string // of config.yaml, for those who read /ready: "model.fallbacks[0]"
	completions openai.ChatCompletionService
	dialect     dialects[dialect]
	breaker     breaker
	trouble     trouble
}

// targets makes the models of a configuration that was checked: Name, Also, then
// the fallbacks. Those of one server share its connections.
func targets(cfg Config) ([]*target, error) {
	var list []*target
	add := func(p Place, setting string) error {
		s, err := serverOf(list, p, setting)
		if err == nil {
			list = append(list, newTarget(p, s, setting))
		}
		return err
	}
	main := cfg.place()
	if err := add(main, "model"); err != nil {
		return nil, err
	}
	for _, name := range cfg.Also {
		also := main
		also.Name = strings.TrimSpace(name)
		if err := add(also, "model"); err != nil {
			return nil, err
		}
	}
	for i, f := range cfg.Fallbacks {
		if err := add(f, fmt.Sprintf("model.fallbacks[%d]", i)); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func newTarget(p Place, s *server, setting string) *target {
	t := &target{server: s, place: p, model: p.Name, setting: setting}
	t.completions = openai.NewChatCompletionService(endpoint{p, eventStream}.options(s.client)...)
	t.dialect.learn(dialect{completionTokens: isOpenAI(p.BaseURL)})
	return t
}

// serverOf gives the server that one of the list is asked on in the same way, or
// a new one.
func serverOf(list []*target, p Place, setting string) (*server, error) {
	for _, t := range list {
		if t.place.sameServer(p) {
			return t.server, nil
		}
	}
	client, err := httpClient(p.CAFile)
	if err != nil {
		return nil, fmt.Errorf("%s.ca_file: %w", setting, err)
	}
	return &server{
		called: "the model's server", kind: "a model", answer: "the model's answer", secrets: p.secrets(),
		section: setting, model: setting + ".name", budget: "chat.context_tokens", client: client, clock: realClock(),
	}, nil
}

// heard takes note of how a question ended, to tell it and to spare the next
// ones. Of tries after the first one only what ended well counts.
func (t *target) heard(err error, text bool, try int) {
	var f *failure
	switch {
	case err == nil:
		t.trouble.clear()
		t.breaker.close()
	case !errors.As(err, &f) || f.ofRequest():
	default:
		t.trouble.note(t.clock.now(), f.err)
		slow := f.again && f.err.Code != docent.CodeModelLimited || f.err.Code == docent.CodeModelStalled
		if slow && !text && try == 0 {
			t.breaker.fail(t.clock.now(), f)
		}
	}
}

// trouble is the latest failure of a model that was not well since.
type trouble struct {
	mu  sync.Mutex
	at  time.Time
	err *docent.Error
}

func (t *trouble) note(at time.Time, err *docent.Error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.at, t.err = at, err
}

func (t *trouble) clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.err = nil
}

// Trouble says of each model that failed when it was last asked which one it is,
// why, and what to do, for whoever runs the server; nothing where all is well.
// No secret, no address and no server's own words are in it.
func (c *Client) Trouble() []string {
	var list []string
	for _, t := range c.targets {
		t.trouble.mu.Lock()
		if t.trouble.err != nil {
			list = append(list, fmt.Sprintf("%s (%s), asked last at %s: %s",
				t.model, t.setting, t.trouble.at.UTC().Format(time.RFC3339), t.trouble.err.Told()))
		}
		t.trouble.mu.Unlock()
	}
	return list
}
