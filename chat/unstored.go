package chat

import (
	"context"
	"maps"
	"slices"
	"time"

	"docent"
)

// unstored is an answer that ended and that the store did not take, as with a
// full disk. To the store it is still in the making, so its session can't go on:
// it is kept here until the store takes it.
type unstored struct {
	owner  docent.Owner
	answer docent.Message
	events []docent.Event
}

// keep remembers an answer that could not be stored. It is one that failed,
// which is what its readers are told.
func (s *Service) keep(a *answering, last docent.Event) {
	a.answer.FinishReason = docent.FinishFailed
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unstored[a.answer.ID] = unstored{a.who.Owner(), a.answer, append(a.log(), last)}
}

// settle stores what could not be stored before of the owners that match, and
// reports whether the store has any of it now. It comes before whatever would
// miss it: the session's next question, taking the answer up again, the end.
func (s *Service) settle(ctx context.Context, match func(docent.Owner) bool) (any bool) {
	s.mu.Lock()
	left := slices.Collect(maps.Values(s.unstored))
	s.mu.Unlock()
	for _, u := range left {
		if !match(u.owner) {
			continue
		}
		err := s.store.FinishTurn(ctx, u.owner, u.answer, u.events)
		if code := docent.CodeOf(err); err != nil && code != docent.CodeNotFound && code != docent.CodeConflict {
			continue // those two say that there is nothing to store any more
		}
		any = true
		s.mu.Lock()
		delete(s.unstored, u.answer.ID)
		s.mu.Unlock()
	}
	return any
}

// settleOf is settle for one owner.
func (s *Service) settleOf(ctx context.Context, o docent.Owner) bool {
	return s.settle(ctx, func(of docent.Owner) bool { return of == o })
}

// settleAll is the last attempt.
func (s *Service) settleAll() {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	s.settle(ctx, func(docent.Owner) bool { return true })
}

// begin stores the question. Where an answer of the owner that could not be
// stored stands in its way, that is stored first.
func (s *Service) begin(ctx context.Context, o docent.Owner, a docent.Ask, arrived time.Time) (docent.Turn, bool, error) {
	turn, joined, err := s.store.BeginTurn(ctx, o, s.newTurn(a, arrived))
	if code := docent.CodeOf(err); (code == docent.CodeConflict || code == docent.CodeRateLimited) && s.settleOf(ctx, o) {
		return s.store.BeginTurn(ctx, o, s.newTurn(a, arrived))
	}
	return turn, joined, err
}

// ended gives the events of an answer that has ended.
func (s *Service) ended(ctx context.Context, o docent.Owner, messageID string) ([]docent.Event, error) {
	s.settleOf(ctx, o)
	s.mu.Lock()
	u, left := s.unstored[messageID]
	s.mu.Unlock()
	if left && u.owner == o {
		return u.events, nil
	}
	return s.store.Events(ctx, o, messageID)
}
