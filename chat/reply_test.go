package chat

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"docent"
	"docent/analysis"
)

// talking is a conversation over a Service whose retrieval counts its calls.
type talking struct {
	*Service
	t        *testing.T
	store    *memory
	searches int
	session  string
}

func converse(t *testing.T, model Model, again []docent.Passage) *talking {
	t.Helper()
	c := &talking{t: t, store: newMemory()}
	retrieve := func(_ context.Context, q docent.Query) (docent.Found, error) {
		c.searches++
		f := found
		f.Asked = q.Text
		return f, nil
	}
	c.Service = New(testConfig(), c.store, retrieve, model, quotes, nil, slog.New(slog.DiscardHandler), WithLibrary(shelf{langs: []string{"en"}, again: again}))
	t.Cleanup(func() { c.Shutdown(context.Background()) })
	return c
}

// say asks in the session, and gives the answer as it was stored and its events.
func (c *talking) say(message string) (docent.Message, []docent.Event) {
	c.t.Helper()
	started, events := ask(c.t, c.Service, docent.Ask{Message: message, SessionID: c.session})
	c.session = started.SessionID
	return c.store.message(started.MessageID), events
}

func TestCiaoGreetsAtFirstAndLeavesLater(t *testing.T) {
	c := converse(t, nil, nil)
	if m, _ := c.say("Ciao!"); m.Text != wordings["it"].greeting {
		t.Errorf("at first: %q", m.Text)
	}
	if m, _ := c.say("ciao"); m.Text == wordings["it"].greeting {
		t.Errorf("later: %q", m.Text)
	}
	if m, _ := converse(t, nil, nil).say("Tschüss"); m.Text != wordings["de"].goodbye {
		t.Errorf("a goodbye that is none else: %q", m.Text)
	}
}

func TestSmallTalkIsAnsweredAtOnceFromNothing(t *testing.T) {
	for message, want := range map[string]string{
		"Hi!": wordings["en"].greeting, "Danke schön!": wordings["de"].thanks, "Qui es-tu ?": wordings["fr"].who, "Adiós": wordings["es"].goodbye,
		"Obrigado": wordings["pt"].thanks, "Buongiorno": wordings["it"].greeting, "ありがとう": wordings["ja"].thanks, "你好": wordings["zh"].greeting,
	} {
		for name, model := range map[string]Model{"without a model": nil, "with a model": &scripted{deltas: []string{"never"}}} {
			c := converse(t, model, nil)
			m, events := c.say(message)
			if m.Text != want || m.FinishReason != docent.FinishStop || m.Cause != "" || m.Gap != nil || len(m.Sources) > 0 {
				t.Errorf("%q %s: %q, %s, %s", message, name, m.Text, m.FinishReason, m.Cause)
			}
			if c.searches != 0 || strings.Contains(names(events), docent.EventSources) {
				t.Errorf("%q %s: %d searches, %s", message, name, c.searches, names(events))
			}
		}
	}
}

func TestAGreetingWithAQuestionIsTheQuestion(t *testing.T) {
	c := converse(t, nil, nil)
	if m, _ := c.say("Hi, how do I install it on Linux?"); m.FinishReason != docent.FinishExtractive || c.searches != 1 {
		t.Errorf("%s after %d searches", m.FinishReason, c.searches)
	}
}

func TestAGreetingThatSeveralLanguagesShareIsAnsweredInTheReaders(t *testing.T) {
	c := converse(t, nil, nil)
	_, events := ask(t, c.Service, docent.Ask{Message: "Hallo", Lang: "nl-BE"})
	if got := said(t, events); got != wordings["nl"].greeting {
		t.Errorf("%q", got)
	}
}

