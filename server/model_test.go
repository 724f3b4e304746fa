package server

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"docent"
	"docent/llm"
	"docent/llm/llmtest"
)

// ready is what GET /ready says.
func (f *fixture) ready(t *testing.T) string {
	t.Helper()
	answer, err := http.Get(f.url + "/ready")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", answer.Status, body, err)
	}
	return string(body)
}

// done asks the question and gives the end of the answer.
func (f *fixture) done(t *testing.T) (docent.DoneData, docent.Message) {
	t.Helper()
	all := f.ask(t, question).rest(t)
	end := all[len(all)-1]
	if end.Name != docent.EventDone {
		t.Fatalf("ended with %s: %s", end.Name, end.Data)
	}
	return data[docent.DoneData](t, end), f.message(t, data[docent.SessionData](t, all[0]))
}

// TestAModelWithoutCreditLeavesQuotationsAndSaysWhy holds that nobody is kept
// from an answer, that whoever runs the server is told, and that nothing has to
// be done once the account is in order.
func TestAModelWithoutCreditLeavesQuotationsAndSaysWhy(t *testing.T) {
	for name, tc := range map[string]struct {
		reply llmtest.Reply
		says  string
	}{
		"insufficient_quota": {llmtest.QuotaSpent(), "the account at the model's server is used up: check the plan and the billing"},
		"401":                {llmtest.Unauthorized(), "the model's server refused the key: check model.api_key"},
		"403":                {llmtest.Fail(403, "forbidden", "No."), "the model's server refused the key: check model.api_key"},
	} {
		t.Run(name, func(t *testing.T) {
			model := llmtest.For(t)
			f := start(t, func(c *Config) {
				withModel(model)(c)
				c.Model.APIKey, c.Model.Retries = "sk-planted-secret", 2
			})
			if got := f.ready(t); got != `{"status":"ready"}` {
				t.Errorf("before the first question: %s", got)
			}
			model.Script(tc.reply)
			done, _ := f.done(t)
			if done.FinishReason != docent.FinishExtractive || done.Cause != docent.CauseModelDown || len(model.Requests()) != 1 {
				t.Errorf("%s, %s after %d requests", done.FinishReason, done.Cause, len(model.Requests()))
			}
			if got := f.ready(t); !strings.Contains(got, tc.says) || strings.Contains(got, "planted") {
				t.Errorf("ready: %s", got)
			}
			if done, _ := f.done(t); done.FinishReason != docent.FinishStop || f.ready(t) != `{"status":"ready"}` {
				t.Errorf("then %s, ready: %s", done.FinishReason, f.ready(t))
			}
			model.Script(tc.reply)
			_, fix, _ := strings.Cut(tc.says, ": ")
			if found := finding(t, checkModel(t.Context(), &f.cfg), "model_key"); found.State != StateProblem || !strings.HasPrefix(found.Fix, fix) {
				t.Errorf("doctor: %+v", found)
			}
		})
	}
}

func TestAModelThatStandsInAnswersAndIsPaid(t *testing.T) {
	model, spare := llmtest.For(t), llmtest.For(t)
	f := start(t, func(c *Config) {
		withModel(model)(c)
		c.Model.Fallbacks = []llm.Place{{Name: "spare", BaseURL: spare.URL}}
		c.Model.Prices = []llm.Price{{Model: "stand-in", Input: 1e6}, {Model: "spare", Output: 1e6}}
	})
	model.Script(llmtest.Limited("20"))
	spare.Script(llmtest.Say("Set ", "`PORT` [1]."))
	done, stored := f.done(t)
	if done.FinishReason != docent.FinishStop || stored.Text != "Set `PORT` [1]." {
		t.Errorf("%s: %q", done.FinishReason, stored.Text)
	}
	if done.Usage.CostUSD != 3 || stored.Usage.CostUSD != 3 {
		t.Errorf("cost %v, stored %v; three words were said", done.Usage.CostUSD, stored.Usage.CostUSD)
	}
	if !strings.Contains(f.ready(t), "stand-in (model)") {
		t.Errorf("ready: %s", f.ready(t))
	}
}

func TestThoughtsAreNeitherShownNorStored(t *testing.T) {
	model := llmtest.For(t)
	f := start(t, withModel(model))
	model.Script(llmtest.Say("<thi", "nk>hidden", " thought</th", "ink>\n", "Set `PORT` [1]. `<think>` is text."))
	all := f.ask(t, question).rest(t)
	stored := f.message(t, data[docent.SessionData](t, all[0]))
	if got := text(t, all); got != "Set `PORT` [1]. `<think>` is text." || stored.Text != got {
		t.Errorf("said %q, stored %q", got, stored.Text)
	}
	for _, e := range all {
		if strings.Contains(string(e.Data), "hidden") {
			t.Errorf("%s: %s", e.Name, e.Data)
		}
	}
}

// TestATrickleIsAnAnswerLikeAnyOther holds that a server which sends byte by byte,
// divides marks and counts no tokens costs the reader nothing.
func TestATrickleIsAnAnswerLikeAnyOther(t *testing.T) {
	model := llmtest.For(t)
	f := start(t, func(c *Config) {
		withModel(model)(c)
		c.Model.Prices = []llm.Price{{Model: "stand-in", Input: 1e6}}
	})
	trickle := llmtest.Stream(llmtest.Text("Set `PO"), llmtest.Text("RT` ["), llmtest.Comment("wait"), llmtest.Text("1"), llmtest.Text("][9"), llmtest.Text("9]."),
		llmtest.Finish("stop"), llmtest.Done())
	trickle.Piece, trickle.CRLF = 1, true
	model.Script(trickle)
	all := f.ask(t, question).rest(t)
	if got := text(t, all); got != "Set `PORT` [1]." {
		t.Errorf("said %q", got)
	}
	done := data[docent.DoneData](t, all[len(all)-1])
	if u := done.Usage; len(done.Citations) != 1 || u.InputTokens == 0 || u.OutputTokens == 0 || u.CostUSD != float64(u.InputTokens) {
		t.Errorf("citations %+v, usage %+v", done.Citations, u)
	}
}

func TestADoctorAsksTheModelsThatStandIn(t *testing.T) {
	model, spare := llmtest.For(t), llmtest.For(t)
	cfg := Defaults()
	withModel(model)(&cfg)
	cfg.Model.Temperature = new(0.5)
	cfg.Model.Fallbacks = []llm.Place{{Name: "spare", BaseURL: spare.URL}}
	if f := finding(t, checkModel(t.Context(), &cfg), "model_fallbacks"); f.State != StateOK {
		t.Errorf("%+v", f)
	}
	spare.Script(llmtest.Unauthorized())
	model.Refuse("temperature")
	found := checkModel(t.Context(), &cfg)
	f := finding(t, found, "model_fallbacks")
	if f.State != StateWarning || !strings.HasPrefix(f.Detail, "model.fallbacks[0]: ") || !strings.Contains(f.Fix, "model.fallbacks[0].api_key") {
		t.Errorf("%+v", f)
	}
	if f := finding(t, found, "model"); f.State != StateWarning || !strings.Contains(f.Detail, "temperature") {
		t.Errorf("%+v", f)
	}
}
