package chat

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"docent"
	"docent/access"
)

// ask starts an answer and follows it to its end.
func ask(t *testing.T, s *Service, a docent.Ask) (docent.Started, []docent.Event) {
	t.Helper()
	started, err := s.Start(context.Background(), reader, a)
	if err != nil {
		t.Fatal(err)
	}
	return started, followAll(t, s, started.MessageID, 0)
}

func followAll(t *testing.T, s *Service, id string, after int) []docent.Event {
	t.Helper()
	var events []docent.Event
	if err := s.Follow(context.Background(), reader, id, after, func(more []docent.Event) error {
		events = append(events, more...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return events
}

func names(events []docent.Event) string {
	var b strings.Builder
	for _, e := range events {
		b.WriteString(e.Name + " ")
	}
	return strings.TrimSpace(b.String())
}

func said(t *testing.T, events []docent.Event) string {
	t.Helper()
	var b strings.Builder
	for _, e := range events {
		if e.Name == docent.EventDelta {
			b.WriteString(decode[docent.DeltaData](t, e).Text)
		}
	}
	return b.String()
}

func decode[T any](t *testing.T, e docent.Event) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(e.Data, &v); err != nil {
		t.Fatalf("%s: %v", e.Name, err)
	}
	return v
}

func last(events []docent.Event) docent.Event { return events[len(events)-1] }

func stored(t *testing.T, store Store, id string) docent.Message {
	t.Helper()
	m, err := store.Message(context.Background(), reader.Owner(), id)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAnAnswersEventsComeInTheContractsOrder(t *testing.T) {
	store := newMemory()
	s := service(t, testConfig(), store, finds(found), &scripted{deltas: []string{"Use the package manager [", "1]", " or not [7]."}})
	started, events := ask(t, s, docent.Ask{Message: "How do I install it on Linux?"})

	if got, want := names(events), "session sources delta citation delta done"; !strings.HasPrefix(got, "session sources delta") || last(events).Name != "done" {
		t.Fatalf("events are %q, want something like %q", got, want)
	}
	for i, e := range events {
		if e.ID != i+1 {
			t.Errorf("event %d has id %d", i+1, e.ID)
		}
	}
	text := said(t, events)
	if text != "Use the package manager [1] or not." {
		t.Errorf("text is %q", text)
	}
	m := stored(t, store, started.MessageID)
	if m.Text != text || m.FinishReason != docent.FinishStop {
		t.Errorf("stored %q, %q", m.Text, m.FinishReason)
	}
	done := decode[docent.DoneData](t, last(events))
	if len(done.Citations) != 1 || done.Citations[0].URL != "/docs/manual/install#linux" || done.Citations[0].Start != strings.Index(text, "[1]") {
		t.Errorf("citations are %+v", done.Citations)
	}
	if done.Usage.InputTokens != 7 || done.Grounded != nil {
		t.Errorf("done is %+v", done)
	}
}

func TestWithoutAModelTheAnswerIsExtractive(t *testing.T) {
	s := service(t, testConfig(), newMemory(), finds(found), nil)
	_, events := ask(t, s, docent.Ask{Message: "How do I install it on Linux?"})
	done := decode[docent.DoneData](t, last(events))
	if done.FinishReason != docent.FinishExtractive || done.Cause != docent.CauseNoModel || len(done.Citations) == 0 {
		t.Errorf("done is %+v", done)
	}
	if text := said(t, events); !strings.Contains(text, "package manager of your distribution.") || !strings.Contains(text, "[1]") {
		t.Errorf("text is %q", text)
	}
}

func TestWhatTheDocumentationDoesNotHoldIsRefusedWithoutAModelCall(t *testing.T) {
	model := &scripted{deltas: []string{"I know!"}}
	s := service(t, testConfig(), newMemory(), finds(docent.Found{Passages: installPassages(), Answerable: .1, Refuse: true}), model)
	_, events := ask(t, s, docent.Ask{Message: "What is the capital of France?"})
	done := decode[docent.DoneData](t, last(events))
	if done.FinishReason != docent.FinishRefused || len(done.Citations) != 0 {
		t.Errorf("done is %+v", done)
	}
	if model.seen.Messages != nil {
		t.Error("the model was asked")
	}
}

func TestAModelThatIsDownMeansAnExtractiveAnswer(t *testing.T) {
	s := service(t, testConfig(), newMemory(), finds(found), &scripted{err: docent.Errorf(docent.CodeModelAuth, "no key")})
	_, events := ask(t, s, docent.Ask{Message: "How do I install it on Linux?"})
	done := decode[docent.DoneData](t, last(events))
	if done.FinishReason != docent.FinishExtractive || done.Cause != docent.CauseModelDown {
		t.Errorf("done is %+v", done)
	}
}

func TestAModelThatBreaksOffIsAnErrorAndWhatWasSaidIsStored(t *testing.T) {
	store := newMemory()
	s := service(t, testConfig(), store, finds(found), &scripted{
		deltas: []string{"Use the pack"}, err: docent.Errorf(docent.CodeModelCut, "the stream broke off"),
	})
	started, events := ask(t, s, docent.Ask{Message: "How do I install it on Linux?"})
	if e := last(events); e.Name != docent.EventError || decode[docent.ErrorData](t, e).Code != string(docent.CodeModelCut) {
		t.Errorf("last event is %s %s", e.Name, e.Data)
	}
	if m := stored(t, store, started.MessageID); m.Text != "Use the pack" || m.FinishReason != docent.FinishFailed {
		t.Errorf("stored %q, %q", m.Text, m.FinishReason)
	}
}

func TestARetrievalErrorIsTold(t *testing.T) {
	fails := func(context.Context, docent.Query) (docent.Found, error) {
		return docent.Found{}, &docent.Error{Code: docent.CodeNoIndex, Message: "nothing was ingested yet", Hint: "run 'docent ingest DIR'"}
	}
	s := service(t, testConfig(), newMemory(), fails, nil)
	_, events := ask(t, s, docent.Ask{Message: "How?"})
	d := decode[docent.ErrorData](t, last(events))
	if d.Code != string(docent.CodeNoIndex) || !strings.Contains(d.Message, "docent ingest DIR") {
		t.Errorf("error is %+v", d)
	}
}

func TestAnAnswerThatCouldNotBeStoredIsNotCalledDone(t *testing.T) {
	store := newMemory()
	store.failing(errors.New("disk full"))
	s := service(t, testConfig(), store, finds(found), nil)
	_, events := ask(t, s, docent.Ask{Message: "How do I install it on Linux?"})
	d := decode[docent.ErrorData](t, last(events))
	if d.Code != string(docent.CodeStore) || strings.Contains(d.Message, "disk full") {
		t.Errorf("error is %+v", d)
	}
}

func TestADroppedReaderTakesTheAnswerUpAndSeesEveryEventOnce(t *testing.T) {
	c := testConfig()
	c.Detach = time.Hour
	model := &scripted{deltas: []string{"One. ", "Two. ", "Three [1]."}, gate: make(chan struct{})}
	s := service(t, c, newMemory(), finds(found), model)
	started, err := s.Start(context.Background(), reader, docent.Ask{Message: "How do I install it on Linux?"})
	if err != nil {
		t.Fatal(err)
	}
	model.gate <- struct{}{}
	dropped := errors.New("connection lost")
	var before []docent.Event
	err = s.Follow(context.Background(), reader, started.MessageID, 0, func(more []docent.Event) error {
		before = append(before, more...)
		if last(more).Name == docent.EventDelta {
			return dropped
		}
		return nil
	})
	if !errors.Is(err, dropped) {
		t.Fatal(err)
	}
	go func() {
		for range 3 {
			model.gate <- struct{}{}
		}
	}()
	after := followAll(t, s, started.MessageID, last(before).ID)
	all := append(before, after...)
	for i, e := range all {
		if e.ID != i+1 {
			t.Errorf("event %d has id %d", i+1, e.ID)
		}
	}
	if got := said(t, all); got != "One. Two. Three [1]." {
		t.Errorf("text is %q", got)
	}
	if again := followAll(t, s, started.MessageID, 0); names(again) != names(all) {
		t.Errorf("taken up from the store: %q, was %q", names(again), names(all))
	}
}

func TestACancelledAnswerIsStoredAsFarAsItWasSaid(t *testing.T) {
	c := testConfig()
	c.Detach = time.Hour
	store := newMemory()
	model := &scripted{deltas: []string{"One. ", "Two."}, gate: make(chan struct{})}
	s := service(t, c, store, finds(found), model)
	started, err := s.Start(context.Background(), reader, docent.Ask{Message: "How do I install it on Linux?"})
	if err != nil {
		t.Fatal(err)
	}
	model.gate <- struct{}{}
	waitForDelta(t, s, started.MessageID)
	if err := s.Cancel(context.Background(), reader, started.MessageID); err != nil {
		t.Fatal(err)
	}
	m := stored(t, store, started.MessageID)
	if m.FinishReason != docent.FinishCancelled || m.Text != "One. " {
		t.Errorf("stored %q, %q", m.Text, m.FinishReason)
	}
	events := followAll(t, s, started.MessageID, 0)
	if last(events).Name != docent.EventDone {
		t.Errorf("events are %q", names(events))
	}
	if err := s.Cancel(context.Background(), reader, started.MessageID); err != nil {
		t.Errorf("cancelling again: %v", err)
	}
}

// waitForDelta follows an answer until its first delta.
func waitForDelta(t *testing.T, s *Service, id string) {
	t.Helper()
	enough := errors.New("enough")
	err := s.Follow(context.Background(), reader, id, 0, func(more []docent.Event) error {
		if last(more).Name == docent.EventDelta {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) {
		t.Fatal(err)
	}
}

func TestAnAnswerNobodyFollowsStopsAfterDetach(t *testing.T) {
	store := newMemory()
	model := &scripted{deltas: []string{"One. ", "Two."}, gate: make(chan struct{})}
	s := service(t, testConfig(), store, finds(found), model) // Detach is 0
	started, err := s.Start(context.Background(), reader, docent.Ask{Message: "How do I install it on Linux?"})
	if err != nil {
		t.Fatal(err)
	}
	model.gate <- struct{}{}
	waitForDelta(t, s, started.MessageID)
	followAll(t, s, started.MessageID, 0)
	if m := stored(t, store, started.MessageID); m.FinishReason != docent.FinishCancelled {
		t.Errorf("stored as %q", m.FinishReason)
	}
}

func TestShutdownTellsRunningAnswersWithAnErrorEvent(t *testing.T) {
	c := testConfig()
	c.Detach = time.Hour
	store := newMemory()
	model := &scripted{deltas: []string{"One. ", "Two."}, gate: make(chan struct{})}
	s := service(t, c, store, finds(found), model)
	started, err := s.Start(context.Background(), reader, docent.Ask{Message: "How do I install it on Linux?"})
	if err != nil {
		t.Fatal(err)
	}
	model.gate <- struct{}{}
	waitForDelta(t, s, started.MessageID)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s.Shutdown(ctx)
	events := followAll(t, s, started.MessageID, 0)
	if d := decode[docent.ErrorData](t, last(events)); d.Code != string(docent.CodeShutdown) || !d.Retryable {
		t.Errorf("last event is %+v", d)
	}
	if m := stored(t, store, started.MessageID); m.Text != "One. " || m.FinishReason != docent.FinishFailed {
		t.Errorf("stored %q, %q", m.Text, m.FinishReason)
	}
	if _, err := s.Start(context.Background(), reader, docent.Ask{Message: "Again?"}); docent.CodeOf(err) != docent.CodeNotReady {
		t.Errorf("a question after shutdown: %v", err)
	}
}

func TestAnothersAnswerIsNotFound(t *testing.T) {
	c := testConfig()
	c.Detach = time.Hour
	model := &scripted{deltas: []string{"One."}, gate: make(chan struct{})}
	s := service(t, c, newMemory(), finds(found), model)
	started, err := s.Start(context.Background(), reader, docent.Ask{Message: "How do I install it on Linux?"})
	if err != nil {
		t.Fatal(err)
	}
	other := access.Principal{Site: docent.DefaultSite, Subject: "other"}
	nothing := func([]docent.Event) error { return nil }
	if err := s.Follow(context.Background(), other, started.MessageID, 0, nothing); docent.CodeOf(err) != docent.CodeNotFound {
		t.Errorf("follow: %v", err)
	}
	if err := s.Cancel(context.Background(), other, started.MessageID); docent.CodeOf(err) != docent.CodeNotFound {
		t.Errorf("cancel: %v", err)
	}
}

func TestARepeatWithTheSameKeyJoinsTheAnswer(t *testing.T) {
	s := service(t, testConfig(), newMemory(), finds(found), nil)
	first, events := ask(t, s, docent.Ask{Message: "How do I install it on Linux?", IdempotencyKey: "k"})
	second, again := ask(t, s, docent.Ask{Message: "How do I install it on Linux?", IdempotencyKey: "k"})
	if !second.Joined || second.MessageID != first.MessageID || names(again) != names(events) {
		t.Errorf("second is %+v with %q", second, names(again))
	}
}

func TestQuestionsThatDoNotFitAreRefusedBeforeAnythingIsStored(t *testing.T) {
	store := newMemory()
	s := service(t, testConfig(), store, finds(found), nil)
	for _, c := range []struct {
		ask  docent.Ask
		code docent.Code
	}{
		{docent.Ask{}, docent.CodeInvalid},
		{docent.Ask{Message: strings.Repeat("x", 1001)}, docent.CodeTooLarge},
		{docent.Ask{Message: "How?", SessionID: "ses_unknown"}, docent.CodeNotFound},
	} {
		if _, err := s.Start(context.Background(), reader, c.ask); docent.CodeOf(err) != c.code {
			t.Errorf("%.20q: %v, want %s", c.ask.Message, err, c.code)
		}
	}
	if len(store.messages) != 0 {
		t.Errorf("%d messages were stored", len(store.messages))
	}
}

func TestAKeyThatWasUsedForAnotherQuestionIsRefused(t *testing.T) {
	s := service(t, testConfig(), newMemory(), finds(found), nil)
	ask(t, s, docent.Ask{Message: "How do I install it on Linux?", IdempotencyKey: "k"})
	_, err := s.Start(context.Background(), reader, docent.Ask{Message: "How do I install it on Windows?", IdempotencyKey: "k"})
	if docent.CodeOf(err) != docent.CodeConflict {
		t.Errorf("%v", err)
	}
}

func TestASessionsAnswerStopsBeforeItIsDeleted(t *testing.T) {
	c := testConfig()
	c.Detach = time.Hour
	store := newMemory()
	model := &scripted{deltas: []string{"One. ", "Two."}, gate: make(chan struct{})}
	s := service(t, c, store, finds(found), model)
	started, err := s.Start(context.Background(), reader, docent.Ask{Message: "How do I install it on Linux?"})
	if err != nil {
		t.Fatal(err)
	}
	other := access.Principal{Site: docent.DefaultSite, Subject: "other"}
	if err := s.CancelSession(context.Background(), other, started.SessionID); err != nil {
		t.Error(err)
	}
	if m := stored(t, store, started.MessageID); m.FinishReason != "" {
		t.Errorf("another's word ended it as %q", m.FinishReason)
	}
	if err := s.CancelSession(context.Background(), reader, started.SessionID); err != nil {
		t.Error(err)
	}
	if m := stored(t, store, started.MessageID); m.FinishReason != docent.FinishCancelled {
		t.Errorf("ended as %q", m.FinishReason)
	}
}

func TestAModelThatNeverEndsIsStopped(t *testing.T) {
	store := newMemory()
	long := strings.Repeat("word ", maxAnswerBytes/10)
	s := service(t, testConfig(), store, finds(found), &scripted{deltas: []string{long, long, long, long}})
	started, events := ask(t, s, docent.Ask{Message: "How do I install it on Linux?"})
	done := decode[docent.DoneData](t, last(events))
	if m := stored(t, store, started.MessageID); done.FinishReason != docent.FinishLength || len(m.Text) > maxAnswerBytes || m.Text != said(t, events) {
		t.Errorf("%s, %d bytes", done.FinishReason, len(m.Text))
	}
}
