package web

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"github.com/labstack/echo/v4"

	"docent"
	"docent/access"
)

// Cursors of lists are signed: a client brings back what it was given, for the
// same list of the same owner, or nothing. So a store may believe them.

// listName is a digest of what a cursor is good for.
func listName(c echo.Context) []byte {
	o := principal(c).Owner()
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q", o.Site, o.Subject, c.Request().URL.Path))
	return sum[:12]
}

// seal makes of a store's cursor one for the client; "" stays.
func (h *Handler) seal(c echo.Context, cursor string) string {
	if cursor == "" {
		return ""
	}
	return h.gate.Secrets().Sign(access.ForCursor, append(listName(c), cursor...))
}

// unseal gives the store's cursor again; false where it was not sealed for this
// list.
func (h *Handler) unseal(c echo.Context, sealed string) (string, bool) {
	if sealed == "" {
		return "", true
	}
	data, ok := h.gate.Secrets().Verify(access.ForCursor, sealed)
	cursor, found := bytes.CutPrefix(data, listName(c))
	return string(cursor), ok && found
}

// answerList answers with a part of a list.
func answerList[T any](h *Handler, c echo.Context, list docent.Listed[T]) error {
	list.After = h.seal(c, list.After)
	return answer(c, list)
}
