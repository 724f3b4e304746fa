package tools

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"docent"
)

// Querier is a database as query_database knows it.
type Querier interface {
	// Query runs one SELECT for the reader that bind's "subject" names, and refuses
	// all else. Its error can be told to a model.
	Query(ctx context.Context, sql string, bind map[string]string, bounds docent.QueryBounds) (docent.QueryRows, error)
}

var queryParameters = json.RawMessage(`{"type":"object","properties":{"sql":{"type":"string","description":"One SELECT statement."}},"required":["sql"],"additionalProperties":false}`)

// QueryDatabase makes the tool that asks a database. columns are those of its
// tables, for the description; where they are not known, the model is told the
// tables' names.
func QueryDatabase(c Config, d Database, q Querier, columns map[string][]docent.QueryColumn) docent.Tool {
	bounds := docent.QueryBounds{Rows: c.MaxRows, Bytes: c.MaxBytes, Timeout: c.Timeout}
	return docent.Tool{
		Name: d.ToolName(), Description: describe(c, d, columns), Parameters: queryParameters,
		Timeout: c.Timeout, MaxBytes: c.MaxBytes, Sites: d.Sites,
		Call: func(ctx context.Context, call docent.ToolCall) (docent.ToolResult, error) {
			var arguments struct{ SQL string }
			if err := json.Unmarshal(call.Arguments, &arguments); err != nil {
				return docent.ToolResult{}, &docent.Error{Code: docent.CodeInvalid, Message: "the arguments are no JSON", Err: err}
			}
			rows, err := q.Query(ctx, arguments.SQL, bindings(call.Who), bounds)
			if err != nil {
				return docent.ToolResult{}, err
			}
			return told(rows, c.MaxBytes)
		},
	}
}

// bindings are what SQL knows of the reader: what is believed of them. Metadata
// is not.
func bindings(who docent.ToolCaller) map[string]string {
	bind := map[string]string{"site": who.Site, "subject": who.Subject}
	for name, value := range who.Claims {
		bind["claim_"+name] = value
	}
	return bind
}

// describe tells the model what it may ask, and how.
func describe(c Config, d Database, columns map[string][]docent.QueryColumn) string {
	var b strings.Builder
	dialect := "PostgreSQL"
	if _, sqlite := d.Path(); sqlite {
		dialect = "SQLite"
	}
	if d.Description != "" {
		b.WriteString(d.Description + "\n")
	}
	fmt.Fprintf(&b, "Runs one SELECT of %s and gives at most %d rows. Nothing can be changed. Tables:", dialect, c.MaxRows)
	for _, t := range d.Tables {
		fmt.Fprintf(&b, "\n%s(%s)", t.Name, strings.Join(columnTexts(t, columns[t.Name]), ", "))
		if t.Subject != "" {
			b.WriteString(": only the rows of the person who asks")
		}
	}
	b.WriteString("\nThe parameters :subject (the person who asks) and :site can stand in the statement.")
	return b.String()
}

func columnTexts(t Table, columns []docent.QueryColumn) []string {
	if len(columns) == 0 {
		return t.Columns
	}
	texts := make([]string, len(columns))
	for i, c := range columns {
		texts[i] = strings.TrimSpace(c.Name + " " + strings.ToLower(c.Type))
	}
	return texts
}

// told gives rows as JSON of at most so many bytes: {"columns": [...], "rows":
// [[...], ...], "more": true}, where more says that rows were left out.
func told(rows docent.QueryRows, most int) (docent.ToolResult, error) {
	const frame = len(`{"columns":,"rows":[],"more":false}`)
	columns, err := json.Marshal(rows.Columns)
	if err != nil {
		return docent.ToolResult{}, err
	}
	if frame+len(columns) > most {
		return docent.ToolResult{}, docent.Errorf(docent.CodeInvalid, "the result's columns alone are longer than %d bytes", most)
	}
	var all []byte
	shown := 0
	for _, row := range rows.Rows {
		text, err := json.Marshal(row)
		if err != nil {
			return docent.ToolResult{}, err
		}
		if frame+len(columns)+len(all)+len(text)+1 > most {
			rows.More = true
			break
		}
		if shown > 0 {
			all = append(all, ',')
		}
		all = append(all, text...)
		shown++
	}
	return docent.ToolResult{
		Text:    fmt.Sprintf(`{"columns":%s,"rows":[%s],"more":%t}`, columns, all, rows.More),
		Summary: fmt.Sprintf("%d rows", shown),
	}, nil
}
