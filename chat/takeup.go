package chat

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"docent"
)

// An answer that another process is making, as when one server takes the other's
// place, is looked for each second, and for as long as a server that stops gives
// its answers.
const (
	elsewhereEvery = time.Second
	elsewhereMost  = 30 * time.Second
)

// ended gives the events of an answer that is not in the making here.
func (s *Service) ended(ctx context.Context, o docent.Owner, messageID string) ([]docent.Event, error) {
	s.settleOf(ctx, o)
	if events, left := s.left(o, messageID); left {
		return events, nil
	}
	next := time.NewTicker(elsewhereEvery)
	defer next.Stop()
	for waited := time.Duration(0); ; waited += elsewhereEvery {
		events, err := s.store.Events(ctx, o, messageID)
		if docent.CodeOf(err) != docent.CodeConflict || waited >= elsewhereMost {
			return events, err
		}
		select {
		case <-next.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// later gives the events with IDs above after. Of an answer that broke off with
// its process only the fact is stored: whoever saw more of it gets that next.
func later(events []docent.Event, after int) []docent.Event {
	if last := len(events) - 1; brokeOff(events) && after > events[0].ID {
		end := events[last]
		end.ID = after + 1
		return []docent.Event{end}
	}
	first := slices.IndexFunc(events, func(e docent.Event) bool { return e.ID > after })
	if first < 0 {
		return nil
	}
	return events[first:]
}

// brokeOff reports whether an answer ended with its process, before anything but
// its beginning was stored.
func brokeOff(events []docent.Event) bool {
	if len(events) != 2 || events[1].Name != docent.EventError {
		return false
	}
	var end docent.ErrorData
	return json.Unmarshal(events[1].Data, &end) == nil && end.Code == string(docent.CodeShutdown)
}

// notHere is Cancel for an answer that is not in the making here.
func (s *Service) notHere(ctx context.Context, o docent.Owner, messageID string) error {
	if _, left := s.left(o, messageID); left {
		return nil
	}
	m, err := s.store.Message(ctx, o, messageID)
	if err == nil && m.Role == docent.RoleAssistant && m.FinishReason == "" {
		err = &docent.Error{Code: docent.CodeConflict, Message: "another process of the server is making this answer", Hint: "try again in a moment"}
	}
	return err
}
