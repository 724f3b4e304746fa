package query

import (
	"strings"

	driver "modernc.org/sqlite"

	"docent"
)

// authorizer is what SQLite asks about everything that a statement does while
// it compiles it. What is not listed is refused: every write, PRAGMA, ATTACH,
// transaction, schema table and virtual table.
func authorizer(views map[string][]docent.QueryColumn) driver.AuthorizerFn {
	view := map[string]bool{}
	for name := range views {
		view[strings.ToLower(name)] = true
	}
	return func(action driver.AuthorizerActionCode, first, second, database, inside string) driver.AuthorizerReturnCode {
		switch action {
		case driver.AuthSelect, driver.AuthRecursive:
			return driver.AuthorizerOK
		case driver.AuthFunction:
			if functions[strings.ToLower(second)] {
				return driver.AuthorizerOK
			}
		case driver.AuthRead:
			if mayRead(strings.ToLower(first), second, database, inside, view) {
				return driver.AuthorizerOK
			}
		}
		return driver.AuthorizerDeny
	}
}

// mayRead reports whether a column of a table may be read: of the views, and
// from within one of what it is made of. inside is the view or common table
// expression that reads; since a query may call one of its own by any name, that
// alone would not be enough: a query that names what is no view does not compile
// where there is no data. Without a column SQLite asks about each table of which
// only the rows count, common table expressions among them.
func mayRead(table, column, database, inside string, view map[string]bool) bool {
	switch {
	case reserved(table):
		return false
	case column == "", tableFunctions[table], database == "temp" && view[table]:
		return true
	}
	return database == "main" && inside != ""
}

// reserved reports whether a name is, or may be, one of SQLite's own tables.
func reserved(table string) bool {
	return strings.HasPrefix(table, "sqlite_") || strings.HasPrefix(table, "pragma_") || modules[table]
}

// tableFunctions are functions that stand in the place of a table.
var tableFunctions = set("json_each json_tree")

// functions have no effects, and tell nothing of the machine or of the file.
// Those that gather JSON of many rows are not among them: they are held to no
// limit while they grow (1.1 GB in five seconds, measured).
var functions = set(`
	abs char coalesce concat concat_ws format glob hex if ifnull iif instr length like likelihood likely lower ltrim
	max min nullif octet_length printf quote random replace round rtrim sign substr substring trim typeof unhex
	unicode unistr unlikely upper
	current_date current_time current_timestamp date datetime julianday strftime time timediff unixepoch
	avg count group_concat string_agg sum total
	cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number
	acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10 log2 mod pi pow
	power radians sin sinh sqrt tan tanh trunc
	-> ->> json json_array json_array_length json_extract json_object json_patch
	json_quote json_remove json_replace json_set json_insert json_type json_valid`)

// modules are virtual tables that are there without being created.
var modules = set("bytecode completion dbstat generate_series tables_used")

func set(words string) map[string]bool {
	all := map[string]bool{}
	for _, word := range strings.Fields(words) {
		all[word] = true
	}
	return all
}
