package openai

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"docent"
	"docent/web"
)

// wireError is an error as OpenAI has it.
type wireError struct {
	Message string  `json:"message"`
	Type    string  `json:"type"`
	Param   *string `json:"param"`
	Code    *string `json:"code"`
}

// errorBody is a body, or the data of an event, that is an error.
type errorBody struct {
	Error wireError `json:"error"`
}

// What errors have in their chain that have codes of their own.
var (
	errNoModel    = errors.New("no such model")
	errNoResponse = errors.New("no such response")
)

// Types of errors.
const (
	typeRequest = "invalid_request_error"
	typeServer  = "server_error"
)

// fail answers an error.
func fail(c *web.Call, status int, e *docent.Error) {
	if status == http.StatusUnprocessableEntity {
		status = http.StatusBadRequest
	}
	if status == http.StatusConflict || status == http.StatusTooManyRequests || status >= http.StatusInternalServerError {
		c.Writer.Header().Set("x-should-retry", strconv.FormatBool(worthRetrying(e)))
	}
	_ = c.JSON(status, errorBody{wire(status, e)}) // nobody is left to be told
}

// longWait is more than clients wait by themselves: they would ask again at once.
const longWait = time.Minute

// worthRetrying reports whether a client should ask again by itself, as it does after
// some statuses unless it is told.
func worthRetrying(e *docent.Error) bool {
	return e.Code.Retryable() && e.RetryAfter <= longWait
}

// wire is an error as it is told.
func wire(status int, e *docent.Error) wireError {
	w := wireError{Message: e.Told(), Type: typeRequest}
	if len(e.Fields) > 0 {
		w.Param = &e.Fields[0].Field
	}
	code := func(s string) { w.Code = &s }
	switch {
	case errors.Is(e, errNoModel):
		code("model_not_found")
	case errors.Is(e, errNoResponse):
		code("previous_response_not_found")
	case errors.Is(e, docent.ErrTooLong):
		code("context_length_exceeded")
	case status == http.StatusUnauthorized:
		code("invalid_api_key")
	case status == http.StatusForbidden:
		w.Type = "permission_error"
		code("forbidden")
	case status == http.StatusTooManyRequests:
		w.Type = "requests"
		code("rate_limit_exceeded")
	case status >= http.StatusInternalServerError:
		w.Type = typeServer
		code(string(e.Code))
	case e.Code != docent.CodeInvalid && e.Code != docent.CodeMalformed:
		code(string(e.Code))
	}
	return w
}

// wrong is the error of a field that does not fit.
func wrong(field, message string) error {
	return &docent.Error{
		Code: docent.CodeInvalid, Message: "'" + field + "' " + message,
		Fields: []docent.FieldError{{Field: field, Message: message}},
	}
}
