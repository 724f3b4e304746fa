package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"docent"
	"docent/access"
)

// problem is an error as RFC 9457 has it. Its type is always about:blank: what
// programs act on is the code.
type problem struct {
	Type      string              `json:"type"`
	Title     string              `json:"title"`
	Status    int                 `json:"status"`
	Detail    string              `json:"detail"`
	Code      docent.Code         `json:"code"`
	RequestID string              `json:"request_id"`
	Errors    []docent.FieldError `json:"errors,omitempty"`
	Challenge *access.Challenge   `json:"challenge,omitempty"` // what to do for a token
}

// statusLeft is what the log shows for a client that left before its answer.
// Nobody is there to receive it.
const statusLeft = 499

// errLeft is in the chain of errors that only say that the client is gone.
var errLeft = errors.New("the client left")

// statuses has the code of every error that is not a 500.
var statuses = map[docent.Code]int{
	docent.CodeMalformed:    http.StatusBadRequest,
	docent.CodeUnauthorized: http.StatusUnauthorized,
	docent.CodeForbidden:    http.StatusForbidden,
	docent.CodeNotFound:     http.StatusNotFound,
	docent.CodeMethod:       http.StatusMethodNotAllowed,
	docent.CodeConflict:     http.StatusConflict,
	docent.CodeTooLarge:     http.StatusRequestEntityTooLarge,
	docent.CodeUnsupported:  http.StatusUnsupportedMediaType,
	docent.CodeInvalid:      http.StatusUnprocessableEntity,
	docent.CodeRateLimited:  http.StatusTooManyRequests,
	docent.CodeNoIndex:      http.StatusServiceUnavailable,
	docent.CodeNotReady:     http.StatusServiceUnavailable,
	docent.CodeShutdown:     http.StatusServiceUnavailable,
	docent.CodeIndexStamp:   http.StatusServiceUnavailable,
	docent.CodeStore:        http.StatusServiceUnavailable,
	docent.CodeModelLimited: http.StatusServiceUnavailable,
	docent.CodeModelAuth:    http.StatusBadGateway,
	docent.CodeModelFailed:  http.StatusBadGateway,
	docent.CodeModelCut:     http.StatusBadGateway,
	docent.CodeModelStalled: http.StatusGatewayTimeout,
}

func statusOf(code docent.Code) int {
	if status, ok := statuses[code]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// asError gives the error that a client may see. Whatever is not made for
// clients becomes an internal one, without a word of its text.
func asError(err error) *docent.Error {
	var known *docent.Error
	var routing *echo.HTTPError
	var size *http.MaxBytesError
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &routing) && routing.Code == http.StatusMethodNotAllowed:
		return docent.Errorf(docent.CodeMethod, "this address does not take this method")
	case errors.As(err, &routing) && routing.Code == http.StatusNotFound:
		return docent.Errorf(docent.CodeNotFound, "there is nothing at this address")
	case errors.As(err, &size):
		return asError(bodyTooLarge(size.Limit))
	}
	return docent.Errorf(docent.CodeInternal, "something went wrong in the server; its log says more under this request id")
}

// fail answers an error. Nothing can be answered once a response has begun.
func (h *Handler) fail(c echo.Context, err error) {
	if c.Response().Committed {
		return
	}
	if errors.Is(err, errLeft) {
		c.NoContent(statusLeft)
		return
	}
	e := asError(err)
	if p := h.protocolAt(c.Request().URL.Path); p != nil {
		tellError(c, e)
		c.Response().Header().Set("Cache-Control", "no-store")
		p.Fail(h.callOf(c), statusOf(e.Code), e)
		return
	}
	if wantsPage(c.Request()) {
		h.answerFailure(c, statusOf(e.Code), e)
		return
	}
	p := h.problem(c, statusOf(e.Code), e)
	var work *access.NeedsProof
	if errors.As(err, &work) {
		p.Challenge = &work.Challenge
	}
	answerProblem(c, p)
}

// tellError sets the headers that an error brings.
func tellError(c echo.Context, e *docent.Error) {
	head := c.Response().Header()
	if e.Quota != nil {
		tellQuota(c, *e.Quota)
	}
	if e.RetryAfter > 0 {
		head.Set("Retry-After", seconds(e.RetryAfter))
	}
	if e.Code == docent.CodeUnauthorized {
		how := "Bearer"
		if c.Request().Header.Get("Authorization") != "" {
			how = `Bearer error="invalid_token"`
		}
		head.Set("WWW-Authenticate", how)
	}
}

// problem is an error's document, whose headers it sets.
func (h *Handler) problem(c echo.Context, status int, e *docent.Error) problem {
	tellError(c, e)
	return problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status,
		Detail: e.Told(), Code: e.Code, RequestID: requestID(c), Errors: e.Fields,
	}
}

func answerProblem(c echo.Context, p problem) {
	body, _ := json.Marshal(p) // of strings, numbers and times: it cannot fail
	head := c.Response().Header()
	head.Set("Cache-Control", "no-store")
	c.Blob(p.Status, "application/problem+json", body)
}

// seconds rounds up: whoever waits that long has waited enough.
func seconds(d time.Duration) string {
	return strconv.Itoa(int(math.Ceil(d.Seconds())))
}

// explain adds to an error that a request's context ended meanwhile: because
// the client left, or because the server stops (see Serve). It also ends with
// a body that was late, whose client waits for the answer.
func explain(ctx context.Context, err error) error {
	cause := context.Cause(ctx)
	var stopping *docent.Error
	switch {
	case cause == nil || errors.Is(err, errLeft) || errors.Is(err, os.ErrDeadlineExceeded):
		return err
	case !errors.As(cause, &stopping):
		return fmt.Errorf("%w: %w", errLeft, err)
	case errors.Is(err, cause):
		return err
	}
	return fmt.Errorf("%w: %w", cause, err)
}

// answer writes v as JSON.
func answer(c echo.Context, v any) error { return answerJSON(c, http.StatusOK, v) }

func answerJSON(c echo.Context, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.Blob(status, echo.MIMEApplicationJSON, body)
}
