package mcp

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
)

// bridgeHeaders sends the key and the version that was agreed upon with each request.
type bridgeHeaders struct {
	key string

	mu      sync.Mutex
	version string
	waiting jsonrpc.ID    // of the answer that says the version
	own     chan struct{} // closed by that answer where it is not the client's
}

// await waits for the answer to a client's initialize.
func (h *bridgeHeaders) await(id jsonrpc.ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.waiting, h.own, h.version = id, nil, ""
}

// awaitOwn waits for an answer that the client does not know of.
func (h *bridgeHeaders) awaitOwn(id jsonrpc.ID) <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.waiting, h.own, h.version = id, make(chan struct{}), ""
	return h.own
}

// learn takes the version of an answer that was waited for; true where it is none for
// the client.
func (h *bridgeHeaders) learn(message jsonrpc.Message) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	response, is := message.(*jsonrpc.Response)
	if !is || !h.waiting.IsValid() || response.ID != h.waiting {
		return false
	}
	var result struct {
		Version string `json:"protocolVersion"`
	}
	if json.Unmarshal(response.Result, &result) == nil {
		h.version = result.Version
	}
	h.waiting = jsonrpc.ID{}
	if h.own == nil {
		return false
	}
	close(h.own)
	h.own = nil
	return true
}

// RoundTrip implements http.RoundTripper.
func (h *bridgeHeaders) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	h.mu.Lock()
	version := h.version
	h.mu.Unlock()
	if version != "" && r.Header.Get(headerVersion) == "" {
		r.Header.Set(headerVersion, version)
	}
	if h.key != "" {
		r.Header.Set("Authorization", "Bearer "+h.key)
	}
	return http.DefaultTransport.RoundTrip(r)
}

// calls are those under way, by their IDs. Versions of the protocol without sessions
// cancel a call by leaving its request.
type calls struct {
	mu    sync.Mutex
	leave map[jsonrpc.ID]context.CancelFunc
}

// begin gives the context of a call, which lasts until it is answered.
func (c *calls) begin(ctx context.Context, id jsonrpc.ID) context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.leave == nil {
		c.leave = map[jsonrpc.ID]context.CancelFunc{}
	}
	calling, leave := context.WithCancel(ctx)
	c.leave[id] = leave
	return calling
}

// end lets go of a call that was answered.
func (c *calls) end(id jsonrpc.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if leave, under := c.leave[id]; under {
		leave()
		delete(c.leave, id)
	}
}

// cancel leaves the call that a notification names.
func (c *calls) cancel(notification *jsonrpc.Request) {
	var params struct {
		ID any `json:"requestId"`
	}
	if json.Unmarshal(notification.Params, &params) != nil {
		return
	}
	if id, err := jsonrpc.MakeID(params.ID); err == nil {
		c.end(id)
	}
}
