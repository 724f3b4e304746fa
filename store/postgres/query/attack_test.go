package query

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"docent"
)

// TestWhatIsNotASelectOfAllowedTablesIsRefused holds every other statement, other
// tables, and functions that reach beyond the database.
func TestWhatIsNotASelectOfAllowedTablesIsRefused(t *testing.T) {
	d := open(t, "reader", tables...)
	for _, query := range []string{
		"", ";", "-- nothing", "/* nothing", "SELECT 1 /*",
		`INSERT INTO products VALUES (3, 'x', 1)`, `UPDATE products SET price = 0`, `DELETE FROM orders`, `DROP TABLE orders`, `TRUNCATE orders`,
		`INSERT INTO products VALUES (3) RETURNING *`, `WITH x AS (DELETE FROM orders RETURNING *) SELECT * FROM x`, `MERGE INTO orders USING products ON true WHEN MATCHED THEN DELETE`,
		`SELECT * INTO stolen FROM products`, `CREATE TABLE x (a int)`, `CREATE TEMP TABLE x AS SELECT 1`, `SELECT writes()`, `SELECT * FROM products FOR UPDATE`,
		`SELECT 1; SELECT 2`, `SELECT 1; DROP TABLE orders`, `SELECT 1; COMMIT; SELECT 2`, "SELECT 1 --\n; SELECT 2", "SELECT 1\x00; SELECT 2", "SELECT '\xff'",
		`COMMIT`, `ROLLBACK`, `BEGIN`, `SET ROLE postgres`, `RESET ROLE`, `SET SESSION AUTHORIZATION postgres`, `SET docent.subject = 'bob'`, `SET TRANSACTION READ WRITE`, `SHOW all`,
		`DO $$ BEGIN RAISE EXCEPTION '%', (SELECT string_agg(note, ',') FROM orders); END $$`, `CALL writes()`, `EXECUTE x`, `PREPARE x AS SELECT 1`, `DECLARE c CURSOR FOR SELECT 1`, `FETCH ALL FROM docent_query`,
		`COPY (SELECT 1) TO STDOUT`, `COPY products TO '/tmp/x'`, `COPY products FROM PROGRAM 'id'`, `LOCK TABLE orders`, `NOTIFY a`, `LISTEN a`, `EXPLAIN SELECT 1`, `EXPLAIN ANALYZE SELECT * FROM orders`, `VACUUM`, `ANALYZE`, `GRANT SELECT ON orders TO reader`, `LOAD 'x'`, `ALTER ROLE reader SUPERUSER`,
		`SELECT * FROM passwords`, `SELECT * FROM public.passwords`, `SELECT * FROM "passwords"`, `SELECT/**/hash/**/FROM/**/passwords`, `SELECT (SELECT max(hash) FROM passwords)`, `TABLE passwords`, `SELECT count(*) FROM passwords`,
		`WITH products AS (SELECT * FROM passwords) SELECT * FROM products`, `SELECT * FROM products`, `SELECT cost FROM products`, `SELECT products FROM products`, `SELECT to_jsonb(p) FROM products p`,
		`SELECT query_to_xml('SELECT * FROM passwords', true, true, '')`, `SELECT table_to_xml('passwords', true, true, '')`, `SELECT U&"\0068ash" FROM passwords`,
		`SELECT set_config('docent.subject', 'bob', true)`, `SELECT pg_catalog.set_config('role', 'postgres', true)`, `SELECT query_to_xml('SET docent.subject = ''bob''', true, true, '')`,
		`SELECT query_to_xml('INSERT INTO orders VALUES (9)', true, true, '')`, `UPDATE pg_settings SET setting = 'bob' WHERE name = 'docent.subject'`,
		`SELECT pg_read_file('/etc/passwd')`, `SELECT pg_read_binary_file('postgresql.conf')`, `SELECT pg_ls_dir('.')`, `SELECT lo_import('/etc/passwd')`, `SELECT lo_export(1, '/tmp/x')`, `SELECT pg_reload_conf()`,
		`SELECT passwd FROM pg_shadow`, `SELECT rolpassword FROM pg_authid`, `SELECT * FROM pg_statistic`, `SELECT * FROM pg_file_settings`, `SELECT * FROM pg_hba_file_rules`, `SELECT * FROM pg_largeobject`,
		`SELECT nope FROM orders`, "SELECT 1\u037e SELECT 2", "SELECT\u00a01", `SELECT :unknown`, `SELECT $1`, `SELECT 1/0`,
	} {
		if answer, err := ask(t, d, query); err == nil {
			t.Errorf("%.90s was answered: %.200s", query, answer)
		} else if strings.Contains(answer, "secret") {
			t.Errorf("%.90s: the error says %s", query, answer)
		} else if code := docent.CodeOf(err); code != docent.CodeInvalid {
			t.Errorf("%.90s: code %s of %v", query, code, err)
		}
	}
	if answer, err := ask(t, d, `SELECT count(*), sum(price) FROM products`); err != nil || answer != "[[2 100.5]]" {
		t.Errorf("afterwards the table holds %s, %v", answer, err)
	}
}

