package server

import (
	"strings"
	"testing"

	"docent"
	"docent/llm/llmtest"
)

// TestAQuestionInGermanIsTranslatedAnsweredInGermanAndSaidShorter goes through
// all parts: a short call, the search, the answer with its checks, and a request
// about it that searches for nothing new.
func TestAQuestionInGermanIsTranslatedAnsweredInGermanAndSaidShorter(t *testing.T) {
	model := llmtest.For(t)
	model.Script(
		llmtest.Say("How do I change the port of docent serve?"),
		llmtest.Say("Den Port ändern Sie mit `docent serve --port`, wenn er belegt ist [1]."),
		llmtest.Say("Mit `--port` [1]."),
	)
	f := start(t, withModel(model))
	first := f.ask(t, `{"message": "Wie ändere ich den Port von docent serve?"}`).rest(t)
	session := data[docent.SessionData](t, first[0])
	if got := text(t, first); !strings.HasPrefix(got, "Den Port ändern Sie") {
		t.Errorf("answered %q", got)
	}
	for _, e := range first {
		if e.Name == docent.EventSupport && data[docent.SupportData](t, e).State != docent.Unchecked {
			t.Errorf("a German sentence over English pages is %s", e.Data)
		}
	}
	done := data[docent.DoneData](t, first[len(first)-1])
	second := f.ask(t, `{"message": "kürzer bitte", "session_id": "`+session.SessionID+`"}`).rest(t)
	if got := text(t, second); got != "Mit `--port` [1]." {
		t.Errorf("said shorter: %q", got)
	}
	shorter := data[docent.DoneData](t, second[len(second)-1])
	if len(shorter.Citations) != 1 || len(done.Citations) != 1 || shorter.Citations[0].URL != done.Citations[0].URL || shorter.FinishReason != docent.FinishStop {
		t.Errorf("cited %+v, before %+v", shorter.Citations, done.Citations)
	}
	asked := model.Requests()
	if len(asked) != 3 {
		t.Fatalf("%d calls", len(asked))
	}
	if system := asked[1].Messages[0].Content; !strings.Contains(system, "in German") {
		t.Errorf("the rules are %s", system)
	}
	thanks := f.ask(t, `{"message": "Danke!", "session_id": "`+session.SessionID+`"}`).rest(t)
	if got := text(t, thanks); !strings.HasPrefix(got, "Gern geschehen") || len(model.Requests()) != 3 {
		t.Errorf("thanks: %q after %d calls", got, len(model.Requests()))
	}
}
