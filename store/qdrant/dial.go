package qdrant

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	api "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// dial prepares connections; nothing is sent yet. The key goes through caller,
// since the client would warn of every key without TLS, on loopback too. roots
// are the certificates that are trusted; nil is the system's.
func dial(a Address, c Config, roots *x509.CertPool) (*api.Client, error) {
	host := a.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]" // the client joins host and port as they are
	}
	wait := backoff.DefaultConfig
	wait.BaseDelay, wait.MaxDelay = 100*time.Millisecond, time.Second // a build is silent as long as it has no connection
	return api.NewClient(&api.Config{
		Host: host, Port: a.Port, UseTLS: a.TLS, TLSConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		PoolSize:               1,    // calls share a connection; see Index.Close
		SkipCompatibilityCheck: true, // OpenIndex looks at the version itself, with a deadline
		GrpcOptions: []grpc.DialOption{
			grpc.WithChainUnaryInterceptor(caller{key: c.APIKey, timeout: c.Timeout}.call),
			grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxAnswer)),
			grpc.WithConnectParams(grpc.ConnectParams{Backoff: wait, MinConnectTimeout: 5 * time.Second}),
		},
	})
}

// caller gives every call its key and a deadline, and makes it again when the
// server was away or asked for a pause. All calls of this package may be made
// twice.
type caller struct {
	key     string
	timeout time.Duration
}

type patient struct{}

// patiently makes calls under ctx last through a restart of the server, with
// longer deadlines, since writes wait until they are applied.
func patiently(ctx context.Context) context.Context {
	return context.WithValue(ctx, patient{}, true)
}

func (c caller) call(ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, o ...grpc.CallOption) error {
	if c.key != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "api-key", c.key)
	}
	timeout, patience := c.timeout, c.timeout/5
	if ctx.Value(patient{}) != nil {
		timeout, patience = 6*c.timeout, 6*c.timeout
	}
	until := time.Now().Add(patience)
	for try := 0; ; try++ {
		var trailer metadata.MD
		one, done := context.WithTimeout(ctx, timeout)
		err := invoke(one, method, request, reply, conn, append(o[:len(o):len(o)], grpc.Trailer(&trailer))...)
		done()
		pause, again := pauseAfter(err, trailer, try)
		if !again || time.Now().Add(pause).After(until) {
			return err
		}
		if !sleep(ctx, pause) {
			return err
		}
	}
}

// pauseAfter says whether a failed call is worth another try, and when: after
// what the server asks for, or after 0.1, 0.2, 0.4 ... up to 2 seconds, of
// which up to half is left to chance.
func pauseAfter(err error, trailer metadata.MD, try int) (time.Duration, bool) {
	pause := min(100*time.Millisecond<<min(try, 10), 2*time.Second)
	pause -= rand.N(pause / 2)
	s, _ := status.FromError(err)
	switch s.Code() {
	case codes.Unavailable:
		return pause, true
	case codes.ResourceExhausted:
		if strings.Contains(s.Message(), "larger than max") {
			return 0, false // a message's size, which stays
		}
		if after := trailer.Get("retry-after"); len(after) > 0 {
			if seconds, err := strconv.Atoi(after[0]); err == nil && seconds >= 0 {
				pause = max(pause, time.Duration(seconds)*time.Second)
			}
		}
		return pause, true
	}
	return 0, false
}

// sleep reports whether it slept to the end.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
