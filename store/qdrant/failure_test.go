package qdrant

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"docent"
	"docent/store/qdrant/qdranttest"
)

func TestAServerThatCannotBeUsedIsExplained(t *testing.T) {
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	nobody.Close()
	web := httptest.NewServer(http.NotFoundHandler())
	defer web.Close()
	standIn := qdranttest.Start(t)
	for name, check := range map[string]struct{ url, says, hint string }{
		"nobody":  {nobody.Addr().String(), "can't be reached", "6334"},
		"HTTP":    {web.URL, "does not speak gRPC", "6334"},
		"no TLS":  {strings.Replace(standIn.URL(), "http", "https", 1), "over TLS", "http://"},
		"no name": {"qdrant.invalid", "can't be reached", "QDRANT_URL"},
	} {
		_, err := OpenIndex(t.Context(), Config{URL: check.url, Timeout: time.Second}, stamps["lexical"], testOptions)
		var told *docent.Error
		if !as(err, &told) || told.Code != docent.CodeStore || !strings.Contains(told.Message, check.says) || !strings.Contains(told.Hint, check.hint) {
			t.Errorf("%s gives %#v", name, err)
		}
	}
}

func TestTheKeyGoesWithEveryCall(t *testing.T) {
	s := qdranttest.Start(t)
	s.Key, s.ReadKey = "write", "read"
	writer := openIndex(t, Config{URL: s.URL(), APIKey: "write"}, stamps["lexical"])
	r := publish(t, writer, chunk("a.md", 0, "apple"))

	for _, key := range []string{"", "wrong"} {
		_, err := OpenIndex(t.Context(), Config{URL: s.URL(), APIKey: key}, stamps["lexical"], testOptions)
		var told *docent.Error
		if !as(err, &told) || !strings.Contains(told.Message, "refuses the key") || !strings.Contains(told.Hint, "QDRANT_API_KEY") {
			t.Errorf("key %q gives %v", key, err)
		}
	}
	reader := openIndex(t, Config{URL: s.URL(), APIKey: "read"}, stamps["lexical"])
	if got := found(t, reader, in(r, "appl")); len(got) != 1 {
		t.Errorf("the reader finds %q", got)
	}
	_, err := reader.Begin(t.Context(), unit)
	if err == nil || !strings.Contains(err.Error(), "lacks the right to write") {
		t.Errorf("ingesting with a key for reading gives %v", err)
	}
	other := openIndex(t, Config{URL: s.URL(), APIKey: "read"}, stamps["dense"])
	_, err = other.Begin(t.Context(), unit)
	if err == nil || !strings.Contains(err.Error(), "lacks the right to manage collections") {
		t.Errorf("making a collection with a key for reading gives %v", err)
	}
}

func TestCallsGoOverTLS(t *testing.T) {
	web := httptest.NewTLSServer(http.NotFoundHandler()) // for its certificate
	defer web.Close()
	s := qdranttest.Start(t)
	s.Key = "key"
	front, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: web.TLS.Certificates, NextProtos: []string{"h2"}})
	must(t, err)
	t.Cleanup(s.Serve(front))
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())
	address, _, err := ParseURL("https://"+front.Addr().String(), "key")
	must(t, err)
	client, err := dial(address, Config{APIKey: "key", Timeout: time.Minute}, roots)
	must(t, err)
	defer client.Close()
	if _, err := client.ListCollections(t.Context()); err != nil {
		t.Error(err)
	}
}

// failing makes the next n calls of a method fail.
type failing struct {
	left   atomic.Int32
	method string
	err    error
}

func (f *failing) next(n int32) { f.left.Store(n) }

func (f *failing) fail(ctx context.Context, method string, _ any) error {
	if method != f.method || f.left.Add(-1) < 0 {
		return nil
	}
	if status.Code(f.err) == codes.ResourceExhausted {
		_ = grpc.SetTrailer(ctx, metadata.Pairs("retry-after", "0"))
	}
	return f.err
}

