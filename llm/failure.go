package llm

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"docent"
)

// failure is an error with what may be done about it.
type failure struct {
	err     *docent.Error
	again   bool           // the same request may succeed later
	shared  bool           // the server wants fewer requests, whoever sends them
	refusal *providerError // of a request that does not fit; nil otherwise
	long    bool           // the refusal is, or sounds, of a request that is too large
	censor  bool           // the server would not say what the model wrote
	wait    time.Duration  // before the next try, see heed
}

// ofRequest reports whether the request was at fault, not the server.
func (f *failure) ofRequest() bool { return f.refusal != nil || f.censor }

// and joins what several servers said to one question: the first one's error,
// and the shortest wait.
func (f *failure) and(next *failure) *failure {
	if f == nil {
		copied := *next
		return &copied
	}
	if next.again && (!f.again || next.wait < f.wait) {
		f.again, f.wait, f.shared = true, next.wait, next.shared
	}
	return f
}

func (f *failure) Error() string { return f.err.Error() }

func (f *failure) Unwrap() error { return f.err }

// providerError is what a server says about an error, in any of the shapes
// that are met: an object, or only a string.
type providerError struct {
	Message string
	Type    string
	Code    string // a number is its digits
	Param   string
}

// UnmarshalJSON takes every JSON value; fields of an unexpected kind stay empty.
func (p *providerError) UnmarshalJSON(data []byte) error {
	*p = providerError{}
	var fields map[string]json.RawMessage
	if json.Unmarshal(data, &fields) != nil {
		p.Message = word(data)
		return nil
	}
	p.Message, p.Type, p.Code, p.Param = word(fields["message"]), word(fields["type"]), word(fields["code"]), word(fields["param"])
	return nil
}

// word is a JSON string's text or a number's digits, "" for all else.
func word(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}

// names reports whether the error is about the parameter.
func (p providerError) names(param string) bool {
	if p.Param != "" {
		return p.Param == param || strings.HasPrefix(p.Param, param+".")
	}
	for rest := p.Message; ; {
		before, after, found := strings.Cut(rest, param)
		if !found || !wordly(before, len(before)-1) && !wordly(after, 0) {
			return found
		}
		rest = after
	}
}

// wordly reports whether the byte of s at i is part of a name.
func wordly(s string, i int) bool {
	return i >= 0 && i < len(s) && (s[i] == '_' || s[i] >= 'a' && s[i] <= 'z' || s[i] >= 'A' && s[i] <= 'Z')
}

// status is the HTTP status that fits an error which came without one.
func (p providerError) status() int {
	for _, s := range []string{p.Code, p.Type} {
		var n int
		if _, err := fmt.Sscanf(s, "%d", &n); err == nil && n >= 400 && n < 600 {
			return n
		}
		switch {
		case strings.Contains(s, "rate_limit"):
			return http.StatusTooManyRequests
		case strings.Contains(s, "authentication"), s == "invalid_api_key":
			return http.StatusUnauthorized
		case s == "invalid_request_error", s == "context_length_exceeded":
			return http.StatusBadRequest
		}
	}
	return http.StatusInternalServerError
}

// parseRefusal finds the error in a response's body: {"error": ...}, or the
// message at the top. Anything else is an error without words.
func parseRefusal(body []byte) providerError {
	var b struct {
		Error   *providerError  `json:"error"`
		Message json.RawMessage `json:"message"`
		Detail  json.RawMessage `json:"detail"`
	}
	switch {
	case json.Unmarshal(body, &b) != nil:
		return providerError{}
	case b.Error != nil:
		return *b.Error
	case len(b.Message) > 0:
		return providerError{Message: word(b.Message)}
	}
	return providerError{Message: string(b.Detail)} // often a list of objects that name the field
}

// refused is the failure of a response with an error's status.
func (s *server) refused(res *http.Response, body []byte) *failure {
	said := parseRefusal(body)
	words := s.redacted(said.Message)
	if words == "" {
		words = http.StatusText(res.StatusCode)
	}
	cause := fmt.Errorf("status %d: %s", res.StatusCode, words)
	return s.judged(res.StatusCode, said, retryAfter(res.Header, s.clock.now()), cause)
}

