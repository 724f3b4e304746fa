package llm

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"docent"
	"docent/llm/llmtest"
)

// newChain makes a client of a stand-in with another one behind it.
func newChain(t *testing.T, change func(*Config)) (main, other *llmtest.Server, c *Client, clock *fakeClock) {
	t.Helper()
	main, other, clock = llmtest.For(t), llmtest.For(t), newFakeClock()
	c = newClient(t, main, func(c *Config) {
		c.Retries = 2
		c.Fallbacks = []Place{{Name: "spare", BaseURL: other.URL, APIKey: "spare-secret"}}
		if change != nil {
			change(c)
		}
	})
	setClock(c, clock.clock())
	return main, other, c, clock
}

func TestTheNextModelAnswersAtOnceWhereOneFails(t *testing.T) {
	unready := llmtest.Broken()
	unready.Status, unready.Header = 503, http.Header{"Retry-After": {"3"}}
	for name, reply := range map[string]llmtest.Reply{
		"429": llmtest.Limited(""), "429 with a pause": llmtest.Limited("20"), "quota spent": llmtest.QuotaSpent(),
		"500": llmtest.Broken(), "503 with a pause": unready, "401": llmtest.Unauthorized(), "HTML": llmtest.HTML(),
		"unknown model": llmtest.Fail(404, "model_not_found", "No such model."), "cut": llmtest.CutAfter(), "no text": llmtest.Say(),
	} {
		t.Run(name, func(t *testing.T) {
			main, other, c, clock := newChain(t, nil)
			main.Script(reply)
			deltas, result, err := ask(c)
			if err != nil || len(deltas) == 0 || result.Model != "spare" {
				t.Fatalf("%q by %q: %v", deltas, result.Model, err)
			}
			if len(main.Requests()) != 1 || len(other.Requests()) != 1 || len(clock.slept()) != 0 {
				t.Errorf("asked %d and %d times after waits of %v", len(main.Requests()), len(other.Requests()), clock.slept())
			}
		})
	}
}

func TestSilenceBeforeTheFirstWordLeadsToTheNextModel(t *testing.T) {
	main, other, c, clock := newChain(t, func(c *Config) { c.FirstTokenTimeout = 10 * second })
	main.Script(llmtest.Stream(func(o *llmtest.Out) error {
		clock.ring()
		return llmtest.Stall()(o)
	}))
	if _, result, err := ask(c); err != nil || result.Model != "spare" {
		t.Errorf("by %q: %v", result.Model, err)
	}
	if got := clock.timers[1].sets; len(other.Requests()) != 1 || got[0] != 10*second {
		t.Errorf("the next model had %v", got)
	}
}

func TestNoOtherModelGoesOnWithText(t *testing.T) {
	for name, reply := range map[string]llmtest.Reply{
		"cut": llmtest.CutAfter("one "), "limited": llmtest.Stream(llmtest.Text("one "), llmtest.Failure("rate_limit", "slow")),
		"stalled": llmtest.StallAfter("one "),
	} {
		main, other, c, _ := newChain(t, func(c *Config) { c.StallTimeout = 20 * time.Millisecond })
		setClock(c, realClock())
		main.Script(reply)
		deltas, _, err := ask(c)
		if err == nil || len(deltas) != 1 || len(other.Requests()) != 0 {
			t.Errorf("%s: %q, %v, %d other requests", name, deltas, err, len(other.Requests()))
		}
	}
}

func TestARequestThatDoesNotFitIsNotPassedOn(t *testing.T) {
	for name, reply := range map[string]llmtest.Reply{
		"refused": llmtest.Fail(400, "invalid_request_error", "No."), "withheld": llmtest.SayUntil("content_filter"),
	} {
		main, other, c, _ := newChain(t, nil)
		main.Script(reply)
		if _, _, err := ask(c); err == nil || len(other.Requests()) != 0 {
			t.Errorf("%s: %v, %d other requests", name, err, len(other.Requests()))
		}
	}
}

// TestWhereAllFailAllAreTriedAgain holds that the failure told is that of the
// model that was meant, and that the tries are those of one model.
func TestWhereAllFailAllAreTriedAgain(t *testing.T) {
	main, other, c, clock := newChain(t, nil)
	main.Script(llmtest.Times(3, llmtest.Limited("4"))...)
	other.Script(llmtest.Times(3, llmtest.Broken())...)
	_, _, err := ask(c)
	wantError(t, err, docent.CodeModelLimited)
	if want := []time.Duration{second / 2, second}; !slices.Equal(clock.slept(), want) {
		t.Errorf("waits %v, want the shortest ones, %v", clock.slept(), want)
	}
	if len(main.Requests()) != 1 || len(other.Requests()) != 3 {
		t.Errorf("asked %d and %d times, want once, for it asked for a pause, and thrice", len(main.Requests()), len(other.Requests()))
	}
}

