package query

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"docent"
)

// ask runs a query as ann, and gives all that came back as text, errors too.
func ask(t testing.TB, d *Database, query string) (answer string, err error) {
	t.Helper()
	got, err := d.Query(context.Background(), query, map[string]string{"subject": "ann"}, bounds)
	var told *docent.Error
	if errors.As(err, &told) {
		return told.Told(), err
	}
	return fmt.Sprint(got), err
}

// TestWhatIsNotASelectOfAllowedTablesIsRefused holds every other statement, other
// tables, and functions that do or tell something.
func TestWhatIsNotASelectOfAllowedTablesIsRefused(t *testing.T) {
	d := shop(t)
	for _, query := range []string{
		"", ";", "-- nothing", "/* nothing", "SELECT 1 /*",
		`INSERT INTO products VALUES (3, 'x', 1)`, `UPDATE products SET price = 0`, `DELETE FROM orders`, `DROP TABLE orders`,
		`INSERT INTO products VALUES (3, 'x', 1) RETURNING *`, `WITH x AS (SELECT 1) DELETE FROM orders`, `REPLACE INTO orders VALUES (1)`,
		`CREATE TABLE x (a)`, `CREATE TEMP TABLE x AS SELECT 1`, `CREATE TEMP VIEW x AS SELECT 1`, `ALTER TABLE orders ADD x`,
		`DROP VIEW temp.orders`, `CREATE TEMP TRIGGER x INSTEAD OF INSERT ON orders BEGIN SELECT 1; END`,
		`ATTACH 'other.db' AS o`, `DETACH temp`, `VACUUM INTO 'copy.db'`, `REINDEX`, `ANALYZE`, `BEGIN`, `COMMIT`, `SAVEPOINT a`,
		`PRAGMA table_list`, `PRAGMA query_only = 0`, `PRAGMA writable_schema = 1`, `pragma main.database_list`, `EXPLAIN SELECT 1`, `EXPLAIN QUERY PLAN SELECT 1`,
		`SELECT 1; SELECT 2`, `SELECT 1; DROP TABLE orders`, `SELECT 1) ; SELECT * FROM (SELECT 2`, `SELECT 1 --` + "\n; SELECT 2", `; SELECT 1; SELECT 2`,
		"SELECT 1\x00; DROP TABLE orders", "SELECT '\xff'",
		`SELECT * FROM passwords`, `SELECT * FROM main.passwords`, `SELECT * FROM PASSWORDS`, `SELECT * FROM "passwords"`, "SELECT * FROM `passwords`", `SELECT * FROM [passwords]`,
		`SELECT/**/hash/**/FROM/**/passwords`, `SELECT (SELECT max(hash) FROM passwords)`, `SELECT 1 FROM products WHERE EXISTS (SELECT 1 FROM passwords)`,
		`SELECT * FROM products UNION SELECT name, hash, 1 FROM passwords`, `SELECT count(*) FROM passwords`, `VALUES ((SELECT hash FROM passwords))`,
		`WITH products AS (SELECT * FROM passwords) SELECT * FROM products`, `WITH passwords AS (SELECT * FROM main.passwords) SELECT * FROM passwords`,
		`WITH hints AS (SELECT * FROM passwords) SELECT * FROM hints`, `WITH hints AS (SELECT hash FROM main.passwords) SELECT * FROM hints`,
		`SELECT cost FROM products`, `SELECT main.products.cost FROM products`, `SELECT * FROM main.products`, `SELECT products.rowid, cost FROM main.products`,
		`WITH products AS (SELECT cost FROM main.products) SELECT * FROM products`, `SELECT hash FROM hints`,
		`SELECT * FROM sqlite_master`, `SELECT * FROM sqlite_schema`, `SELECT * FROM main.sqlite_master`, `SELECT * FROM sqlite_temp_master`, `SELECT count(*) FROM sqlite_temp_schema`,
		`SELECT * FROM pragma_table_info('passwords')`, `SELECT * FROM pragma_database_list`, `SELECT count(*) FROM pragma_table_list`, `SELECT * FROM dbstat`, `SELECT * FROM sqlite_dbpage`,
		`SELECT * FROM fts5vocab`, `SELECT load_extension('/tmp/x.so')`, `SELECT randomblob(9)`, `SELECT zeroblob(9)`, `SELECT sqlite_version()`, `SELECT sqlite_compileoption_get(1)`, `SELECT sqlite_offset(id) FROM products`,
		`SELECT last_insert_rowid()`, `SELECT total_changes()`, `SELECT readfile('/etc/passwd')`, `SELECT writefile('x', 'y')`, `SELECT fts3_tokenizer('simple')`,
		`SELECT json_group_array(name) FROM products`, `SELECT json_group_object(id, name) FROM products`, `SELECT jsonb_group_array(id) FROM products`,
		`SELECT printf('%.*c', 100000000, 'x')`, `SELECT group_concat(printf('%100000d', id)) FROM products a, (VALUES (1), (2), (3))`, `SELECT replace(hex(replace(printf('%.900000c', 'x'), 'x', 'xxxx')), 'x', 'xx')`,
		"SELECT " + strings.Repeat("1+", 9000) + "1",
		`SELECT 1` + strings.Repeat(" UNION SELECT 1", 100), `SELECT :unknown`, `SELECT ?7`,
		explosion(8), `SELEСT 1`, "SELECT 1\u037e SELECT 2", `SELECT json('bob-secret'), nope FROM orders`,
	} {
		if answer, err := ask(t, d, query); err == nil {
			t.Errorf("%.80s was answered: %s", query, answer)
		} else if strings.Contains(answer, "secret") && !strings.Contains(query, "secret") {
			t.Errorf("%.80s: the error says %s", query, answer)
		} else if code := docent.CodeOf(err); code != docent.CodeInvalid {
			t.Errorf("%.80s: code %s of %v", query, code, err)
		}
	}
	if answer, err := ask(t, d, `SELECT count(*), sum(price) FROM products`); err != nil || !strings.Contains(answer, "[2 100.5]") {
		t.Errorf("afterwards the file holds %s, %v", answer, err)
	}
}

