package chat

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// hooked is a Store that calls functions, where they are not nil, between what
// it does and what its caller learns.
type hooked struct {
	*memory
	begun  func(docent.Turn)
	events func(id string) ([]docent.Event, error)
}

func (h *hooked) BeginTurn(ctx context.Context, o docent.Owner, t docent.Turn) (docent.Turn, bool, error) {
	turn, joined, err := h.memory.BeginTurn(ctx, o, t)
	if err == nil && !joined && h.begun != nil {
		h.begun(turn)
	}
	return turn, joined, err
}

func (h *hooked) Events(ctx context.Context, o docent.Owner, id string) ([]docent.Event, error) {
	if h.events != nil {
		return h.events(id)
	}
	return h.memory.Events(ctx, o, id)
}

// TestARepeatThatComesAtOnceJoinsTheAnswer has the repeat come when the store
// has the question and nothing else is known of it.
func TestARepeatThatComesAtOnceJoinsTheAnswer(t *testing.T) {
	asked := question
	asked.IdempotencyKey = "k"
	store := &hooked{memory: newMemory()}
	s := service(t, testConfig(), store, finds(found), nil)
	var repeat sync.WaitGroup
	var again []docent.Event
	store.begun = func(docent.Turn) {
		joined, err := s.Start(context.Background(), reader, asked)
		if err != nil || !joined.Joined {
			t.Errorf("the repeat gives %+v, %v", joined, err)
			return
		}
		r := s.running(reader.Owner(), joined.MessageID)
		if r == nil {
			t.Error("the answer that the store has is not known here")
			return
		}
		repeat.Go(func() { again = followAll(t, s, joined.MessageID, 0) })
	}
	_, events := ask(t, s, asked)
	repeat.Wait()
	if diff := cmp.Diff(events, again); diff != "" {
		t.Errorf("(-first +repeat):\n%s", diff)
	}
}

func TestAKeyIsOfOneQuestionInOneSession(t *testing.T) {
	s := service(t, testConfig(), newMemory(), finds(found), nil)
	asked := question
	asked.IdempotencyKey = "k"
	first, _ := ask(t, s, asked)
	for name, other := range map[string]docent.Ask{
		"another question":   {Message: "And on a Mac?"},
		"another session":    {Message: asked.Message, SessionID: "ses_other"},
		"another's retrying": {RetryOf: first.MessageID},
	} {
		other.IdempotencyKey = "k"
		if _, err := s.Start(t.Context(), reader, other); docent.CodeOf(err) != docent.CodeConflict {
			t.Errorf("%s with the same key gives %v", name, err)
		}
	}
	asked.SessionID = first.SessionID
	if again, err := s.Start(t.Context(), reader, asked); err != nil || again.MessageID != first.MessageID {
		t.Errorf("the same question gives %+v, %v", again, err)
	}
}

// TestARepeatOfWhatFailedIsItsRetry: a client that repeats a request with its key
// after an error would get that error for ten minutes.
func TestARepeatOfWhatFailedIsItsRetry(t *testing.T) {
	model := &scripted{deltas: []string{"Use the pack"}, err: docent.Errorf(docent.CodeModelCut, "the stream broke off")}
	s := service(t, testConfig(), newMemory(), finds(found), model)
	asked := question
	asked.IdempotencyKey = "k"
	failed, _ := ask(t, s, asked)
	s.active.Wait()
	model.deltas, model.err = []string{"Use the package manager [1]."}, nil
	again, events := ask(t, s, asked)
	if again.Joined || again.MessageID == failed.MessageID || again.SessionID != failed.SessionID || again.UserMessageID != failed.UserMessageID {
		t.Errorf("the repeat of %+v is %+v", failed, again)
	}
	if last(events).Name != docent.EventDone {
		t.Errorf("it ends with %s", last(events).Data)
	}
	s.active.Wait()
	if third, err := s.Start(t.Context(), reader, asked); err != nil || !third.Joined || third.MessageID != again.MessageID {
		t.Errorf("the next repeat is %+v, %v", third, err)
	}
}

