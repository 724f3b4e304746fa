package chat

import (
	"context"
	"maps"
	"slices"

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

// keep remembers an answer that the store did not take with the error, unless
// there is nothing to store any more. It is one that failed, which is what its
// readers are told.
func (s *Service) keep(a *answering, last docent.Event, err error) {
	if settled(err) {
		return
	}
	a.answer.FinishReason = docent.FinishFailed
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unstored[a.answer.ID] = unstored{a.who.Owner(), a.answer, append(a.log(), last)}
}

// settled reports whether an error of storing an answer, or none, leaves nothing
// to store: its session was deleted, or it has ended before.
func settled(err error) bool {
	code := docent.CodeOf(err)
	return err == nil || code == docent.CodeNotFound || code == docent.CodeConflict
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
		if !settled(s.store.FinishTurn(ctx, u.owner, u.answer, u.events)) {
			continue
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
func (s *Service) begin(ctx context.Context, o docent.Owner, t docent.Turn) (docent.Turn, bool, error) {
	turn, joined, err := s.store.BeginTurn(ctx, o, t)
	if code := docent.CodeOf(err); (code == docent.CodeConflict || code == docent.CodeRateLimited) && s.settleOf(ctx, o) {
		return s.store.BeginTurn(ctx, o, t)
	}
	return turn, joined, err
}

// left gives the events of an answer that the store did not take.
func (s *Service) left(o docent.Owner, messageID string) ([]docent.Event, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, left := s.unstored[messageID]
	return u.events, left && u.owner == o
}
