package mcp

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"docent"
)

func TestSessionsAreTheirOwnersAndBounded(t *testing.T) {
	now := time.Unix(0, 0)
	s := newSessions(func() time.Time { return now })
	server := mcp.NewServer(&mcp.Implementation{Name: "x"}, nil)
	ada, bob := docent.Owner{Site: "a", Subject: "ada"}, docent.Owner{Site: "a", Subject: "bob"}
	s.begin("bob", bob, server)
	for i := range maxOfCaller + 5 {
		now = now.Add(time.Second)
		s.begin(fmt.Sprint(i), ada, server)
		if !s.of("0", ada) && i < maxOfCaller {
			t.Fatalf("the session in use has ended with the %dth", i)
		}
	}
	if s.of("bob", ada) || !s.of("bob", bob) || s.of("bob", docent.Owner{Site: "b", Subject: "bob"}) {
		t.Error("a session is another's")
	}
	if s.of("1", ada) || s.of("5", ada) || !s.of("0", ada) || !s.of("6", ada) {
		t.Error("of an owner's sessions those end that were used longest ago")
	}
	now = now.Add(maxIdle + time.Second)
	s.begin("late", ada, server)
	if s.of("bob", bob) || len(s.open) != 1 {
		t.Errorf("%d sessions are left after a long time", len(s.open))
	}
	for i := range maxSessions + 10 {
		s.begin(fmt.Sprint("many", i), docent.Owner{Subject: fmt.Sprint(i)}, server)
	}
	if len(s.open) != maxSessions {
		t.Errorf("%d sessions", len(s.open))
	}
	s.forget("many1009")
	s.close()
	if !s.ended() || len(s.open) != 0 {
		t.Errorf("%d sessions after closing", len(s.open))
	}
}

// kept reads what follows an event.
func replayed(r *replay, session, stream string, after int) (texts []string, err error) {
	for event, err := range r.After(context.Background(), session, stream, after) {
		if err != nil {
			return texts, err
		}
		texts = append(texts, string(event))
	}
	return texts, nil
}

func TestWhatWasSentIsKeptForAWhile(t *testing.T) {
	ctx := t.Context()
	r := newReplay(4 * streamCost)
	r.Open(ctx, "s", "")
	r.Open(ctx, "s", "one")
	for i := range 3 {
		r.Append(ctx, "s", "one", fmt.Append(nil, "event ", i))
	}
	if got, err := replayed(r, "s", "one", 0); err != nil || len(got) != 2 || got[0] != "event 1" {
		t.Errorf("%q %v", got, err)
	}
	if got, err := replayed(r, "s", "one", 2); err != nil || len(got) != 0 {
		t.Errorf("behind the last: %q %v", got, err)
	}
	r.Append(ctx, "s", "", []byte("news"))
	for i := range 10 {
		r.Append(ctx, "s", fmt.Sprint("more ", i), make([]byte, streamCost/2))
	}
	if _, err := replayed(r, "s", "one", 0); !errors.Is(err, mcp.ErrEventsPurged) {
		t.Errorf("a stream that went: %v", err)
	}
	if _, err := replayed(r, "s", "", 0); err != nil {
		t.Errorf("after what was sent last on the session's stream: %v", err)
	}
	if got, err := replayed(r, "s", "", -1); err != nil || len(got) != 0 {
		t.Errorf("whoever begins to listen: %q %v", got, err)
	}
	if r.bytes > r.most {
		t.Errorf("%d bytes are kept, %d may be", r.bytes, r.most)
	}
	r.SessionClosed(ctx, "s")
	if r.bytes != 0 || len(r.streams) != 0 || r.ordered.Len() != 0 || len(r.sessions) != 0 {
		t.Errorf("%d bytes in %d streams are left of a session that ended", r.bytes, len(r.streams))
	}
}
