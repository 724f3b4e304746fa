package query

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
)

var bounds = docent.QueryBounds{Rows: 100, Bytes: 10_000, Timeout: time.Minute}

// shop is a file with two customers' orders, a catalogue and what nobody may read.
func shop(t testing.TB) *Database {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shop.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{
		`PRAGMA journal_mode = wal`,
		`CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT, price REAL, cost REAL)`,
		`INSERT INTO products VALUES (1, 'lamp', 20.5, 9), (2, 'chair', 80, 33)`,
		`CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, product INTEGER, note TEXT, made DATE)`,
		`CREATE INDEX orders_customer ON orders (customer)`,
		`INSERT INTO orders VALUES (1, 'ann', 1, 'to the garden', '2026-01-02'), (2, 'bob', 2, 'bob-secret', '2026-01-03'), (3, 'o''hara', 2, '{}', NULL)`,
		`CREATE TABLE passwords (name TEXT, hash TEXT)`,
		`INSERT INTO passwords VALUES ('ann', 'hash-secret')`,
		`CREATE VIEW hints AS SELECT name, substr(hash, 1, 2) AS hint FROM passwords`,
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	d, err := Open(path, []docent.QueryTable{
		{Name: "products", Columns: []string{"id", "name", "Price"}},
		{Name: "orders", Subject: "customer"},
		{Name: "hints"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func TestWhatIsAllowedIsRead(t *testing.T) {
	d := shop(t)
	for query, want := range map[string][][]any{
		`SELECT * FROM products ORDER BY id;`:                                                          {{int64(1), "lamp", 20.5}, {int64(2), "chair", 80.0}},
		`SELECT count(*) FROM products`:                                                                {{int64(2)}},
		`SELECT o.id, p.name FROM orders o JOIN products p ON p.id = o.product -- mine`:                {{int64(1), "lamp"}},
		`SELECT note, made, customer = :subject, :site, :claim_plan FROM orders`:                       {{"to the garden", "2026-01-02", int64(1), "default", "pro"}},
		`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<3) SELECT sum(i) FROM n`: {{int64(6)}},
		`VALUES (1, NULL), (x'00ff', 'x')`:                                                             {{int64(1), nil}, {"00ff", "x"}},
		`SELECT value FROM json_each('[1,2]')`:                                                         {{int64(1)}, {int64(2)}},
		`SELECT * FROM hints`:                                                                          {{"ann", "ha"}},
		`SELECT name, row_number() OVER (ORDER BY price DESC) FROM "Products" LIMIT 1 /* ; */`:         {{"chair", int64(1)}},
		"SELECT\u00a01": nil,
	} {
		got, err := d.Query(context.Background(), query, map[string]string{"subject": "ann", "site": "default", "claim_plan": "pro"}, bounds)
		if (err != nil) != (want == nil) {
			t.Errorf("%s: %v", query, err)
			continue
		}
		if diff := cmp.Diff(want, got.Rows); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
}