func TestWhatIsAskedOfAConversationIsAnsweredFromItsPassages(t *testing.T) {
	passages := installPassages()[:1]
	model := &scripted{reply: func(r docent.ModelRequest) []string { return []string{"Nimm den Paketmanager [1]."} }}
	c := converse(t, model, number(passages))
	c.say("How do I install it on Linux?")
	searches := c.searches
	m, events := c.say("Translate that to German, please")
	if m.Text != "Nimm den Paketmanager [1]." || m.FinishReason != docent.FinishStop || len(m.Citations) != 1 || len(m.Sources) != 1 || m.Gap != nil {
		t.Errorf("%q, %s, %d sources: %s", m.Text, m.FinishReason, len(m.Sources), names(events))
	}
	if c.searches != searches {
		t.Error("it was searched for")
	}
	prompt := model.seen.Messages
	if q := prompt[len(prompt)-1].Text; !strings.Contains(q, "How do I install it on Linux?") || !strings.Contains(q, "package manager of your distribution") {
		t.Errorf("the prompt is %s", q)
	}
	if !strings.Contains(prompt[0].Text, "in German") {
		t.Errorf("the prompt's rules are %s", prompt[0].Text)
	}
}

func TestWhatAModelRefusesOfAConversationIsNoGap(t *testing.T) {
	refusing := &scripted{reply: func(r docent.ModelRequest) []string {
		if strings.Contains(r.Messages[len(r.Messages)-1].Text, "shorter") {
			return []string{refusalWord}
		}
		return []string{"Use the package manager [1]."}
	}}
	c := converse(t, refusing, number(installPassages()))
	c.say("How do I install it on Linux?")
	if m, _ := c.say("shorter please"); m.FinishReason != docent.FinishStop || m.Gap != nil || m.Text == "" {
		t.Errorf("%s, gap %+v: %q", m.FinishReason, m.Gap, m.Text)
	}
}

func TestPassagesThatAreGoneAreSearchedForAgain(t *testing.T) {
	c := converse(t, &scripted{deltas: []string{"Use the package manager [1]."}}, nil)
	c.say("How do I install it on Linux?")
	if m, _ := c.say("explain it for a beginner"); c.searches != 2 || len(m.Citations) != 1 {
		t.Errorf("%d searches, %q", c.searches, m.Text)
	}
}

func TestWithoutAModelAnAnswerIsMadeShorterOrItIsSaidWhatIsMissing(t *testing.T) {
	c := converse(t, nil, nil)
	first, _ := c.say("How do I install it on Linux?")
	if m, _ := c.say("shorter please"); m.FinishReason != docent.FinishExtractive || !strings.HasPrefix(first.Text, m.Text) || len(m.Citations) == 0 {
		t.Errorf("shorter: %s, %q of %q", m.FinishReason, m.Text, first.Text)
	}
	if m, _ := c.say("Please repeat your last answer"); m.Text == "" || m.FinishReason != docent.FinishExtractive || m.Citations[0].URL != first.Citations[0].URL {
		t.Errorf("repeated: %q", m.Text)
	}
	if m, _ := c.say("Erkläre es für Anfänger"); m.Text != wordings["de"].needsModel || m.FinishReason != docent.FinishStop || m.Gap != nil {
		t.Errorf("reworded: %q, %s", m.Text, m.FinishReason)
	}
	c.say("And on Windows?")
	if m, _ := c.say("What did I ask first?"); m.Text != "You asked: “How do I install it on Linux?”" {
		t.Errorf("asked first: %q", m.Text)
	}
	if m, _ := c.say("what was my last question?"); m.Text != "You asked: “And on Windows?”" {
		t.Errorf("asked last: %q", m.Text)
	}
	if c.searches != 2 {
		t.Errorf("%d searches", c.searches)
	}
}

func TestAModelThatIsDownLeavesTheFormerAnswer(t *testing.T) {
	down := false
	model := &failing{down: &down}
	c := converse(t, model, number(installPassages()))
	c.say("How do I install it on Linux?")
	down = true
	if m, _ := c.say("shorter please"); m.Text != "Use the package manager [1]." || m.FinishReason != docent.FinishStop {
		t.Errorf("%q, %s", m.Text, m.FinishReason)
	}
	if m, _ := c.say("as a table"); m.Text != wordings["en"].needsModel {
		t.Errorf("%q", m.Text)
	}
}

// failing is a model that is there until it is down.
type failing struct{ down *bool }

