package llm

import (
	"context"
	"errors"
	"slices"
	"time"

	"docent"
)

// chain is the models that a question is put to, one after another.
type chain []*target

// chain gives the models to ask: the one that was named, and what stands behind
// it.
func (c *Client) chain(name string) (chain, error) {
	behind := append(chain{c.targets[0]}, c.fallbacks()...)
	if name == "" {
		return behind, nil
	}
	i := slices.IndexFunc(c.targets, func(t *target) bool { return t.place.Name == name })
	if i < 0 {
		return nil, docent.Errorf(docent.CodeInvalid, "the model %q is not configured", name)
	}
	first := c.targets[i]
	if len(c.cfg.Fallbacks) == 0 {
		return chain{first}, nil
	}
	return append(chain{first}, slices.DeleteFunc(behind, func(t *target) bool { return t.place.Name == first.place.Name && t.place.sameServer(first.place) })...), nil
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
