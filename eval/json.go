package eval

import (
	"encoding/json"
	"io"
)

// JSON writes a report for programs; ReadReport reads it.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
