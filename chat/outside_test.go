package chat

import (
	"strings"
	"testing"

	"docent"
)

// knowing is a service that may answer from what its model knows, whose model
// refuses by the word what it is given passages for, and says text of what it knows.
func knowing(t *testing.T, store *memory, f docent.Found, text string) (*Service, *scripted) {
	t.Helper()
	model := &scripted{reply: func(r docent.ModelRequest) []string {
		reply := text
		if strings.Contains(r.Messages[0].Text, "Only the numbered passages") {
			reply = "WORD"
		}
		return refuser(reply, 3).reply(r)
	}}
	c := testConfig()
	c.Answer.OutsideKnowledge, c.KeepTraces = true, 1
	return service(t, c, store, finds(f), model), model
}

func TestWhatTheModelKnowsIsSaidBehindItsLabelAndStaysAGap(t *testing.T) {
	absent := docent.Found{Passages: installPassages(), Answerable: .1, Refuse: true}
	for name, f := range map[string]docent.Found{"surely absent": absent, "nothing found": {Refuse: true}, "refused by the model": found} {
		for lang, question := range map[string]string{"en": "Does it run on the moon?", "de": "Läuft das auch auf dem Mond und wie schnell ist es dort?"} {
			store := newMemory()
			s, model := knowing(t, store, f, "No program is known to [1], see [there](https://moon.example/) [9].")
			started, events := ask(t, s, docent.Ask{Message: question})
			done := decode[docent.DoneData](t, last(events))
			want := wordings[lang].outside + "\n\nNo program is known to"
			if got := said(t, events); !strings.HasPrefix(got, want) || strings.Contains(got, "[1]") || strings.Contains(got, "[9]") || strings.Contains(got, "https:") {
				t.Errorf("%s, %s: %q", name, lang, got)
			}
			if done.FinishReason != docent.FinishStop || done.Cause != docent.CauseOutside || done.Certain != "uncertain" || done.Grounded != nil || len(done.Citations) > 0 {
				t.Errorf("%s, %s: %+v", name, lang, done)
			}
			m := store.message(started.MessageID)
			if m.Gap == nil || m.Gap.Question != question || m.Cause != docent.CauseOutside || m.Text != said(t, events) {
				t.Errorf("%s, %s: stored %+v", name, lang, m)
			}
			if asked := model.seen.Messages; strings.Contains(asked[len(asked)-1].Text, "package manager") {
				t.Errorf("%s, %s: passages that do not answer were sent again", name, lang)
			}
			if refusal := done.Usage.InputTokens > 7; refusal == f.Refuse { // each call tells of 7 tokens, one that was stopped is estimated
				t.Errorf("%s, %s: %d input tokens", name, lang, done.Usage.InputTokens)
			}
		}
	}
}

func TestAModelThatDoesNotKnowEitherRefuses(t *testing.T) {
	for _, text := range []string{"WORD", " **WORD**.", ""} {
		store := newMemory()
		s, _ := knowing(t, store, found, text)
		started, events := ask(t, s, docent.Ask{Message: "Does it run on the moon?"})
		done := decode[docent.DoneData](t, last(events))
		if got := said(t, events); done.FinishReason != docent.FinishRefused || done.Cause != "" || !strings.HasPrefix(got, wordings["en"].refused) {
			t.Errorf("%q: %s %s, %q", text, done.FinishReason, done.Cause, got)
		}
		if store.message(started.MessageID).Gap == nil {
			t.Errorf("%q: no gap", text)
		}
	}
}

func TestNothingIsAnsweredFromMemoryWithoutTheSettingOrAModel(t *testing.T) {
	with := testConfig()
	with.Answer.OutsideKnowledge = true
	absent := docent.Found{Passages: installPassages(), Refuse: true}
	for name, s := range map[string]*Service{
		"without the setting": service(t, testConfig(), newMemory(), finds(absent), &scripted{deltas: []string{"From memory."}}),
		"without a model":     service(t, with, newMemory(), finds(absent), nil),
	} {
		_, events := ask(t, s, docent.Ask{Message: "Does it run on the moon?"})
		if done := decode[docent.DoneData](t, last(events)); done.FinishReason != docent.FinishRefused || !strings.HasPrefix(said(t, events), wordings["en"].refused) {
			t.Errorf("%s: %s, %q", name, done.FinishReason, said(t, events))
		}
	}
}

func TestWhatTheModelKnewIsSaidOtherwiseBehindTheLabel(t *testing.T) {
	store := newMemory()
	s, model := knowing(t, store, docent.Found{Refuse: true}, "It does not.")
	started, _ := ask(t, s, docent.Ask{Message: "Does it run on the moon?"})
	next, events := ask(t, s, docent.Ask{Message: "shorter please", SessionID: started.SessionID})
	if got := said(t, events); got != wordings["en"].outside+"\n\nIt does not." {
		t.Errorf("%q", got)
	}
	asked := model.seen.Messages
	if !strings.Contains(asked[len(asked)-1].Text, `about your answer to "Does it run on the moon?"`) || store.message(next.MessageID).Gap != nil {
		t.Errorf("asked %q, gap %+v", asked[len(asked)-1].Text, store.message(next.MessageID).Gap)
	}
}