func TestNoMoreAnswersAreMadeAtOnceThanAreAllowed(t *testing.T) {
	c := testConfig()
	c.MaxRuns, c.Detach = 1, time.Hour
	store := &hooked{memory: newMemory()}
	s := service(t, c, store, finds(found), nil)
	store.begun = func(docent.Turn) {
		if _, err := s.Start(t.Context(), reader, question); docent.CodeOf(err) != docent.CodeNotReady {
			t.Errorf("while another one is begun: %v", err)
		}
	}
	ask(t, s, question)
	s.active.Wait()
	store.begun = nil
	ask(t, s, question)
}

// TestADeletedSessionWaitsForNoQuestionThatWasRefused: the refused one is known
// for a moment, too.
func TestADeletedSessionWaitsForNoQuestionThatWasRefused(t *testing.T) {
	s := service(t, testConfig(), newMemory(), finds(found), nil)
	r := newRun(reader, question, s.newTurn(question, time.Now()), time.Now())
	if err := s.reserve(r); err != nil {
		t.Fatal(err)
	}
	cancelled := make(chan error)
	go func() { cancelled <- s.CancelSession(t.Context(), reader, r.turn.Session.ID) }()
	<-r.ctx.Done()
	s.release(r)
	if err := <-cancelled; err != nil {
		t.Error(err)
	}
}

// TestNothingWaitsForFollowersOfWhatHasEnded: what waits holds all of the answer.
func TestNothingWaitsForFollowersOfWhatHasEnded(t *testing.T) {
	c := testConfig()
	c.Detach = time.Hour
	model := &scripted{deltas: []string{"One [1]."}, gate: make(chan struct{})}
	s := service(t, c, newMemory(), finds(found), model)
	started, err := s.Start(t.Context(), reader, question)
	if err != nil {
		t.Fatal(err)
	}
	r := s.running(reader.Owner(), started.MessageID)
	if r.abandon == nil {
		t.Error("nothing waits for the first follower")
	}
	close(model.gate)
	followAll(t, s, started.MessageID, 0)
	s.active.Wait()
	if r.abandon != nil {
		t.Error("it waits for another follower")
	}
}

func TestAFollowerThatReadsNothingHoldsNobodyUp(t *testing.T) {
	c := testConfig()
	c.Detach = time.Hour
	deltas := strings.SplitAfter(strings.Repeat("word ", 500), " ")
	s := service(t, c, newMemory(), finds(found), &scripted{deltas: deltas})
	started, err := s.Start(t.Context(), reader, question)
	if err != nil {
		t.Fatal(err)
	}
	reads, stuck := make(chan struct{}), make(chan []docent.Event)
	go func() {
		var all []docent.Event
		_ = s.Follow(context.Background(), reader, started.MessageID, 0, func(more []docent.Event) error {
			<-reads
			all = append(all, more...)
			return nil
		})
		stuck <- all
	}()
	events := followAll(t, s, started.MessageID, 0)
	s.active.Wait() // the answer is stored, and its place free
	close(reads)
	if diff := cmp.Diff(events, <-stuck); diff != "" {
		t.Errorf("(-others +who read late):\n%s", diff)
	}
}

func TestAThousandFollowersGetEveryEventOnce(t *testing.T) {
	c := testConfig()
	c.Detach = time.Hour
	model := &scripted{deltas: strings.SplitAfter(strings.Repeat("word ", 50), " "), gate: make(chan struct{})}
	s := service(t, c, newMemory(), finds(found), model)
	started, err := s.Start(t.Context(), reader, question)
	if err != nil {
		t.Fatal(err)
	}
	all := make([][]docent.Event, 1000)
	var done sync.WaitGroup
	for i := range all {
		done.Go(func() { all[i] = followAll(t, s, started.MessageID, i%3) })
	}
	close(model.gate)
	done.Wait()
	for i, events := range all {
		if last(events).Name != docent.EventDone {
			t.Fatalf("follower %d ends with %s", i, last(events).Name)
		}
		for n, e := range events {
			if e.ID != i%3+n+1 {
				t.Fatalf("follower %d gets event %d in the place of %d", i, e.ID, i%3+n+1)
			}
		}
	}
}

// TestADefectInOneAnswerIsItsFailure: the process and all other answers go on.
func TestADefectInOneAnswerIsItsFailure(t *testing.T) {
	store := newMemory()
	s := service(t, testConfig(), store, func(context.Context, docent.Query) (docent.Found, error) { panic("a defect with the secret sk-123") }, nil)
	started, events := ask(t, s, question)
	if d := decode[docent.ErrorData](t, last(events)); d.Code != string(docent.CodeInternal) || strings.Contains(d.Message, "sk-123") {
		t.Errorf("it ends with %+v", d)
	}
	if m := stored(t, store, started.MessageID); m.FinishReason != docent.FinishFailed {
		t.Errorf("stored as %q", m.FinishReason)
	}
}