func TestCallsAreMadeAgainWhileTheServerIsAway(t *testing.T) {
	for _, c := range []codes.Code{codes.Unavailable, codes.ResourceExhausted} {
		s := qdranttest.Start(t)
		f := failing{method: "QueryBatch", err: status.Error(c, "not now")}
		s.Before = f.fail
		x := openIndex(t, Config{URL: s.URL(), Timeout: 3 * time.Second}, stamps["lexical"])
		r := publish(t, x, chunk("a.md", 0, "apple"))
		f.next(2)
		if got := found(t, x, in(r, "appl")); len(got) != 1 {
			t.Errorf("after %v: %q", c, got)
		}
		f.next(1 << 30)
		_, err := x.Candidates(t.Context(), docent.CandidateQuery{Releases: []docent.Release{r}, Terms: []string{"appl"}, Limit: 1})
		code(t, err, docent.CodeStore)
	}
}

func TestWhatCannotSucceedIsNotTriedAgain(t *testing.T) {
	for _, err := range []error{
		status.Error(codes.InvalidArgument, "no"), status.Error(codes.Internal, "no"), status.Error(codes.PermissionDenied, "no"),
		status.Error(codes.ResourceExhausted, "grpc: received message larger than max (1 vs. 2)"),
	} {
		s := qdranttest.Start(t)
		f := failing{method: "Scroll", err: err}
		s.Before = f.fail
		x := openIndex(t, Config{URL: s.URL()}, stamps["lexical"])
		publish(t, x, chunk("a.md", 0, "apple"))
		f.next(10)
		_, err := x.Releases(t.Context(), unit.Site)
		code(t, err, docent.CodeStore)
		if left := f.left.Load(); left != 9 {
			t.Errorf("%v was tried %d times", err, 10-left)
		}
	}
}

func TestDeadlinesAreKept(t *testing.T) {
	s := qdranttest.Start(t)
	var hang atomic.Bool
	s.Before = func(ctx context.Context, method string, _ any) error {
		if method == "Scroll" && hang.Load() {
			<-ctx.Done()
		}
		return nil
	}
	x := openIndex(t, Config{URL: s.URL(), Timeout: 50 * time.Millisecond}, stamps["lexical"])
	publish(t, x, chunk("a.md", 0, "apple"))
	hang.Store(true)
	_, err := x.Releases(t.Context(), unit.Site)
	if code(t, err, docent.CodeStore); err == nil || !strings.Contains(err.Error(), "in time") {
		t.Errorf("a server that hangs gives %v", err)
	}
	// The caller's own deadline is the caller's error.
	soon, done := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer done()
	if _, err := x.Releases(soon, unit.Site); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the caller's deadline gives %v", err)
	}
}

func TestAClosedIndexSaysSo(t *testing.T) {
	_, x := opened(t, stamps["lexical"])
	publish(t, x, chunk("a.md", 0, "apple"))
	must(t, x.Close())
	must(t, x.Close())
	_, err := x.Releases(t.Context(), unit.Site)
	code(t, err, docent.CodeNotReady)
	_, err = x.Begin(t.Context(), unit)
	code(t, err, docent.CodeNotReady)
}

func TestAnIndexClosedUnderABuildFailsIt(t *testing.T) {
	s, x := opened(t, stamps["lexical"])
	b := begin(t, x)
	_, _, stats := b.Base()
	must(t, x.Close())
	must(t, add(t, b, stats, "a.md", chunk("a.md", 0, "apple")))
	_, err := b.Publish(t.Context(), stats)
	code(t, err, docent.CodeNotReady)
	code(t, b.Close(), docent.CodeNotReady)
	if r := publish(t, openIndex(t, Config{URL: s.URL()}, x.stamp), chunk("a.md", 0, "plum")); r.Number != 1 {
		t.Errorf("afterwards release %d is published", r.Number)
	}
}