// TestOthersRowsAreNotRead holds what PostgreSQL takes and aims at rows of bob's.
func TestOthersRowsAreNotRead(t *testing.T) {
	d := open(t, "reader", tables...)
	for _, query := range []string{
		`SELECT * FROM orders`, `SELECT * FROM orders WHERE customer = 'bob' OR 1 = 1`, `SELECT max(note), count(*) FROM orders`, `SELECT query_to_xml('SELECT * FROM orders', true, true, '')`,
		`SELECT * FROM orders WHERE CASE WHEN note LIKE 'bob%' THEN 1/(id-id) ELSE 1 END = 1`, `SELECT * FROM orders WHERE note::int = 1`,
		`SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats WHERE tablename = 'orders'`, `SELECT query FROM pg_stat_activity`, `SELECT pg_stat_get_backend_activity(i) FROM generate_series(1, 50) i`,
		`SELECT * FROM pg_prepared_statements`, `SELECT statement FROM pg_cursors WHERE name <> 'docent_query'`,
	} {
		if answer, _ := ask(t, d, query); strings.Contains(answer, "secret") || strings.Contains(answer, "bob-") {
			t.Errorf("%s: %s", query, answer)
		}
	}
	if answer, err := ask(t, d, `SELECT id FROM orders WHERE CASE WHEN note LIKE 'bob%' THEN 1/(id-id) ELSE 1 END = 1`); err != nil {
		t.Errorf("the error tells of another's row: %s", answer)
	}
	for _, bind := range []map[string]string{nil, {"subject": ""}} {
		if got, err := d.Query(context.Background(), `SELECT * FROM orders`, bind, bounds); err != nil || len(got.Rows) != 0 {
			t.Errorf("without a subject: %v, %v", got.Rows, err)
		}
	}
	for subject, want := range map[string]int{"o'hara": 1, `x' OR '1'='1`: 0, `\'; SET docent.subject = 'bob`: 0, "ann": 1} {
		if got, err := d.Query(context.Background(), `SELECT * FROM orders`, map[string]string{"subject": subject}, bounds); err != nil || len(got.Rows) != want {
			t.Errorf("%s: %v, %v", subject, got.Rows, err)
		}
	}
}

// TestWhatOneQueryLeavesTheNextDoesNotSee: sessions are used again.
func TestWhatOneQueryLeavesTheNextDoesNotSee(t *testing.T) {
	d := open(t, "reader", tables...)
	if _, err := ask(t, d, `SELECT pg_advisory_lock(7)`); err != nil {
		t.Fatal(err)
	}
	other := open(t, "reader", tables...)
	if answer, err := ask(t, other, `SELECT pg_try_advisory_lock(7)`); err != nil || answer != "[[true]]" {
		t.Errorf("the lock is still held: %s, %v", answer, err)
	}
	if answer, err := ask(t, d, `SELECT current_setting('docent.subject')`); err != nil || answer != "[[ann]]" {
		t.Errorf("%s, %v", answer, err)
	}
}

