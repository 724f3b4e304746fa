package qdrant

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"

	api "github.com/qdrant/go-client/qdrant"

	"docent"
)

// Index is the index of one stamp. It implements what ingest.Index and
// retrieval.Index ask for (Begin gives its own type, which the package that
// joins them widens), and rolls releases back and forth. It may be used from
// many goroutines.
//
// The collection need not be there. Until it is, reading gives
// docent.CodeNoIndex, or docent.CodeIndexStamp where there are only indexes of
// other stamps; as soon as a build anywhere has made it, reading works.
type Index struct {
	client  *api.Client
	address Address
	prefix  string
	name    string // of the collection
	stamp   docent.Stamp
	options IndexOptions
	version string // of the server
	closed  atomic.Bool

	ready atomic.Bool // the collection was there, and is ours
	stats statistics
}

// OpenIndex connects to the server and looks at the collection of stamp. That
// there is none is no error here, see Index. docent.CodeStore where the server
// can't be used or another tool's collection has the name,
// docent.CodeInvalid where c does not fit.
func OpenIndex(ctx context.Context, c Config, stamp docent.Stamp, o IndexOptions) (*Index, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	address, _, err := ParseURL(c.URL, c.APIKey)
	if err != nil {
		return nil, err
	}
	client, err := dial(address, c, nil)
	if err != nil {
		return nil, &docent.Error{Code: docent.CodeInvalid, Message: "the address of Qdrant can't be used", Err: err}
	}
	stamp.Embedding = named(stamp.Embedding)
	x := &Index{client: client, address: address, prefix: c.Prefix, name: collectionName(c.Prefix, stamp),
		stamp: stamp, options: o.withDefaults()}
	if err := x.look(ctx); err != nil {
		x.Close()
		return nil, err
	}
	return x, nil
}

// look checks the server, since the client connects to nothing until it is
// used, and the collection, if it is there.
func (x *Index) look(ctx context.Context) error {
	reply, err := x.client.HealthCheck(ctx)
	if err != nil {
		return x.fail(ctx, err)
	}
	if tooOld(reply.GetVersion()) {
		return &docent.Error{Code: docent.CodeStore, Message: "Qdrant " + reply.GetVersion() + " is too old",
			Hint: "use Qdrant " + oldestServer + " or a newer one"}
	}
	x.version = reply.GetVersion()
	err = x.read(ctx)
	if code := docent.CodeOf(err); code == docent.CodeNoIndex || code == docent.CodeIndexStamp {
		return nil
	}
	return err
}

// Server says which server it is, and of which version.
func (x *Index) Server() string { return fmt.Sprintf("Qdrant %s at %s", x.version, x.address) }

// tooOld reports whether a version is below oldestServer. One that can't be
// read is not: it is a build of one's own.
func tooOld(version string) bool {
	numbers := func(s string) (major, minor int, ok bool) {
		first, rest, _ := strings.Cut(strings.TrimPrefix(s, "v"), ".")
		second, _, _ := strings.Cut(rest, ".")
		major, err := strconv.Atoi(first)
		minor, err2 := strconv.Atoi(second)
		return major, minor, err == nil && err2 == nil
	}
	major, minor, ok := numbers(version)
	wantMajor, wantMinor, _ := numbers(oldestServer)
	return ok && (major < wantMajor || major == wantMajor && minor < wantMinor)
}

// Close ends the connection; what is under way or comes later fails with
// docent.CodeNotReady. Builds are to be closed before: the server would hear
// no more of them, and take them for dead.
//
// It closes the connection below the client, whose own Close makes every later
// call panic.
func (x *Index) Close() error {
	if x.closed.Swap(true) {
		return nil
	}
	return x.client.GetGrpcClient().Close()
}

func errClosed() error { return docent.Errorf(docent.CodeNotReady, "the index is closed") }

// read makes sure that there is something to read.
func (x *Index) read(ctx context.Context) error {
	if x.closed.Load() {
		return errClosed()
	}
	if x.ready.Load() {
		return nil
	}
	info, err := x.info(ctx, x.name)
	if err != nil {
		return err
	}
	if info == nil {
		return x.absent(ctx)
	}
	if err := x.check(info); err != nil {
		return err
	}
	x.ready.Store(true)
	return nil
}
