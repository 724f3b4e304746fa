package query

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"docent"
)

// PostgreSQL's codes of errors that are told in our own words.
const (
	stateCanceled = "57014"
	stateDenied   = "42501"
)

// fetch takes the cursor's rows up to the bounds.
func fetch(ctx context.Context, session *pgconn.PgConn, bounds docent.QueryBounds) (docent.QueryRows, error) {
	result := session.ExecParams(ctx, fmt.Sprintf("FETCH FORWARD %d FROM docent_query", bounds.Rows+1), nil, nil, nil, nil)
	fields := result.FieldDescriptions()
	got := docent.QueryRows{}
	for _, f := range fields {
		got.Columns = append(got.Columns, f.Name)
	}
	size := 0
	for result.NextRow() {
		values := result.Values()
		for _, v := range values {
			size += len(v)
		}
		if size > bounds.Bytes {
			got.More = true
			session.Close(ctx) // the rest is not waited for
			return got, nil
		}
		if len(got.Rows) == bounds.Rows {
			got.More = true
			continue
		}
		row := make([]any, len(values))
		for i, v := range values {
			row[i] = value(v, fields[i].DataTypeOID)
		}
		got.Rows = append(got.Rows, row)
	}
	_, err := result.Close()
	return got, err
}

// value gives a value that PostgreSQL wrote as text as JSON has it.
func value(text []byte, oid uint32) any {
	switch oid {
	case pgtype.BoolOID:
		if len(text) == 1 {
			return text[0] == 't'
		}
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.OIDOID, pgtype.Float4OID, pgtype.Float8OID, pgtype.NumericOID, pgtype.JSONOID, pgtype.JSONBOID:
		if json.Valid(text) { // NaN and Infinity are not
			return json.RawMessage(append([]byte(nil), text...))
		}
	}
	if text == nil {
		return nil
	}
	return string(text)
}

// told makes an error one that a model can act on: PostgreSQL's message, which
// says of the SQL and of values that were read, without its details.
func told(ctx, within context.Context, err error, bounds docent.QueryBounds) error {
	var ours *docent.Error
	var theirs *pgconn.PgError
	known := errors.As(err, &theirs)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case within.Err() != nil, known && theirs.Code == stateCanceled:
		return &docent.Error{Code: docent.CodeInvalid, Message: fmt.Sprintf("the query took longer than %s and was stopped", bounds.Timeout), Hint: "ask for less: fewer tables, a condition, a limit", Err: err}
	case errors.As(err, &ours):
		return err
	case known && theirs.Code == stateDenied:
		return &docent.Error{Code: docent.CodeInvalid, Message: "the query does what is not allowed", Hint: "only SELECT from the tables that were named, and functions without side effects", Err: err}
	case known && theirs.Severity == "ERROR":
		return &docent.Error{Code: docent.CodeInvalid, Message: "PostgreSQL refused the query", Hint: theirs.Message, Err: err}
	}
	return unreachable(err)
}

// unreachable is the error of a database that can't be used as it is set up.
func unreachable(err error) error {
	var ours *docent.Error
	if errors.As(err, &ours) {
		return ours
	}
	return &docent.Error{Code: docent.CodeStore, Message: "the database can't be read", Err: err}
}
