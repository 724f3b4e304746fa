package chat

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// TestASessionGoesOnWhenItsAnswerCanBeStored asks on while the disk is full, and
// when it is not any more.
func TestASessionGoesOnWhenItsAnswerCanBeStored(t *testing.T) {
	next := docent.Ask{Message: "How do I install it on Linux?"}
	for name, then := range map[string]func(t *testing.T, s *Service, first docent.Started){
		"by the next question": func(t *testing.T, s *Service, first docent.Started) {
			next := next
			next.SessionID = first.SessionID
			_, events := ask(t, s, next)
			if d := decode[docent.DoneData](t, last(events)); d.FinishReason != docent.FinishExtractive {
				t.Errorf("the next answer ends with %+v", d)
			}
		},
		"by who takes it up":  func(t *testing.T, s *Service, first docent.Started) { followAll(t, s, first.MessageID, 0) },
		"by the server's end": func(_ *testing.T, s *Service, _ docent.Started) { s.Shutdown(context.Background()) },
	} {
		t.Run(name, func(t *testing.T) {
			store := newMemory()
			store.failing(errors.New("disk full"))
			s := service(t, testConfig(), store, finds(found), nil)
			first, seen := ask(t, s, next)
			s.active.Wait()
			if again := followAll(t, s, first.MessageID, 0); !cmp.Equal(again, seen) {
				t.Errorf("taken up while it can't be stored: %s", names(again))
			}
			_, err := s.Start(context.Background(), reader, docent.Ask{Message: "And on a Mac?", SessionID: first.SessionID})
			if docent.CodeOf(err) != docent.CodeConflict {
				t.Errorf("while it can't be stored, the next question gives %v", err)
			}
			store.failing(nil)
			then(t, s, first)
			m, err := store.Message(context.Background(), reader.Owner(), first.MessageID)
			if err != nil || m.FinishReason != docent.FinishFailed || m.Text == "" {
				t.Errorf("stored is %+v, %v", m, err)
			}
			if diff := cmp.Diff(seen, store.events[first.MessageID]); diff != "" {
				t.Errorf("its events (-seen +stored):\n%s", diff)
			}
			if len(s.unstored) > 0 {
				t.Errorf("%d answers are still remembered", len(s.unstored))
			}
		})
	}
}
