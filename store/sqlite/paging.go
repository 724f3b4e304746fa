package sqlite

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"docent"
)

// The sizes of a list's part.
const (
	defaultLimit = 20
	maxLimit     = 100
)

// page is a part of a list that was asked for. Lists go on after the key of the
// last row, a number and a K, so rows that come and go shift nothing.
type page[K string | int] struct {
	limit int
	order string       // asc or desc
	scope string       // names the list, its order and its owner
	after *position[K] // the row before; nil at the beginning
}

// position is what a cursor holds.
type position[K string | int] struct {
	Scope  string `json:"s"`
	First  int64  `json:"f"`
	Second K      `json:"t"`
}

// paging reads what q asks of the list called name in its own order.
// docent.CodeInvalid where it does not fit; a cursor of another list, order or
// owner does not.
func paging[K string | int](q docent.List, name, order string, o docent.Owner, session string) (page[K], error) {
	p, err := sized[K](q, order)
	if err != nil {
		return p, err
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %q", name, p.order, o.Site, o.Subject, session))
	p.scope = base64.RawURLEncoding.EncodeToString(sum[:6])
	if q.After == "" {
		return p, nil
	}
	encoded, err := base64.RawURLEncoding.DecodeString(q.After)
	var at position[K]
	if err == nil {
		err = json.Unmarshal(encoded, &at)
	}
	if err != nil || at.Scope != p.scope {
		return p, unfit("after", "is not a cursor of this list")
	}
	p.after = &at
	return p, nil
}

// sized is paging for a list whose cursors are the IDs of its rows.
func sized[K string | int](q docent.List, order string) (page[K], error) {
	p := page[K]{limit: q.Limit, order: order}
	if p.limit == 0 {
		p.limit = defaultLimit
	}
	if p.limit < 1 || p.limit > maxLimit {
		return p, unfit("limit", fmt.Sprintf("must be 1 to %d", maxLimit))
	}
	switch q.Order {
	case "asc", "desc":
		p.order = q.Order
	case "":
	default:
		return p, unfit("order", "must be asc or desc")
	}
	return p, nil
}

// notListed says that the ID of a row before is of none.
func notListed() error { return unfit("after", "is not of this list") }

func unfit(field, message string) error {
	return &docent.Error{Code: docent.CodeInvalid, Message: field + " " + message,
		Fields: []docent.FieldError{{Field: field, Message: message}}}
}

// clause goes on after a WHERE: it takes args, and asks for one row more than
// the limit, to see whether any follow.
func (p page[K]) clause(first, second string) string {
	compare, direction := ">", "ASC"
	if p.order == "desc" {
		compare, direction = "<", "DESC"
	}
	where := ""
	if p.after != nil {
		where = fmt.Sprintf(" AND (%s, %s) %s (?, ?)", first, second, compare)
	}
	return fmt.Sprintf("%s ORDER BY %s %s, %s %s LIMIT ?", where, first, direction, second, direction)
}

func (p page[K]) args() []any {
	if p.after == nil {
		return []any{p.limit + 1}
	}
	return []any{p.after.First, p.after.Second, p.limit + 1}
}

// part says how many of n rows belong to the part, and whether more follow.
func (p page[K]) part(n int) (part int, more bool) { return min(n, p.limit), n > p.limit }

// cursor leads to what follows the row with the given key.
func (p page[K]) cursor(first int64, second K) string {
	encoded, _ := json.Marshal(position[K]{p.scope, first, second}) // numbers and strings: it can't fail
	return base64.RawURLEncoding.EncodeToString(encoded)
}