func TestAModelThatAsksForAPauseIsPassedOverMeanwhile(t *testing.T) {
	main, other, c, clock := newChain(t, nil)
	main.Script(llmtest.Limited("20"))
	for range 3 {
		if _, result, err := ask(c); err != nil || result.Model != "spare" {
			t.Fatalf("by %q: %v", result.Model, err)
		}
	}
	if err := clock.sleep(context.Background(), 20*second); err != nil {
		t.Fatal(err)
	}
	_, result, err := ask(c)
	if err != nil || result.Model != "stand-in" || len(main.Requests()) != 2 || len(other.Requests()) != 3 {
		t.Errorf("by %q: %v; asked %d and %d times", result.Model, err, len(main.Requests()), len(other.Requests()))
	}
}

// TestALimitOfOneModelIsNotThatOfAnother holds that a smaller model on the same
// server takes over at once, as its limits are its own.
func TestALimitOfOneModelIsNotThatOfAnother(t *testing.T) {
	main, _, c, clock := newChain(t, func(c *Config) { c.Retries, c.Fallbacks = 0, []Place{{Name: "small"}} })
	main.Script(llmtest.Limited("20"))
	for range 2 {
		if _, result, err := ask(c); err != nil || result.Model != "small" {
			t.Errorf("by %q: %v", result.Model, err)
		}
	}
	if len(main.Requests()) != 3 || len(clock.slept()) > 0 {
		t.Errorf("%d requests, waits %v", len(main.Requests()), clock.slept())
	}
	main.Script(llmtest.Limited("20"), llmtest.Unauthorized())
	if err := clock.sleep(context.Background(), 20*second); err != nil {
		t.Fatal(err)
	}
	_, _, err := ask(c)
	wantError(t, err, docent.CodeModelLimited)
	if got := strings.Join(c.Trouble(), "\n"); !strings.Contains(got, "small (model.fallbacks[0])") || !strings.Contains(got, "check model.api_key, and that it may use model.fallbacks[0].name") {
		t.Errorf("trouble: %s", got)
	}
}

func TestAModelThatIsNamedIsAskedFirst(t *testing.T) {
	for name, want := range map[string]string{"": "stand-in", "also": "also", "spare": "spare"} {
		_, _, c, _ := newChain(t, func(c *Config) { c.Also = []string{"also"} })
		result, err := c.Stream(t.Context(), docent.ModelRequest{Model: name}, func(string) error { return nil })
		if err != nil || result.Model != want {
			t.Errorf("%q: by %q, %v", name, result.Model, err)
		}
	}
	main, other, c, _ := newChain(t, func(c *Config) { c.Also = []string{"also"} })
	main.Script(llmtest.Broken(), llmtest.Broken())
	if _, err := c.Stream(t.Context(), docent.ModelRequest{Model: "also"}, func(string) error { return nil }); err != nil {
		t.Fatal(err)
	}
	var asked []string
	for _, r := range append(main.Requests(), other.Requests()...) {
		asked = append(asked, r.Model)
	}
	if !slices.Equal(asked, []string{"also", "stand-in", "spare"}) || !slices.Equal(c.Models(), []string{"stand-in", "also", "spare"}) {
		t.Errorf("asked %v of %v", asked, c.Models())
	}
}

