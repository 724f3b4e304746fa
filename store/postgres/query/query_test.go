package query

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"docent"
	"docent/store/postgres/postgrestest"
)

var (
	bounds = docent.QueryBounds{Rows: 100, Bytes: 10_000, Timeout: time.Minute}
	server *postgrestest.Server // nil where the machine has none
)

func TestMain(m *testing.M) {
	var err error
	if server, err = postgrestest.Start(context.Background()); err != nil && !errors.Is(err, postgrestest.ErrMissing) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := 1
	if server == nil || prepare() {
		code = m.Run()
	}
	if server != nil {
		server.Stop()
	}
	os.Exit(code)
}

// prepare makes two customers' orders, a catalogue, what nobody may read, and a
// role as it should be.
func prepare() bool {
	c, err := pgx.Connect(context.Background(), server.URL("postgres", "postgres"))
	if err == nil {
		defer c.Close(context.Background())
		_, err = c.Exec(context.Background(), `
			REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC;
			CREATE TABLE products (id int PRIMARY KEY, name text, price numeric, cost numeric);
			INSERT INTO products VALUES (1, 'lamp', 20.5, 9), (2, 'chair', 80, 33);
			CREATE TABLE orders (id int PRIMARY KEY, customer text, product int, note text, made date);
			INSERT INTO orders VALUES (1, 'ann', 1, 'to the garden', '2026-01-02'), (2, 'bob', 2, 'bob-secret', '2026-01-03'), (3, 'o''hara', 2, '{}', NULL);
			ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
			CREATE POLICY own ON orders FOR SELECT USING (customer = current_setting('docent.subject', true));
			CREATE ROLE shop; CREATE POLICY everything ON orders TO shop USING (true);
			CREATE TABLE passwords (name text, hash text);
			INSERT INTO passwords VALUES ('ann', 'hash-secret');
			CREATE FUNCTION writes() RETURNS int LANGUAGE sql AS 'INSERT INTO orders (id) VALUES (9) RETURNING id';
			CREATE ROLE reader LOGIN; ALTER ROLE reader SET track_activities = off;
			GRANT SELECT (id, name, price) ON products TO reader; GRANT SELECT ON orders TO reader`)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return err == nil
}

var tables = []docent.QueryTable{{Name: "products", Columns: []string{"id", "name", "price"}}, {Name: "orders", Subject: "customer"}}

func open(t testing.TB, role string, tables ...docent.QueryTable) *Database {
	t.Helper()
	if server == nil {
		t.Skip("NOT RUN: ", postgrestest.ErrMissing)
	}
	d, err := Open(server.URL(role, "postgres"), tables)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// admin runs statements as the superuser.
func admin(t testing.TB, statements string) {
	t.Helper()
	c, err := pgx.Connect(context.Background(), server.URL("postgres", "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	if _, err := c.Exec(context.Background(), statements); err != nil {
		t.Fatal(err)
	}
}

// ask runs a query as ann, and gives all that came back as text, errors too.
func ask(t testing.TB, d *Database, query string) (answer string, err error) {
	t.Helper()
	got, err := d.Query(context.Background(), query, map[string]string{"subject": "ann"}, bounds)
	var told *docent.Error
	if errors.As(err, &told) {
		return told.Told(), err
	}
	return shown(got), err
}

// shown is rows as text, with JSON as it stands.
func shown(got docent.QueryRows) string {
	for _, row := range got.Rows {
		for i, v := range row {
			if raw, is := v.(json.RawMessage); is {
				row[i] = string(raw)
			}
		}
	}
	return fmt.Sprint(got.Rows)
}

func TestWhatIsAllowedIsRead(t *testing.T) {
	d := open(t, "reader", tables...)
	for query, want := range map[string]string{
		`SELECT id, name, price FROM products ORDER BY id;`:                               `[[1 lamp 20.5] [2 chair 80]]`,
		`SELECT count(*) FROM products -- ;`:                                              `[[2]]`,
		`SELECT o.id, p.name FROM orders o JOIN products p ON p.id = o.product`:           `[[1 lamp]]`,
		`SELECT note, made, customer = :subject, :site, :claim_plan::text FROM orders`:    `[[to the garden 2026-01-02 true default pro]]`,
		`SELECT current_setting('docent.claim_plan'), ':subject', $$:subject$$`:           `[[pro :subject :subject]]`,
		`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<3) TABLE n`: `[[1] [2] [3]]`,
		`VALUES (1, NULL), (2, 'NaN'::float8)`:                                            `[[1 <nil>] [2 NaN]]`,
		`SELECT '{"a": [1]}'::jsonb, ARRAY[1,2], 1.50`:                                    `[[{"a": [1]} {1,2} 1.50]]`,
	} {
		got, err := d.Query(context.Background(), query, map[string]string{"subject": "ann", "site": "default", "claim_plan": "pro", "claim_a'b": "x"}, bounds)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		if diff := cmp.Diff(want, shown(got)); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
}

func TestRowsAndBytesAreBounded(t *testing.T) {
	d := open(t, "reader", tables...)
	for _, c := range []struct {
		bounds docent.QueryBounds
		rows   int
	}{
		{docent.QueryBounds{Rows: 3, Bytes: 1000, Timeout: time.Minute}, 3},
		{docent.QueryBounds{Rows: 1000, Bytes: 45, Timeout: time.Minute}, 4},
		{docent.QueryBounds{Rows: 1000, Bytes: 1, Timeout: time.Minute}, 0},
	} {
		got, err := d.Query(context.Background(), `SELECT i, 'some text' FROM generate_series(1, 10000) i`, nil, c.bounds)
		if err != nil || len(got.Rows) != c.rows || !got.More {
			t.Errorf("%+v: %d rows, more %v, %v", c.bounds, len(got.Rows), got.More, err)
		}
	}
	if answer, err := ask(t, d, `SELECT repeat('x', 100000000)`); err == nil && len(answer) > 1000 {
		t.Errorf("%d bytes came", len(answer))
	}
	if _, err := ask(t, d, `SELECT 1`); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestALongQueryIsStopped(t *testing.T) {
	d := open(t, "reader", tables...)
	short := docent.QueryBounds{Rows: 10, Bytes: 1000, Timeout: 50 * time.Millisecond}
	for _, query := range []string{
		`SELECT pg_sleep(1000)`,
		`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT count(*) FROM n`,
		`SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b`,
	} {
		if _, err := d.Query(context.Background(), query, nil, short); docent.CodeOf(err) != docent.CodeInvalid || !strings.Contains(fmt.Sprint(err), "took longer than 50ms") {
			t.Errorf("%s: %v", query, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := d.Query(ctx, `SELECT 1`, nil, bounds); !errors.Is(err, context.Canceled) {
		t.Errorf("of a caller who left: %v", err)
	}
}

func TestColumnsAreThoseThatMayBeRead(t *testing.T) {
	d := open(t, "reader", tables...)
	got, err := d.Columns(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	want := []docent.QueryColumn{{Name: "id", Type: "integer"}, {Name: "name", Type: "text"}, {Name: "price", Type: "numeric"}}
	if diff := cmp.Diff(want, got["products"]); diff != "" || len(got["orders"]) != 5 {
		t.Errorf("%s: %v", diff, got)
	}
}

func TestTheErrorOfAURLNamesNoPassword(t *testing.T) {
	for _, url := range []string{"postgres://a:hidden@127.0.0.1:99999/x", "mysql://a:hidden@h/x"} {
		if _, err := Open(url, nil); err == nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v", url, err)
		}
	}
	d, err := Open("postgres://a:hidden@127.0.0.1:1/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Query(context.Background(), "SELECT 1", nil, bounds); docent.CodeOf(err) != docent.CodeStore || strings.Contains(fmt.Sprint(err), "hidden") {
		t.Errorf("a server that is not there: %v", err)
	}
}