func (f *failing) Stream(_ context.Context, _ docent.ModelRequest, onDelta func(string) error) (docent.ModelResult, error) {
	if *f.down {
		return docent.ModelResult{}, docent.Errorf(docent.CodeModelAuth, "no key")
	}
	return docent.ModelResult{FinishReason: docent.FinishStop}, onDelta("Use the package manager [1].")
}

func TestARequestBeforeAnyAnswerIsSaidToBeOne(t *testing.T) {
	c := converse(t, nil, nil)
	if m, _ := c.say("Kürzer bitte"); m.Text != wordings["de"].nothingYet || m.FinishReason != docent.FinishStop || m.Gap != nil {
		t.Errorf("%q, %s", m.Text, m.FinishReason)
	}
}

func TestAMarkedTextIsWhatExplainItIsAbout(t *testing.T) {
	c := converse(t, nil, nil)
	ask(t, c.Service, docent.Ask{Message: "explain it for a beginner", Page: docent.PageContext{Selection: "the package manager"}})
	if c.searches != 1 {
		t.Errorf("%d searches", c.searches)
	}
}

func TestWhatIsRefusedIsSaidInTheReadersLanguage(t *testing.T) {
	refused := docent.Found{Passages: installPassages(), Answerable: .1, Refuse: true}
	for message, lang := range map[string]string{
		"Wie wird das Wetter morgen?": "de", "Quel temps fera-t-il demain ?": "fr", "¿Qué tiempo hará mañana?": "es", "Che tempo farà domani?": "it",
		"Como vai estar o tempo amanhã?": "pt", "Какая завтра погода?": "ru", "明日の天気は？": "ja", "明天天气怎么样？": "zh", "내일 날씨는 어때요?": "ko",
		"Hoe wordt het weer morgen?": "nl", "What will the weather be?": "en",
	} {
		s := service(t, testConfig(), newMemory(), finds(refused), nil)
		_, events := ask(t, s, docent.Ask{Message: message})
		w := wordings[lang]
		if got := said(t, events); !strings.HasPrefix(got, w.refused) || !strings.HasSuffix(got, w.nearest) {
			t.Errorf("%q: %q", message, got)
		}
	}
}

func TestAnAnswerIsShortenedToWhatSaysMost(t *testing.T) {
	for text, want := range map[string]string{
		"One [1]. Two [1]. Three [2].":                 "One [1]. Two [1].",
		"One [1].\n\nTwo [1].":                         "One [1].",
		"Do this [1]:\n\n1. a\n2. b\n3. c\n4. d\n5. e": "Do this [1]:\n\n1. a\n2. b\n3. c\n4. d",
		"- a\n- b":                          "- a\n- b",
		"Run:\n\n```\nx\n\ny\n```\n\nMore.": "Run:\n\n```\nx\n\ny\n```",
		"```\nx\n\ny\n```\n\nMore.":         "```\nx\n\ny\n```",
		"Only one.":                         "Only one.",
		"":                                  "",
	} {
		if got := shortened(text); got != want {
			t.Errorf("%q is shortened to %q, want %q", text, got, want)
		}
	}
}

func TestEveryLanguageHasEverySentence(t *testing.T) {
	for _, lang := range []string{"en", "de", "fr", "es", "pt", "it", "nl", "ja", "zh", "ko", "ru"} {
		w, has := wordings[lang]
		if !has {
			t.Errorf("%s has no sentences", lang)
			continue
		}
		for i, s := range []string{w.greeting, w.thanks, w.goodbye, w.fine, w.who, w.refused, w.nearest, w.outside, w.nothingYet, w.needsModel, w.youAsked} {
			if s == "" {
				t.Errorf("%s lacks sentence %d", lang, i)
			}
			if is := analysis.LanguageOf(s); is != "" && is != lang {
				t.Errorf("%s: %q is %s", lang, s, is)
			}
		}
		if strings.Count(w.youAsked, "%s") != 1 {
			t.Errorf("%s: %q", lang, w.youAsked)
		}
	}
}
