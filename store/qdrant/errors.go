package qdrant

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	api "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"docent"
)

// fail makes an error of the client one for two readers. A *docent.Error
// passes as it is; the end of ctx, which gRPC reports as a status of its own,
// becomes ctx's error.
func (x *Index) fail(ctx context.Context, err error) error {
	var told *docent.Error
	if err == nil || errors.As(err, &told) {
		return err
	}
	code := status.Code(err)
	if ended := ctx.Err(); ended != nil {
		return ended
	}
	if at, has := ctx.Deadline(); has && code == codes.DeadlineExceeded && !time.Now().Before(at) {
		return context.DeadlineExceeded
	}
	if x.closed.Load() {
		return errClosed()
	}
	if code == codes.NotFound { // the collection was there
		x.ready.Store(false)
		return docent.NoIndex()
	}
	failure := &docent.Error{Code: docent.CodeStore, Err: fmt.Errorf("qdrant at %s: %w", x.address, err)}
	var limited *api.QdrantResourceExhaustedError // carries no status
	if errors.As(err, &limited) {
		code, failure.RetryAfter = codes.ResourceExhausted, time.Duration(limited.RetryAfterS)*time.Second
	}
	failure.Message, failure.Hint = explain(code, status.Convert(errors.Unwrap(err)).Message())
	if code == codes.PermissionDenied {
		failure.Message = "the Qdrant key lacks the right to " + lacking(err)
	}
	return failure
}

// explain gives the sentence and the hint for a status.
func explain(code codes.Code, detail string) (message, hint string) {
	has := func(words string) bool { return strings.Contains(detail, words) }
	switch {
	case has("authentication handshake failed"), has("first record does not look like a TLS handshake"):
		return "Qdrant can't be reached over TLS", "write http:// in QDRANT_URL if it has no certificate; otherwise look at the certificate"
	case has("error reading server preface"), has("unexpected HTTP status code"), code == codes.Unimplemented:
		return "what listens there does not speak gRPC as Qdrant does", "name Qdrant's gRPC port in QDRANT_URL, 6334 unless it was changed, and https:// if it has a certificate"
	case code == codes.Unavailable:
		return "Qdrant can't be reached", "see that it runs, and that QDRANT_URL leads to its gRPC port, 6334 unless it was changed"
	case code == codes.DeadlineExceeded:
		return "Qdrant did not answer in time", "see what it is busy with, or raise the timeout"
	case code == codes.Unauthenticated:
		return "Qdrant refuses the key", "set QDRANT_API_KEY to a key of that server"
	case code == codes.PermissionDenied:
		return "", "use a key that may read, write and manage collections; one that may read is enough to serve, but not to ingest"
	case code == codes.ResourceExhausted:
		return "Qdrant limits the rate of calls, or is out of room", "try again later"
	case code == codes.FailedPrecondition:
		return "Qdrant is locked against writing", "unlock it, or wait until its maintenance is done"
	}
	return "Qdrant failed", "the log has the cause"
}

// lacking names the right that a refused call needs. Servers say of every
// write that managing is what it lacks, so the call is what tells: the client's
// errors begin with it.
func lacking(err error) string {
	call, _, _ := strings.Cut(err.Error(), "() failed")
	switch call {
	case "CreateCollection", "CreateFieldIndex", "UpdateAliases", "ListAliases":
		return "manage collections"
	case "UpdateBatch":
		return "write"
	}
	return "read"
}

func noRelease(r docent.Release) error {
	return docent.Errorf(docent.CodeNotFound, "there is no release %d of source %q, version %q, language %q",
		r.Number, r.Unit.Source, r.Unit.Version, r.Unit.Lang)
}

// damaged says that something stored is not what this package wrote.
func damaged(what string, err error) error {
	return &docent.Error{Code: docent.CodeStore, Message: what + " in Qdrant can't be read",
		Hint: "delete the collection and run `docent ingest` again", Err: err}
}
