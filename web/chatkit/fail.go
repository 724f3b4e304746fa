package chatkit

import (
	"net/http"

	"docent"
	"docent/web"
)

// wireError is an error before a stream has begun.
type wireError struct {
	Error struct {
		Message string              `json:"message"`
		Code    docent.Code         `json:"code"`
		Errors  []docent.FieldError `json:"errors,omitempty"`
	} `json:"error"`
}

// fail answers an error. What does not fit is 400, and what is not configured 501: the
// protocol tells neither from the other's kin.
func fail(c *web.Call, status int, e *docent.Error) {
	switch {
	case status == http.StatusUnprocessableEntity:
		status = http.StatusBadRequest
	case e.Code == docent.CodeUnsupported && c.Request.URL.Path == root:
		status = http.StatusNotImplemented
	}
	var w wireError
	w.Error.Message, w.Error.Code, w.Error.Errors = e.Told(), e.Code, e.Fields
	_ = c.JSON(status, w) // nobody is left to be told
}
