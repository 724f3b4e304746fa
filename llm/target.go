package llm

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/openai/openai-go/v3"

	"docent"
)

// target is a model on a server, with what was learned of it there.
type target struct {
	*server
	place       Place
	setting     string // of config.yaml, for those who read /ready: "model.fallbacks[0]"
	completions openai.ChatCompletionService
	dialect     dialects[dialect]
	breaker     breaker
	trouble     trouble
	swallows    atomic.Bool // the server swallows thinkBegin, as it seems
}

// targets makes the models of a configuration that was checked: Name, Also, then
// the fallbacks. Those of one server share its connections.
func targets(cfg Config) ([]*target, error) {
	main := cfg.place()
	places, settings := []Place{main}, []string{"model"}
	for _, name := range cfg.Also {
		also := main
		also.Name = strings.TrimSpace(name)
		places, settings = append(places, also), append(settings, "model")
	}
	for i, f := range cfg.Fallbacks {
		places, settings = append(places, f), append(settings, fmt.Sprintf("model.fallbacks[%d]", i))
	}
	var list []*target
	for i, p := range places {
		t, err := newTarget(list, p, settings[i])
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}

// newTarget makes a model. Where one of the list is asked on the same server,
// they share connections, and errors name its settings of that server. They don't
// share pauses: providers limit models, each by itself.
func newTarget(list []*target, p Place, setting string) (t *target, err error) {
	s := &server{
		called: "the model's server", kind: "a model", answer: "the model's answer", secrets: p.secrets(),
		section: setting, model: setting + ".name", budget: "chat.context_tokens", clock: realClock(),
	}
	if i := slices.IndexFunc(list, func(t *target) bool { return t.place.sameServer(p) }); i >= 0 {
		s.client, s.section = list[i].client, list[i].section
	} else if s.client, err = httpClient(p.CAFile); err != nil {
		return nil, fmt.Errorf("%s.ca_file: %w", setting, err)
	}
	t = &target{server: s, place: p, setting: setting}
	t.completions = openai.NewChatCompletionService(endpoint{p, eventStream}.options(s.client)...)
	t.dialect.learn(dialect{completionTokens: isOpenAI(p.BaseURL)})
	t.swallows.Store(unopened.MatchString(p.Name))
	return t, nil
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
				t.place.Name, t.setting, t.trouble.at.UTC().Format(time.RFC3339), t.trouble.err.Told()))
		}
		t.trouble.mu.Unlock()
	}
	return list
}
