package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// Bridge passes messages between a client on a program's input and output and the MCP
// of a server elsewhere, until the input or ctx ends. endpoint is the address of its
// /mcp, and key the API key to send, "" for none. What can't be sent is answered by an
// error, and told by log. A session that the server has ended, as when it started anew,
// is begun again without the client's noticing.
func Bridge(ctx context.Context, endpoint, key string, in io.ReadCloser, out io.WriteCloser, log func(error)) error {
	client, err := (&mcp.IOTransport{Reader: in, Writer: out, MaxLineLength: maxLine}).Connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, stop := context.WithCancel(ctx)
	b := &bridge{client: client, endpoint: endpoint, headers: &bridgeHeaders{key: key}, log: log}
	defer b.under.Wait()
	defer b.hangUp()
	defer stop()
	for {
		message, err := client.Read(ctx)
		if errors.Is(err, io.EOF) || ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		request, is := message.(*jsonrpc.Request)
		switch {
		case is && request.IsCall() && request.Method != initializeMethod:
			calling := b.calls.begin(ctx, request.ID)
			b.under.Go(func() { b.pass(ctx, calling, message) })
		case is && request.Method == "notifications/cancelled":
			b.pass(ctx, ctx, message)
			b.calls.cancel(request)
		default:
			b.pass(ctx, ctx, message)
		}
	}
}

const initializeMethod = "initialize"

// bridge is between a client and a server.
type bridge struct {
	client   mcp.Connection
	endpoint string
	headers  *bridgeHeaders
	log      func(error)
	under    sync.WaitGroup // what is under way beside the client's next message
	calls    calls

	mu         sync.Mutex
	server     mcp.Connection   // nil before the first message
	initialize *jsonrpc.Request // the client's, by which a session is begun again
}

// pass sends a message of the client's, until calling ends. A call that can't be sent is
// answered. What it begins for others lasts as long as ctx.
func (b *bridge) pass(ctx, calling context.Context, message jsonrpc.Message) {
	request, _ := message.(*jsonrpc.Request)
	if request != nil && request.Method == initializeMethod {
		b.begin(request)
	}
	server, err := b.connected(ctx)
	if err == nil {
		err = server.Write(calling, message)
	}
	if errors.Is(err, mcp.ErrSessionMissing) {
		if server, err = b.again(ctx, server); err == nil {
			err = server.Write(calling, message)
		}
	}
	if err == nil || calling.Err() != nil {
		return
	}
	b.log(err)
	if request == nil || !request.IsCall() {
		return
	}
	b.calls.end(request.ID)
	_ = b.client.Write(ctx, &jsonrpc.Response{ID: request.ID, Error: &jsonrpc.Error{ // else the client is gone
		Code: jsonrpc.CodeInternalError, Message: fmt.Sprintf("the documentation's server at %s can't be asked: %s", b.endpoint, err),
	}})
}

// begin notes that the client begins a session, in the place of any before.
func (b *bridge) begin(request *jsonrpc.Request) {
	b.hangUp()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.initialize = request
	b.headers.await(request.ID)
}

// connected gives the connection to the server, which is made where there is none.
func (b *bridge) connected(ctx context.Context) (mcp.Connection, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.connect(ctx)
}

// connect is connected for those who hold mu.
func (b *bridge) connect(ctx context.Context) (mcp.Connection, error) {
	if b.server != nil {
		return b.server, nil
	}
	server, err := (&mcp.StreamableClientTransport{
		Endpoint: b.endpoint, HTTPClient: &http.Client{Transport: b.headers, CheckRedirect: stay}, DisableStandaloneSSE: true, MaxEventSize: maxLine,
	}).Connect(ctx)
	if err != nil {
		return nil, err
	}
	b.server = server
	b.under.Go(func() { b.answers(ctx, server) })
	return server, nil
}

// stay follows no redirect: the key is for the server that was named.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// answers passes to the client what a session's server says, until the session ends.
func (b *bridge) answers(ctx context.Context, server mcp.Connection) {
	for {
		message, err := server.Read(ctx)
		if err != nil {
			return
		}
		if b.headers.learn(message) {
			continue
		}
		err = b.client.Write(ctx, message)
		if response, is := message.(*jsonrpc.Response); is {
			b.calls.end(response.ID)
		}
		if err != nil {
			return
		}
	}
}

// again begins a session like the one that was lost, unless another call has.
func (b *bridge) again(ctx context.Context, lost mcp.Connection) (mcp.Connection, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.server != lost {
		return b.connect(ctx)
	}
	_ = lost.Close() // it has nobody to tell
	b.server = nil
	if b.initialize == nil {
		return nil, errors.New("the server knows no session, and the client began none")
	}
	id, err := jsonrpc.MakeID("again " + newSessionID())
	if err != nil {
		return nil, err
	}
	server, err := b.connect(ctx)
	if err != nil {
		return nil, err
	}
	begun := b.headers.awaitOwn(id)
	if err := server.Write(ctx, &jsonrpc.Request{ID: id, Method: initializeMethod, Params: b.initialize.Params}); err != nil {
		return nil, err
	}
	select {
	case <-begun:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return server, server.Write(ctx, &jsonrpc.Request{Method: "notifications/initialized", Params: json.RawMessage(`{}`)})
}

// hangUp ends the session with the server.
func (b *bridge) hangUp() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.server != nil {
		_ = b.server.Close() // it has nobody to tell
		b.server = nil
	}
}