// explosion is a query that names three times at each level the one below it.
func explosion(levels int) string {
	query := "WITH c0(x) AS (SELECT 1)"
	for i := range levels {
		query += fmt.Sprintf(", c%d(x) AS (SELECT a.x FROM c%d a, c%d b, c%d c LIMIT 1)", i+1, i, i, i)
	}
	return query + fmt.Sprintf(" SELECT x FROM c%d", levels)
}

// TestOthersRowsAreNotRead holds what compiles and aims at rows of bob's.
func TestOthersRowsAreNotRead(t *testing.T) {
	d := shop(t)
	for _, query := range []string{
		`SELECT * FROM orders`, `SELECT * FROM orders WHERE customer = 'bob'`, `SELECT * FROM orders WHERE 1 OR customer = 'bob'`, `SELECT * FROM temp.orders`,
		`SELECT * FROM main.orders`, `WITH orders AS (SELECT * FROM main.orders) SELECT * FROM orders`, `WITH own AS (SELECT * FROM main.orders) SELECT * FROM own`,
		`WITH o AS NOT MATERIALIZED (SELECT * FROM orders) SELECT * FROM o WHERE customer <> 'ann'`, `SELECT * FROM orders AS a LEFT JOIN orders AS b ON a.id <> b.id`,
		`SELECT max(note) FROM orders`, `SELECT group_concat(note) FROM orders`, `SELECT * FROM products p, orders o WHERE o.id = 2 OR p.id = o.id`,
		`SELECT * FROM orders INDEXED BY orders_customer`, `SELECT * FROM orders WHERE rowid = 2`, `SELECT own.note FROM orders`,
		`SELECT :subject, * FROM orders WHERE customer = 'bob' OR :subject = 'bob'`,
	} {
		if answer, _ := ask(t, d, query); strings.Contains(answer, "secret") || strings.Contains(answer, "bob-") {
			t.Errorf("%s: %s", query, answer)
		}
	}
}

// TestErrorsDoNotDependOnOthersRows: a condition that fails for some values
// would tell which values there are, if it met rows that are not the reader's.
func TestErrorsDoNotDependOnOthersRows(t *testing.T) {
	d := shop(t)
	for _, query := range []string{
		`SELECT id FROM orders WHERE CASE WHEN note LIKE 'bob%%' THEN abs(-9223372036854775808) ELSE 1 END = %d`,
		`SELECT id FROM orders WHERE iif(customer = 'bob', json_extract('{', '$'), 1) = %d`,
		`SELECT count(*) FROM products p JOIN orders o ON iif(o.customer = 'bob', json_extract('{', '$'), 1) = %d`,
		`SELECT id FROM orders WHERE iif(customer = 'ann', 1, abs(-9223372036854775808)) = %d ORDER BY note`,
	} {
		if answer, err := ask(t, d, fmt.Sprintf(query, 1)); err != nil {
			t.Errorf("%s: %s", query, answer)
		}
	}
	// The same fails where the row is the reader's own, so the test can fail.
	if _, err := ask(t, d, `SELECT id FROM orders WHERE iif(customer = 'ann', abs(-9223372036854775808), 1) = 1`); err == nil {
		t.Error("a condition on the reader's own rows was not computed")
	}
}

func TestWithoutASubjectItsTablesAreNone(t *testing.T) {
	d := shop(t)
	for _, bind := range []map[string]string{nil, {"subject": ""}, {"site": "default"}} {
		if got, err := d.Query(context.Background(), `SELECT * FROM orders`, bind, bounds); err == nil {
			t.Errorf("%v: %v", bind, got)
		}
		if _, err := d.Query(context.Background(), `SELECT * FROM products`, bind, bounds); err != nil {
			t.Errorf("%v: %v", bind, err)
		}
	}
}

