// Package qdranttest is a stand-in for a Qdrant server: the calls that
// store/qdrant makes, spoken as real gRPC by the client's own service stubs,
// and done for real, in memory. Filters are evaluated, sparse vectors scored by
// dot product with IDF, dense ones by exact cosine, and what a real server
// refuses is refused with the status and nearly the words that it uses.
//
//	s := qdranttest.Start(t)
//	qdrant.Config{URL: s.URL()}
//
// What it leaves out: persistence, approximate search, shards, replicas.
package qdranttest

import (
	"context"
	"net"
	"path"
	"sync"
	"testing"

	api "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// Server is a running stand-in. Its fields are set before the first call.
type Server struct {
	// Key and ReadKey, where one is set, are asked for; ReadKey may only read.
	Key, ReadKey string
	// Version is what the server says it is; "" is one that fits.
	Version string
	// Strict refuses filters on fields that have no index, as servers can be
	// told to.
	Strict bool
	// Before and After are called before and after each call, with its
	// method's short name; their error is the answer, in place of what was
	// done or not. nil changes nothing.
	Before, After func(ctx context.Context, method string, request any) error

	api.UnimplementedQdrantServer

	address string

	mu          sync.Mutex
	collections map[string]*collection
	aliases     map[string]string
	calls       map[string]int
	largest     int
}

// Start starts a server on loopback, which ends with the test.
func Start(t testing.TB) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{address: listener.Addr().String()}
	s.collections, s.aliases, s.calls = map[string]*collection{}, map[string]string{}, map[string]int{}
	t.Cleanup(s.Serve(listener))
	return s
}

// Serve answers on a further listener, until the function that it gives is
// called.
func (s *Server) Serve(listener net.Listener) (stop func()) {
	g := grpc.NewServer(grpc.UnaryInterceptor(s.intercept))
	api.RegisterQdrantServer(g, s)
	api.RegisterCollectionsServer(g, collectionsService{Server: s})
	api.RegisterPointsServer(g, pointsService{Server: s})
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = g.Serve(listener) // ends by Stop
	}()
	return func() {
		g.Stop()
		<-done
	}
}

// URL is the server's address, as QDRANT_URL takes it.
func (s *Server) URL() string { return "http://" + s.address }

// Calls says how often each method was called, by its short name.
func (s *Server) Calls(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[method]
}

// Largest says how large the largest request was, in bytes.
func (s *Server) Largest() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.largest
}

var reading = map[string]bool{
	"HealthCheck": true, "Get": true, "List": true, "ListAliases": true, "CollectionExists": true,
	"Scroll": true, "Count": true, "QueryBatch": true,
}

func (s *Server) intercept(ctx context.Context, request any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	method := path.Base(info.FullMethod)
	if err := s.allow(ctx, method); err != nil {
		return nil, err
	}
	if s.Before != nil {
		if err := s.Before(ctx, method, request); err != nil {
			return nil, err
		}
	}
	answer, err := s.answer(ctx, method, request, handle)
	if err == nil && s.After != nil {
		if err := s.After(ctx, method, request); err != nil {
			return nil, err
		}
	}
	return answer, err
}

// answer handles one call at a time.
func (s *Server) answer(ctx context.Context, method string, request any, handle grpc.UnaryHandler) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[method]++
	if m, ok := request.(proto.Message); ok {
		s.largest = max(s.largest, proto.Size(m))
	}
	if err := ctx.Err(); err != nil {
		return nil, status.FromContextError(err).Err()
	}
	return handle(ctx, request)
}

// allow checks the key. Health is told to anyone.
func (s *Server) allow(ctx context.Context, method string) error {
	if s.Key == "" && s.ReadKey == "" || method == "HealthCheck" {
		return nil
	}
	given := metadata.ValueFromIncomingContext(ctx, "api-key")
	switch {
	case len(given) == 0:
		return status.Error(codes.Unauthenticated, "Must provide an API key or an Authorization bearer token")
	case s.Key != "" && given[0] == s.Key:
		return nil
	case s.ReadKey == "" || given[0] != s.ReadKey:
		return status.Error(codes.Unauthenticated, "Invalid API key or JWT")
	case reading[method]:
		return nil
	}
	return status.Error(codes.PermissionDenied, "Forbidden: Global manage access is required") // of every write
}

// HealthCheck implements api.QdrantServer.
func (s *Server) HealthCheck(context.Context, *api.HealthCheckRequest) (*api.HealthCheckReply, error) {
	version := s.Version
	if version == "" {
		version = "1.18.0"
	}
	return &api.HealthCheckReply{Title: "qdrant - vector search engine", Version: version}, nil
}