func TestAModelOfTheFirstServerIsNotAskedElsewhere(t *testing.T) {
	main, other, c, _ := newChain(t, func(c *Config) {
		c.Also = []string{"small", "spare", "stand-in"}
		c.Fallbacks = append(c.Fallbacks, Place{Name: "small"})
	})
	main.Script(llmtest.Broken(), llmtest.Broken(), llmtest.Broken())
	for _, name := range []string{"spare", "small"} {
		if _, err := c.Stream(t.Context(), docent.ModelRequest{Model: name}, func(string) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	var asked []string
	for _, r := range main.Requests() {
		asked = append(asked, r.Model)
	}
	if !slices.Equal(asked, []string{"spare", "stand-in", "small", "stand-in"}) || len(other.Requests()) != 1 {
		t.Errorf("asked %v, and elsewhere %d times", asked, len(other.Requests()))
	}
}

func TestKeysAndHeadersStayWithTheirServer(t *testing.T) {
	main, other, c, _ := newChain(t, func(c *Config) {
		c.Headers, c.Organization = []Header{{"X-Team", "docs-secret"}}, "org"
		c.Fallbacks = append(c.Fallbacks, Place{Name: "small"}, Place{BaseURL: c.Fallbacks[0].BaseURL})
	})
	main.Script(llmtest.Broken())
	other.Script(llmtest.Broken(), llmtest.Broken())
	if _, result, err := ask(c); err != nil || result.Model != "small" {
		t.Fatalf("by %q: %v", result.Model, err)
	}
	for _, r := range main.Requests() {
		if r.Header.Get("X-Team") != "docs-secret" || r.Header.Get("Authorization") != "Bearer a-secret-key" {
			t.Errorf("%s: %v", r.Model, r.Header)
		}
	}
	main.Script(llmtest.Broken(), llmtest.Broken())
	if _, result, err := ask(c); err != nil || result.Model != "stand-in" {
		t.Fatalf("by %q: %v", result.Model, err)
	}
	for i, r := range other.Requests() {
		key := []string{"Bearer spare-secret", "Bearer spare-secret", ""}[i]
		if r.Header.Get("X-Team") != "" || r.Header.Get("Openai-Organization") != "" || r.Header.Get("Authorization") != key {
			t.Errorf("request %d: %v", i, r.Header)
		}
	}
}

func TestTroubleIsToldUntilTheModelAnswers(t *testing.T) {
	main, _, c, clock := newChain(t, nil)
	if got := c.Trouble(); len(got) > 0 {
		t.Errorf("before the first question: %q", got)
	}
	for name, tc := range map[string]struct {
		reply llmtest.Reply
		want  string
	}{
		"key":   {llmtest.Fail(401, "invalid_api_key", "Incorrect key a-secret-key."), "refused the key: check model.api_key"},
		"quota": {llmtest.QuotaSpent(), "is used up: check the plan and the billing of the account that model.api_key belongs to"},
		"500":   {llmtest.Broken(), "the model's server failed"},
	} {
		main.Script(tc.reply)
		if _, _, err := ask(c); err != nil {
			t.Fatal(err)
		}
		got := strings.Join(c.Trouble(), "\n")
		at := clock.time().Format(time.RFC3339)
		if !strings.HasPrefix(got, "stand-in (model), asked last at "+at) || !strings.Contains(got, tc.want) || strings.Contains(got, "secret") {
			t.Errorf("%s: %q", name, got)
		}
	}
	if _, _, err := ask(c); err != nil || len(c.Trouble()) > 0 {
		t.Errorf("after an answer: %q, %v", c.Trouble(), err)
	}
}

func TestSpentQuotaAndRefusedKeysAreAskedOnceAndComeBack(t *testing.T) {
	for _, reply := range []llmtest.Reply{llmtest.QuotaSpent(), llmtest.Unauthorized(), llmtest.Fail(403, "forbidden", "No.")} {
		s := llmtest.For(t)
		s.Script(llmtest.Times(2*openAfter, reply)...)
		c := newClient(t, s, func(c *Config) { c.Retries = 2 })
		for i := range 2 * openAfter {
			if _, _, err := ask(c); err == nil || len(s.Requests()) != i+1 {
				t.Fatalf("question %d: %v after %d requests", i, err, len(s.Requests()))
			}
		}
		if _, _, err := ask(c); err != nil || len(c.Trouble()) > 0 {
			t.Errorf("%v, trouble %q", err, c.Trouble())
		}
	}
}

func TestFallbacksAreProbedEachAlone(t *testing.T) {
	main, other, c, _ := newChain(t, func(c *Config) { c.Fallbacks = append(c.Fallbacks, Place{Name: "small"}) })
	other.Script(llmtest.Unauthorized())
	errs := c.ProbeFallbacks(t.Context())
	if len(errs) != 2 || docent.CodeOf(errs[0]) != docent.CodeModelAuth || errs[1] != nil || len(main.Requests()) != 1 {
		t.Errorf("%v after %d requests of the first server", errs, len(main.Requests()))
	}
	var e *docent.Error
	if errors.As(errs[0], &e); !strings.Contains(e.Hint, "model.fallbacks[0].api_key") {
		t.Errorf("hint %q", e.Hint)
	}
}