func TestASubjectIsText(t *testing.T) {
	d := shop(t)
	for subject, want := range map[string]int{"o'hara": 1, "x' OR '1'='1": 0, "' UNION SELECT 1,2,3,4,5 --": 0, "ann": 1, "%": 0, "ANN": 0} {
		got, err := d.Query(context.Background(), `SELECT * FROM orders`, map[string]string{"subject": subject}, bounds)
		if err != nil || len(got.Rows) != want {
			t.Errorf("%s: %v, %v", subject, got.Rows, err)
		}
	}
}

func TestRowsAndBytesAreBounded(t *testing.T) {
	d := shop(t)
	endless := `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT i, 'some text' FROM n`
	for _, c := range []struct {
		bounds docent.QueryBounds
		rows   int
	}{
		{docent.QueryBounds{Rows: 3, Bytes: 1000, Timeout: time.Minute}, 3},
		{docent.QueryBounds{Rows: 1000, Bytes: 45, Timeout: time.Minute}, 4},
		{docent.QueryBounds{Rows: 1000, Bytes: 1, Timeout: time.Minute}, 0},
	} {
		got, err := d.Query(context.Background(), endless, nil, c.bounds)
		if err != nil || len(got.Rows) != c.rows || !got.More {
			t.Errorf("%+v: %d rows, more %v, %v", c.bounds, len(got.Rows), got.More, err)
		}
	}
	if got, err := d.Query(context.Background(), `SELECT 1`, nil, docent.QueryBounds{Rows: 1, Bytes: 9, Timeout: time.Minute}); err != nil || got.More {
		t.Errorf("one row of one: %v, %v", got, err)
	}
}

func TestALongQueryIsStopped(t *testing.T) {
	d := shop(t)
	short := docent.QueryBounds{Rows: 10, Bytes: 1000, Timeout: 50 * time.Millisecond}
	endless := `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) `
	for _, query := range []string{
		endless + `SELECT count(*) FROM n`,
		endless + `SELECT i FROM n WHERE i < 0`,
		endless + `SELECT i FROM n ORDER BY i DESC`,
		`WITH n(i) AS (SELECT value FROM json_each('[` + strings.Repeat("1,", 500) + `1]')) SELECT count(*) FROM n a, n b, n c, n d, n e`,
	} {
		_, err := d.Query(context.Background(), query, nil, short)
		if docent.CodeOf(err) != docent.CodeInvalid || !strings.Contains(fmt.Sprint(err), "took longer than 50ms") {
			t.Errorf("%.120s: %v", query, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := d.Query(ctx, `SELECT 1`, nil, bounds); !errors.Is(err, context.Canceled) {
		t.Errorf("of a caller who left: %v", err)
	}
}

func TestAFileThatIsNotAsConfiguredIsNotRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "other.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`CREATE TABLE orders (id, buyer)`); err != nil {
		t.Fatal(err)
	}
	for _, table := range []docent.QueryTable{{Name: "orders", Subject: "customer"}, {Name: "orders", Columns: []string{"nope"}}, {Name: "gone"}} {
		d, err := Open(path, []docent.QueryTable{table})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if answer, err := ask(t, d, `SELECT 1`); docent.CodeOf(err) != docent.CodeStore {
			t.Errorf("%+v: %s, %v", table, answer, err)
		}
	}
	for _, name := range []string{"", "sqlite_master", "a\x00b"} {
		if _, err := Open(path, []docent.QueryTable{{Name: name}}); err == nil {
			t.Errorf("%q is a table", name)
		}
	}
}

func TestAMissingFileIsNotMade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.db")
	d, err := Open(path, []docent.QueryTable{{Name: "a"}})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	answer, err := ask(t, d, `SELECT 1`)
	if docent.CodeOf(err) != docent.CodeStore || strings.Contains(answer, path) {
		t.Errorf("%s, %v", answer, err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the file: %v", err)
	}
}

func FuzzQuery(f *testing.F) {
	d := shop(f)
	for _, seed := range []string{"SELECT * FROM orders", "WITH orders AS (SELECT * FROM main.orders) SELECT * FROM orders", "SELECT hash FROM passwords"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		got, err := d.Query(context.Background(), query, map[string]string{"subject": "ann"}, docent.QueryBounds{Rows: 20, Bytes: 1000, Timeout: time.Second})
		if text := fmt.Sprint(got); err == nil && strings.Contains(text, "-secret") && !strings.Contains(query, "secret") {
			t.Errorf("%q: %s", query, text)
		}
	})
}

func BenchmarkQuery(b *testing.B) {
	d := shop(b)
	for b.Loop() {
		if _, err := d.Query(context.Background(), `SELECT note FROM orders`, map[string]string{"subject": "ann"}, bounds); err != nil {
			b.Fatal(err)
		}
	}
}
