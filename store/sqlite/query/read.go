package query

import (
	"context"
	"database/sql"
	"encoding/hex"
	"math"
	"strconv"
	"time"

	"docent"
)

// read runs the query and takes its rows up to the bounds.
func read(ctx context.Context, c *sql.Conn, text string, bind map[string]string, bounds docent.QueryBounds) (docent.QueryRows, error) {
	args := make([]any, 0, len(bind))
	for name, value := range bind {
		args = append(args, sql.Named(name, value))
	}
	rows, err := c.QueryContext(ctx, text, args...)
	if err != nil {
		return docent.QueryRows{}, err
	}
	defer rows.Close()
	var got docent.QueryRows
	if got.Columns, err = rows.Columns(); err != nil {
		return docent.QueryRows{}, err
	}
	size := 0
	for rows.Next() {
		row := make([]any, len(got.Columns))
		into := make([]any, len(row))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return docent.QueryRows{}, err
		}
		for i := range row {
			var length int
			row[i], length = value(row[i])
			size += length
		}
		if len(got.Rows) == bounds.Rows || size > bounds.Bytes {
			got.More = true
			break
		}
		got.Rows = append(got.Rows, row)
	}
	return got, rows.Err()
}

// value gives a value as JSON has it, and its length as text.
func value(v any) (any, int) {
	switch v := v.(type) {
	case int64:
		return v, len(strconv.FormatInt(v, 10))
	case float64:
		text := strconv.FormatFloat(v, 'g', -1, 64)
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return text, len(text) // JSON has no number for it
		}
		return v, len(text)
	case []byte:
		text := hex.EncodeToString(v)
		return text, len(text)
	case time.Time: // the driver's reading of a text in a column of dates
		text := v.Format(time.RFC3339Nano)
		if v.Truncate(24 * time.Hour).Equal(v) {
			text = v.Format(time.DateOnly)
		}
		return text, len(text)
	case string:
		return v, len(v)
	}
	return v, len("null")
}
