package docent

import (
	"errors"
	"fmt"
	"time"
)

// Code is the kind of an error: programs act on it, so it never changes.
type Code string

// The codes. Those before the blank line are a client's doing and each is one
// HTTP status (web maps them); the others are ours or a provider's.
const (
	CodeMalformed    Code = "malformed"          // 400: not JSON, not UTF-8
	CodeUnauthorized Code = "unauthorized"       // 401
	CodeForbidden    Code = "forbidden"          // 403
	CodeNotFound     Code = "not_found"          // 404: not there, or another's
	CodeMethod       Code = "method_not_allowed" // 405
	CodeConflict     Code = "conflict"           // 409
	CodeTooLarge     Code = "too_large"          // 413
	CodeUnsupported  Code = "unsupported_type"   // 415
	CodeInvalid      Code = "invalid"            // 422: JSON that does not fit
	CodeRateLimited  Code = "rate_limited"       // 429

	CodeNoIndex      Code = "no_index"       // 503: nothing was ingested
	CodeNotReady     Code = "not_ready"      // 503: starting or stopping
	CodeShutdown     Code = "shutdown"       // the server stopped before the answer ended
	CodeModelAuth    Code = "model_auth"     // the model's server refused the key
	CodeModelLimited Code = "model_limited"  // the model's server said 429
	CodeModelFailed  Code = "model_failed"   // the model's server failed, or spoke something else
	CodeModelStalled Code = "model_stalled"  // nothing came for too long
	CodeModelCut     Code = "model_cut"      // the stream broke off before its end
	CodeIndexStamp   Code = "index_mismatch" // the index was built with another model, analyzer or splitter
	CodeStore        Code = "store_failed"   // a database could not be read or written
	CodeInternal     Code = "internal"       // a defect of ours
)

// FieldError says what is wrong with one field of a request.
type FieldError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Error is an error for two readers: Code and Message for whoever asked (lower
// case, no full stop, no secrets, no paths of the server), Err for the log.
type Error struct {
	Code       Code
	Message    string
	Hint       string        // what to do about it; "" when the message says it
	Fields     []FieldError  // of CodeInvalid
	RetryAfter time.Duration // of CodeRateLimited, CodeModelLimited, CodeNotReady; 0 is unknown
	Quota      *Quota        // of CodeRateLimited: the limit that was met; nil where it is none of time
	Err        error         // the cause; may be nil
}

// ErrTooLong is in the chain of a model's error where the request was longer than
// the model takes: a shorter one may be answered.
var ErrTooLong = errors.New("longer than the model takes")

// Error says the message and the cause, for logs and terminals.
func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

// Told is what a reader is told: the message, and what to do about it.
func (e *Error) Told() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + ": " + e.Hint
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error without a cause.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// NoIndex is the error of every place that finds nothing ingested yet.
func NoIndex() *Error {
	return &Error{Code: CodeNoIndex, Message: "nothing was ingested yet", Hint: "run 'docent ingest DIR'"}
}

// CodeOf gives the code of the first *Error in err's chain, CodeInternal where
// there is none, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// OfModel reports whether a model's server is at fault, or how it is set up.
func (c Code) OfModel() bool {
	switch c {
	case CodeModelAuth, CodeModelLimited, CodeModelFailed, CodeModelStalled, CodeModelCut:
		return true
	}
	return false
}

// Retryable reports whether the same request may succeed later.
func (c Code) Retryable() bool {
	switch c {
	case CodeRateLimited, CodeNotReady, CodeShutdown, CodeModelLimited, CodeModelFailed, CodeModelStalled, CodeModelCut, CodeStore:
		return true
	}
	return false
}

// SettingError says that the value of a key of config.yaml can't be used, and
// what could. The value and its origin are told by whoever knows them.
type SettingError struct {
	Key   string // "server.port"
	Right string // "a whole number from 0 to 65535"
}

// Error names the key and what would be right.
func (e *SettingError) Error() string { return e.Key + " must be " + e.Right }

// SettingCheck is what one setting must fulfil.
type SettingCheck struct {
	OK    bool
	Key   string
	Right string
}

// CheckSettings gives the first check that is not OK as a *SettingError.
func CheckSettings(checks ...SettingCheck) error {
	for _, c := range checks {
		if !c.OK {
			return &SettingError{Key: c.Key, Right: c.Right}
		}
	}
	return nil
}