// TestARoleThatMayMoreIsNotUsed: each of these is one mistake in setting up a
// role, told by Rights and refused by Query.
func TestARoleThatMayMoreIsNotUsed(t *testing.T) {
	if good := open(t, "reader", tables...); good != nil {
		rights, err := good.Rights(context.Background())
		if err != nil || len(rights) != 0 {
			t.Fatalf("a role as it should be: %v, %v", rights, err)
		}
	}
	const role = `CREATE ROLE careless LOGIN; ALTER ROLE careless SET track_activities = off; GRANT SELECT (id, name, price) ON products TO careless; GRANT SELECT ON orders TO careless; `
	const drop = `REVOKE ALL ON ALL TABLES IN SCHEMA public FROM careless, PUBLIC; DROP OWNED BY careless; DROP ROLE careless;`
	for _, c := range []struct{ does, undo, says string }{
		{`ALTER ROLE careless SUPERUSER`, ``, "is, or may become"},
		{`ALTER ROLE careless BYPASSRLS`, ``, "is, or may become"},
		{`GRANT pg_read_all_data TO careless`, ``, "pg_read_all_data"},
		{`GRANT pg_read_server_files TO careless`, ``, "pg_read_server_files"},
		{`GRANT EXECUTE ON FUNCTION pg_read_file(text) TO careless`, ``, "pg_read_file"},
		{`GRANT SELECT ON passwords TO careless`, ``, "can also read passwords"},
		{`GRANT SELECT (hash) ON passwords TO PUBLIC`, `REVOKE SELECT (hash) ON passwords FROM PUBLIC`, "can also read passwords"},
		{`GRANT SELECT ON products TO careless`, ``, "columns cost"},
		{`GRANT INSERT ON products TO careless`, ``, "can write products"},
		{`GRANT UPDATE (name) ON products TO careless`, ``, "can write products"},
		{`REVOKE SELECT ON orders FROM careless`, ``, "can't read orders"},
		{`ALTER TABLE orders DISABLE ROW LEVEL SECURITY`, `ALTER TABLE orders ENABLE ROW LEVEL SECURITY`, "nothing keeps the rows of orders apart"},
		{`CREATE POLICY all_of_it ON orders FOR SELECT USING (true)`, `DROP POLICY all_of_it ON orders`, "nothing keeps the rows of orders apart"},
		{`GRANT EXECUTE ON FUNCTION set_config(text, text, boolean) TO careless`, ``, "set_config"},
		{`ALTER ROLE careless RESET track_activities`, ``, "pg_stat_activity"},
	} {
		admin(t, role+c.does)
		d, err := Open(server.URL("careless", "postgres"), tables)
		if err != nil {
			t.Fatal(err)
		}
		rights, err := d.Rights(context.Background())
		if !strings.Contains(fmt.Sprint(rights), c.says) || err != nil {
			t.Errorf("%s: %v, %v", c.does, rights, err)
		}
		if _, err := d.Query(context.Background(), `SELECT 1`, nil, bounds); docent.CodeOf(err) != docent.CodeStore || !strings.Contains(fmt.Sprint(err), c.says) {
			t.Errorf("%s: %v", c.does, err)
		}
		d.Close()
		admin(t, c.undo+"; "+drop)
	}
}

func FuzzPositional(f *testing.F) {
	for _, seed := range []string{`SELECT :subject`, `SELECT a::subject, ':subject', E'\':subject', $x$:subject$x$, ":subject" -- :subject`, `/* /* */ :subject */ :subject`, "a[1:subject]", ":", "$", "'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, values := positional(text, nil); got != text || values != nil {
			t.Errorf("%q without values became %q", text, got)
		}
		got, values := positional(text, map[string]string{"subject": "ann"})
		if back := strings.ReplaceAll(got, "$1", ":subject"); len(values) > 1 || !strings.Contains(text, "$1") && back != text {
			t.Errorf("%q became %q with %d values", text, got, len(values))
		}
	})
}

func TestParametersStandWhereSQLHasThem(t *testing.T) {
	for text, want := range map[string]string{
		`SELECT :subject, :site, :subject`:                     `SELECT $1, $2, $1`,
		`SELECT a::subject, ':subject', ":subject"`:            `SELECT a::subject, ':subject', ":subject"`,
		`SELECT E'\':subject', $x$:subject$x$, $$:site$$`:      `SELECT E'\':subject', $x$:subject$x$, $$:site$$`,
		"-- :subject\n:site/* /* :subject */ :subject */:site": "-- :subject\n$1/* /* :subject */ :subject */$1",
		`:subjects :nobody :`:                                  `:subjects :nobody :`,
		`'it''s :site'||:site`:                                 `'it''s :site'||$1`,
	} {
		if got, _ := positional(text, map[string]string{"subject": "ann", "site": "default"}); got != want {
			t.Errorf("%s became %s, want %s", text, got, want)
		}
	}
}

func BenchmarkQuery(b *testing.B) {
	d := open(b, "reader", tables...)
	for b.Loop() {
		if _, err := d.Query(context.Background(), `SELECT note FROM orders`, map[string]string{"subject": "ann"}, bounds); err != nil {
			b.Fatal(err)
		}
	}
}