func TestWhatIsDeletedWhileItIsAnsweredIsNotRemembered(t *testing.T) {
	store := newMemory()
	store.failing(docent.Errorf(docent.CodeNotFound, "there is no such message"))
	s := service(t, testConfig(), store, finds(found), nil)
	if _, err := s.Start(t.Context(), reader, question); err != nil {
		t.Fatal(err)
	}
	s.active.Wait()
	if len(s.unstored) > 0 {
		t.Errorf("%d answers are remembered", len(s.unstored))
	}
}

// TestAnAnswerThatBrokeOffWithItsProcessEndsForEveryReader: of what they saw
// nothing was stored, and each must learn that no more of it comes.
func TestAnAnswerThatBrokeOffWithItsProcessEndsForEveryReader(t *testing.T) {
	recovered := []docent.Event{
		{ID: 1, Name: docent.EventSession, Data: []byte(`{"session_id":"ses_1","message_id":"msg_1","user_message_id":"msg_0"}`)},
		{ID: 2, Name: docent.EventError, Data: []byte(`{"code":"shutdown","message":"the server stopped before the answer ended","retryable":true}`)},
	}
	store := &hooked{memory: newMemory(), events: func(string) ([]docent.Event, error) { return slices.Clone(recovered), nil }}
	s := service(t, testConfig(), store, finds(found), nil)
	for after, want := range map[int][]int{0: {1, 2}, 1: {2}, 2: {3}, 57: {58}} {
		var ids []int
		events := followAll(t, s, "msg_1", after)
		for _, e := range events {
			ids = append(ids, e.ID)
		}
		if !slices.Equal(ids, want) || last(events).Name != docent.EventError {
			t.Errorf("who saw %d gets %v, want %v", after, ids, want)
		}
	}
}

// TestAnAnswerThatAnotherProcessMakesIsAwaited: as when one server takes the
// place of another, which still ends its answers.
func TestAnAnswerThatAnotherProcessMakesIsAwaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ends := time.Now().Add(10 * time.Second)
		store := &hooked{memory: newMemory(), events: func(id string) ([]docent.Event, error) {
			if id == "msg_stuck" || time.Now().Before(ends) {
				return nil, docent.Errorf(docent.CodeConflict, "the answer is still in the making")
			}
			return []docent.Event{{ID: 1, Name: docent.EventSession}, {ID: 2, Name: docent.EventDelta}, {ID: 3, Name: docent.EventDone}}, nil
		}}
		s := service(t, testConfig(), store, finds(found), nil)
		if events := followAll(t, s, "msg_there", 1); names(events) != "delta done" {
			t.Errorf("got %s", names(events))
		}
		nothing := func([]docent.Event) error { return nil }
		if err := s.Follow(t.Context(), reader, "msg_stuck", 0, nothing); docent.CodeOf(err) != docent.CodeConflict {
			t.Errorf("one that does not end gives %v", err)
		}
		left, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Follow(left, reader, "msg_stuck", 0, nothing); !errors.Is(err, context.Canceled) {
			t.Errorf("who left gets %v", err)
		}
	})
}

func TestOnlyItsOwnProcessCancelsAnAnswer(t *testing.T) {
	store := newMemory()
	elsewhere := service(t, testConfig(), store, finds(found), nil).newTurn(question, time.Now())
	if _, _, err := store.BeginTurn(t.Context(), reader.Owner(), elsewhere); err != nil {
		t.Fatal(err)
	}
	s := service(t, testConfig(), store, finds(found), nil)
	if err := s.Cancel(t.Context(), reader, elsewhere.Answer.ID); docent.CodeOf(err) != docent.CodeConflict {
		t.Errorf("one that is made elsewhere: %v", err)
	}
	store.failing(errors.New("disk full"))
	unstored, _ := ask(t, s, docent.Ask{Message: "How?"})
	s.active.Wait()
	if err := s.Cancel(t.Context(), reader, unstored.MessageID); err != nil {
		t.Errorf("one that ended and could not be stored: %v", err)
	}
}
