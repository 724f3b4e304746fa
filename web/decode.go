package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"docent"
)

// readJSON reads a request's body into what into points to. It is strict about
// type, size, encoding and JSON, and lenient about unknown fields.
func (h *Handler) readJSON(c echo.Context, into any) error {
	r := c.Request()
	if err := checkType(r.Header.Get("Content-Type")); err != nil {
		return err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return unread(err)
	}
	http.NewResponseController(c.Response().Writer).SetReadDeadline(time.Time{}) // it was the body's
	return decode(body, into)
}

func checkType(sent string) error {
	kind, params, err := mime.ParseMediaType(sent)
	charset, given := params["charset"]
	if err != nil || kind != echo.MIMEApplicationJSON || given && !strings.EqualFold(charset, "utf-8") {
		return docent.Errorf(docent.CodeUnsupported, "the Content-Type is %q: only application/json in UTF-8 is taken", clip(sent))
	}
	return nil
}

// unread says why a body could not be read.
func unread(err error) error {
	var size *http.MaxBytesError
	switch {
	case errors.As(err, &size):
		return bodyTooLarge(size.Limit)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &docent.Error{Code: docent.CodeMalformed, Message: fmt.Sprintf("the body did not arrive within %s", bodyTimeout), Err: err}
	}
	return &docent.Error{Code: docent.CodeMalformed, Message: "the body broke off", Err: err}
}

func decode(body []byte, into any) error {
	if !utf8.Valid(body) {
		return docent.Errorf(docent.CodeMalformed, "the body is not UTF-8 at byte %d", firstInvalid(body)+1)
	}
	err := json.Unmarshal(body, into)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax):
		return docent.Errorf(docent.CodeMalformed, "the body is not JSON at %s: %s", position(body, syntax.Offset), syntax)
	case errors.As(err, &kind) && kind.Field == "":
		return docent.Errorf(docent.CodeInvalid, "the body must be an object, not %s", kind.Value)
	case errors.As(err, &kind):
		return invalid(docent.FieldError{Field: kind.Field, Message: "must be " + typeName(kind.Type) + ", not " + kind.Value})
	}
	return &docent.Error{Code: docent.CodeMalformed, Message: "the body can't be read", Err: err}
}

// firstInvalid is the offset of the first byte that is not UTF-8.
func firstInvalid(body []byte) int {
	at := 0
	for at < len(body) {
		r, n := utf8.DecodeRune(body[at:])
		if r == utf8.RuneError && n <= 1 {
			break
		}
		at += n
	}
	return at
}

// position gives the line and the column, in bytes, of an offset as
// encoding/json counts it: after the byte that was wrong.
func position(body []byte, offset int64) string {
	at := min(max(int(offset)-1, 0), len(body))
	line := bytes.Count(body[:at], []byte("\n")) + 1
	column := at - bytes.LastIndexByte(body[:at], '\n')
	return fmt.Sprintf("line %d, column %d", line, column)
}

func typeName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	}
	return "a number"
}

// invalid is the error of a request whose fields do not fit; nil of none.
func invalid(fields ...docent.FieldError) error {
	if len(fields) == 0 {
		return nil
	}
	said := make([]string, len(fields))
	for i, f := range fields {
		said[i] = f.Field + " " + f.Message
	}
	return &docent.Error{Code: docent.CodeInvalid, Message: "the request does not fit: " + strings.Join(said, "; "), Fields: fields}
}

// SaneID reports whether s could be an identifier of ours or of a careful
// client, as brought in from elsewhere: 1 to 200 letters, digits, "_", "-" and ".".
func SaneID(s string) bool {
	if s == "" || len(s) > 200 {
		return false
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("_-.", r) {
			return false
		}
	}
	return true
}