// judged decides what an error means: for the reader, for the operator, and
// for further tries.
func (s *server) judged(status int, said providerError, after time.Duration, cause error) *failure {
	broke := status == http.StatusPaymentRequired || said.Code == "insufficient_quota" || said.Type == "insufficient_quota"
	long := status == http.StatusRequestEntityTooLarge || tooLarge.MatchString(said.Message)
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return &failure{err: &docent.Error{Code: docent.CodeModelAuth, Message: s.called + " refused the key",
			Hint: fmt.Sprintf("check %s.api_key, and that it may use %s", s.section, s.model), Err: cause}}
	case broke:
		return &failure{err: &docent.Error{Code: docent.CodeModelLimited, Message: "the account at " + s.called + " is used up",
			Hint: "check the plan and the billing of the account that " + s.section + ".api_key belongs to", Err: cause}}
	case status == http.StatusTooManyRequests:
		return s.limited(after, cause)
	case status >= http.StatusInternalServerError && !long, status == http.StatusRequestTimeout, status == http.StatusConflict:
		return &failure{again: true, shared: after > 0, err: &docent.Error{Code: docent.CodeModelFailed,
			Message: s.called + " failed", RetryAfter: after, Err: cause}}
	case (status == http.StatusNotFound || status == http.StatusMethodNotAllowed) && !toolsRefused.MatchString(said.Message):
		return &failure{err: &docent.Error{Code: docent.CodeModelFailed, Message: s.called + " does not know the address or the model",
			Hint: fmt.Sprintf("check %s.base_url, which mostly ends with /v1, and %s", s.section, s.model), Err: cause}}
	}
	if long {
		cause = fmt.Errorf("%w: %w", docent.ErrTooLong, cause)
	}
	f := &failure{refusal: &said, long: long, err: &docent.Error{Code: docent.CodeModelFailed, Message: s.called + " refused the request", Err: cause}}
	if said.Code == "context_length_exceeded" {
		f.err.Hint = "lower " + s.budget
	}
	return f
}

// tooLarge is how servers say that an input, or a batch of them, is above a
// limit of theirs; some say so with status 500.
var tooLarge = regexp.MustCompile(`(?i)too (large|long)|too many (tokens|inputs|texts)|context[ _](length|size|window)|` +
	`max(imum)?\b.{0,40}(tokens|length|batch)|(exceed|less than|at most).{0,40}tokens`)

// unreachable is the failure of a connection, before any response.
func (s *server) unreachable(cause error) *failure {
	return &failure{again: true, err: &docent.Error{Code: docent.CodeModelFailed, Message: s.called + " can't be reached", Err: cause}}
}

// misspoke is the failure of a response that is no answer of this protocol:
// asking again would not help.
func (s *server) misspoke(what string) *failure {
	return &failure{err: &docent.Error{Code: docent.CodeModelFailed, Message: s.called + " did not answer as " + s.kind + " does",
		Hint: "check " + s.section + ".base_url, which mostly ends with /v1", Err: errors.New(what)}}
}

// cut is the failure of a response that ended before the answer did.
func (s *server) cut(cause error) *failure {
	return &failure{again: true, err: &docent.Error{Code: docent.CodeModelCut, Message: s.answer + " broke off", Err: cause}}
}

// silent is the failure of a server that kept a reader waiting for d.
func silent(what string, d time.Duration) *failure {
	return &failure{err: &docent.Error{Code: docent.CodeModelStalled, Message: fmt.Sprintf("%s within %v", what, d)}}
}

// keyLike is what keys look like, whole or half masked, in a server's words.
var keyLike = regexp.MustCompile(`\b(sk|pk|gsk|key)-[\w*.-]{4,}|(?i:bearer)\s+\S+`)

// redacted makes a server's words fit for a log: one short line, without the
// secrets that were sent or anything that looks like a key.
func (s *server) redacted(words string) string {
	for _, secret := range s.secrets {
		words = strings.ReplaceAll(words, secret, "[key]")
	}
	return shortened(keyLike.ReplaceAllString(words, "[key]"))
}

// shortened is s as one line of at most 200 runes.
func shortened(s string) string {
	const limit = 200
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }), " ")
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit]) + "..."
	}
	return s
}
