package mcp

import (
	"container/list"
	"context"
	"iter"
	"slices"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// streamCost is what a stream takes beside its events, about, in bytes.
const streamCost = 300

// replay keeps what was sent, for clients that lost their connection. It holds so many
// bytes of all sessions together; beyond that, the streams go whole that were begun
// first. The SDK's own store never lets go of a stream's entry while its session lasts.
type replay struct {
	most int

	mu       sync.Mutex
	bytes    int
	streams  map[streamName]*list.Element
	ordered  list.List // of *kept, in the order in which they began
	sessions map[string]map[string]bool
}

type streamName struct{ session, stream string }

// kept are the events of a stream, from the one with index first on.
type kept struct {
	name   streamName
	first  int
	events [][]byte
	bytes  int
}

func newReplay(most int) *replay {
	return &replay{most: most, streams: map[streamName]*list.Element{}, sessions: map[string]map[string]bool{}}
}

// Open implements mcp.EventStore.
func (r *replay) Open(_ context.Context, session, stream string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stream(streamName{session, stream})
	return nil
}

// stream gives what is kept of a stream, which begins where it is new.
func (r *replay) stream(name streamName) *kept {
	if at, known := r.streams[name]; known {
		return at.Value.(*kept)
	}
	k := &kept{name: name}
	r.streams[name] = r.ordered.PushBack(k)
	if r.sessions[name.session] == nil {
		r.sessions[name.session] = map[string]bool{}
	}
	r.sessions[name.session][name.stream] = true
	r.bytes += streamCost
	return k
}

// Append implements mcp.EventStore.
func (r *replay) Append(_ context.Context, session, stream string, event []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.stream(streamName{session, stream})
	k.events = append(k.events, event)
	k.bytes += len(event)
	r.bytes += len(event)
	for at := r.ordered.Front(); at != nil && r.bytes > r.most; {
		next := at.Next()
		if old := at.Value.(*kept); old.name.stream == "" {
			old.drop(r) // its session's own stream goes on as long as the session
		} else if old != k {
			r.remove(at)
		}
		at = next
	}
	return nil
}

// drop lets go of a stream's events.
func (k *kept) drop(r *replay) {
	r.bytes -= k.bytes
	k.first += len(k.events)
	k.events, k.bytes = nil, 0
}

// remove lets go of a stream.
func (r *replay) remove(at *list.Element) {
	k := r.ordered.Remove(at).(*kept)
	r.bytes -= k.bytes + streamCost
	delete(r.streams, k.name)
	delete(r.sessions[k.name.session], k.name.stream)
}

// After implements mcp.EventStore.
func (r *replay) After(_ context.Context, session, stream string, index int) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		events, err := r.after(streamName{session, stream}, index+1)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, event := range events {
			if !yield(event, nil) {
				return
			}
		}
	}
}

// after gives the events of a stream from an index on.
func (r *replay) after(name streamName, from int) ([][]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, known := r.streams[name]
	if !known {
		return nil, mcp.ErrEventsPurged
	}
	k := at.Value.(*kept)
	switch {
	case from < k.first && !(from == 0 && name.stream == ""): // whoever begins to listen wants what comes
		return nil, mcp.ErrEventsPurged
	case from-k.first >= len(k.events):
		return nil, nil
	}
	return slices.Clone(k.events[max(from-k.first, 0):]), nil
}

// SessionClosed implements mcp.EventStore.
func (r *replay) SessionClosed(_ context.Context, session string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for stream := range r.sessions[session] {
		r.remove(r.streams[streamName{session, stream}])
	}
	delete(r.sessions, session)
	return nil
}
