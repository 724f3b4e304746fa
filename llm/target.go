package llm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/openai/openai-go/v3"

	"docent"
)

// target is a model on a server, with what was learned of both.
type target struct {
	*server     // shared by the models of one server
	model       string
	setting     string // of config.yaml, for those who read /ready: "model.fallbacks[0]"
	completions openai.ChatCompletionService
	dialect     dialects[dialect]
	breaker     breaker
	trouble     trouble
}

// targets makes the models of a configuration that was checked: Name, Also, then
// the fallbacks. Those of one server share its connections.
func targets(cfg Config) (list []*target, err error) {
	main := cfg.place()
	var places []Place
	add := func(p Place, section string) {
		t := &target{model: p.Name, setting: section}
		if i := slices.IndexFunc(places, p.sameServer); i >= 0 {
			t.server = list[i].server
		} else {
			t.server = &server{
				called: "the model's server", kind: "a model", answer: "the model's answer", secrets: p.secrets(),
				section: section, model: section + ".name", budget: "chat.context_tokens", clock: realClock(),
			}
			if t.server.client, err = httpClient(p.CAFile); err != nil {
				err = fmt.Errorf("%s.ca_file: %w", section, err)
			}
		}
		t.completions = openai.NewChatCompletionService(endpoint{p, eventStream}.options(t.server.client)...)
		t.dialect.learn(dialect{completionTokens: isOpenAI(p.BaseURL)})
		places, list = append(places, p), append(list, t)
	}
	add(main, "model")
	for _, name := range cfg.models()[1:] {
		if slices.ContainsFunc(cfg.Fallbacks, func(f Place) bool { return f.Name == name }) {
			continue
		}
		also := main
		also.Name = name
		if add(also, "model"); err != nil {
			break
		}
	}
	for i, f := range cfg.Fallbacks {
		if err == nil {
			add(f, fmt.Sprintf("model.fallbacks[%d]", i))
		}
	}
	return list, err
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

// chain is the models that a question is put to, one after another.
type chain []*target

// chain gives the models to ask: the one that was named, and what stands behind
// it.
func (c *Client) chain(name string) (chain, error) {
	behind := append(chain{c.targets[0]}, c.fallbacks()...)
	if name == "" {
		return behind, nil
	}
	i := slices.IndexFunc(c.targets, func(t *target) bool { return t.model == name })
	if i < 0 {
		return nil, docent.Errorf(docent.CodeInvalid, "the model %q is not configured", name)
	}
	first := c.targets[i]
	if len(c.cfg.Fallbacks) == 0 {
		return chain{first}, nil
	}
	return append(chain{first}, slices.DeleteFunc(behind, func(t *target) bool { return t == first })...), nil
}

func (c *Client) fallbacks() chain { return c.targets[len(c.targets)-len(c.cfg.Fallbacks):] }

// left is how long all of the servers asked not to be called.
func (l chain) left(now time.Time) time.Duration {
	least := l[0].left(now)
	for _, t := range l[1:] {
		least = min(least, t.left(now))
	}
	return least
}

func (l chain) limited(after time.Duration, cause error) *failure {
	return l[0].limited(after, cause)
}

// tries asks one model after another until text came, and begins again where
// that may help.
func (c *Client) tries(ctx context.Context, a *answer, l chain) error {
	p := patience{retries: c.cfg.Retries, backoff: maxBackoff, wait: maxWait}
	if d := c.cfg.FirstTokenTimeout; d > 0 {
		p.deadline = c.clock.now().Add(d)
	}
	return try(ctx, c.clock, l, p, func(n int) error { return c.round(ctx, a, l, p, n) })
}

// round asks each model once, until one answers. Its failure is the first
// model's, and as soon worth another try as any of them.
func (c *Client) round(ctx context.Context, a *answer, l chain, p patience, n int) error {
	var all *failure
	for i, t := range l {
		err := c.turn(ctx, a, t, c.limit(p, n == 0 && i > 0), n, len(l) > 1)
		var f *failure
		if ctx.Err() != nil || !errors.As(err, &f) {
			return err
		}
		if a.begun {
			f.again = false // the reader has seen text
			return f
		}
		all = all.and(t.heed(f, n, p.backoff))
		if f.ofRequest() {
			break // what does not fit here won't elsewhere
		}
	}
	return all
}

// turn asks a model, unless it is known not to answer now.
func (c *Client) turn(ctx context.Context, a *answer, t *target, limit time.Duration, n int, others bool) error {
	now := t.clock.now()
	if left := t.left(now); others && left > 0 {
		return t.limited(left, errPaused)
	}
	if f := t.breaker.open(now); f != nil {
		return f
	}
	err := c.ask(ctx, a, t, limit)
	if ctx.Err() == nil && a.stopped == nil {
		t.heard(err, a.begun, n)
	}
	return err
}

// limit is how long a model may take for its first text: what is left of the
// question's time, and for one that stands in, the whole of it.
func (c *Client) limit(p patience, standsIn bool) time.Duration {
	if p.deadline.IsZero() || standsIn {
		return c.cfg.FirstTokenTimeout
	}
	return max(p.deadline.Sub(c.clock.now()), time.Millisecond)
}
