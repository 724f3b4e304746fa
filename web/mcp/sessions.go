package mcp

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"docent"
)

// Bounds of sessions. Beyond one, the session that was used longest ago ends, and its
// client begins another.
const (
	maxSessions = 1000
	maxOfCaller = 100
	maxIdle     = 2 * time.Hour
	maxReplay   = 16 << 20 // bytes kept of all sessions for streams that are resumed
)

// sessions knows whose the sessions are.
type sessions struct {
	now func() time.Time

	mu     sync.Mutex
	open   map[string]*session // by ID; some may have ended by themselves
	ending sync.WaitGroup
	closed bool
}

type session struct {
	id     string
	owner  docent.Owner
	server *mcp.Server
	used   time.Time
}

func newSessions(now func() time.Time) *sessions {
	return &sessions{now: now, open: map[string]*session{}}
}

// begin takes a new session in, and ends those that there is no more room for.
func (s *sessions) begin(id string, owner docent.Owner, server *mcp.Server) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.open[id] = &session{id, owner, server, now}
	byUse := make([]*session, 0, len(s.open))
	for _, one := range s.open {
		byUse = append(byUse, one)
	}
	slices.SortFunc(byUse, func(a, b *session) int { return cmp.Or(b.used.Compare(a.used), cmp.Compare(a.id, b.id)) })
	ofOwner := 0
	for i, one := range byUse {
		if one.owner == owner {
			ofOwner++
		}
		if one.id != id && (i >= maxSessions || one.owner == owner && ofOwner > maxOfCaller || now.Sub(one.used) > maxIdle) {
			s.end(one)
		}
	}
}

// of reports whether a session is the owner's, and notes that it is used.
func (s *sessions) of(id string, owner docent.Owner) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.open[id]
	if one == nil || one.owner != owner {
		return false
	}
	one.used = s.now()
	return true
}

// forget lets go of a session that its client has ended.
func (s *sessions) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, id)
}

// end ends a session. It is called with mu locked; what the session does may take a
// while to stop.
func (s *sessions) end(one *session) {
	delete(s.open, one.id)
	s.ending.Go(func() {
		for open := range one.server.Sessions() {
			if open.ID() == one.id {
				_ = open.Close() // it has nobody to tell
			}
		}
	})
}

// ended reports whether no session can begin any more.
func (s *sessions) ended() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// close ends all sessions.
func (s *sessions) close() {
	s.mu.Lock()
	s.closed = true
	for _, one := range s.open {
		s.end(one)
	}
	s.mu.Unlock()
	s.ending.Wait()
}
