package indexfile

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/analysis"
	"docent/ingest"
	"docent/store/qdrant"
	"docent/store/qdrant/qdranttest"
	"docent/store/sqlite"
)

// index is a store as files are written from and loaded into.
type index interface {
	Source
	ingest.Index
	Releases(ctx context.Context, site string) ([]docent.Release, error)
	Activate(ctx context.Context, unit docent.Unit, number int) error
	Page(ctx context.Context, r docent.Release, at string) (docent.Page, []docent.Chunk, error)
}

var stamp = docent.Stamp{Embedding: "test", Dimensions: 2, Analyzer: analysis.Version, Splitter: "1"}

type inSQLite struct{ *sqlite.Index }

func (x inSQLite) Begin(ctx context.Context, u docent.Unit) (ingest.Build, error) {
	return x.Index.Begin(ctx, u)
}

type inQdrant struct{ *qdrant.Index }

func (x inQdrant) Begin(ctx context.Context, u docent.Unit) (ingest.Build, error) {
	return x.Index.Begin(ctx, u)
}

func newSQLite(t testing.TB) index {
	t.Helper()
	x, err := sqlite.OpenIndex(t.TempDir(), stamp, sqlite.IndexOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return inSQLite{x}
}

func newQdrant(t *testing.T) index {
	t.Helper()
	x, err := qdrant.OpenIndex(t.Context(), qdrant.Config{URL: qdranttest.Start(t).URL()}, stamp, qdrant.IndexOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return inQdrant{x}
}

// vectors gives each text one, of length 1.
type vectors struct{}

func (vectors) Estimate([]string) (int, float64) { return 0, 0 }

func (vectors) Passages(_ context.Context, texts []string, each func(int, []float32) error) error {
	for i, text := range texts {
		if err := each(i, []float32{float32(math.Cos(float64(len(text)))), float32(math.Sin(float64(len(text))))}); err != nil {
			return err
		}
	}
	return nil
}

// publish ingests pages, two sections each, as the next release of a source.
func publish(t testing.TB, x ingest.Index, source string, pages int, words string) {
	t.Helper()
	dir := t.TempDir()
	for i := range pages {
		page := fmt.Sprintf("# Page %d\n\n%s of %d.\n\n## Part\n\nSee [the next](p%d.md).\n\n```sh\nrun %d\n```\n", i, words, i, (i+1)%pages, i)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("p%d.md", i)), []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, err := ingest.Run(t.Context(), x, ingest.Source{Name: source, Dir: dir}, ingest.Config{ChunkTokens: 400, MaxFileBytes: 1 << 20},
		ingest.Options{Embedder: vectors{}})
	if err != nil {
		t.Fatal(err)
	}
}

// write gives the file of all that is active.
func write(t testing.TB, x index) []byte {
	t.Helper()
	releases, err := x.Releases(t.Context(), docent.DefaultSite)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(t.Context(), &b, x, Header{Stamp: stamp, Releases: releases}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const enough = 1 << 20

func load(t testing.TB, file []byte, into ingest.Index) ([]docent.Release, error) {
	t.Helper()
	f, err := read(bytes.NewReader(file), enough)
	if err != nil {
		return nil, err
	}
	return f.Load(t.Context(), into)
}

// content is all that the active releases of an index hold.
func content(t testing.TB, x index) map[string][]docent.IndexedChunk {
	t.Helper()
	all := map[string][]docent.IndexedChunk{}
	releases, err := x.Releases(t.Context(), docent.DefaultSite)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range releases {
		pages, err := x.Pages(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range pages {
			chunks, err := x.Indexed(t.Context(), r, p.Path)
			if err != nil {
				t.Fatal(err)
			}
			all[fmt.Sprintf("%+v", p)+r.Unit.Source] = chunks
		}
	}
	return all
}

func TestAFileBringsReleasesFromAnyStoreIntoAny(t *testing.T) {
	near := cmp.Comparer(func(a, b float32) bool { return a-b < 1e-6 && b-a < 1e-6 })
	stores := map[string]func(*testing.T) index{"sqlite": func(t *testing.T) index { return newSQLite(t) }, "qdrant": newQdrant}
	for from, source := range stores {
		for to, target := range stores {
			t.Run(from+" to "+to, func(t *testing.T) {
				x, y := source(t), target(t)
				publish(t, x, "guide", 3, "Old words")
				publish(t, x, "guide", 5, "The words")
				publish(t, x, "more", 2, "Other words")
				publish(t, y, "guide", 9, "Its own words")
				active, err := load(t, write(t, x), y)
				if err != nil || len(active) != 2 || active[0].Number != 2 || active[1].Number != 1 || active[0].Pages != 5 {
					t.Fatalf("%+v, %v", active, err)
				}
				want, got := content(t, x), content(t, y)
				if d := cmp.Diff(want, got, near); d != "" || len(got) != 7 {
					t.Errorf("%d pages (-source +target):\n%s", len(got), d)
				}
			})
		}
	}
}

func TestTheSameReleasesMakeTheSameBytes(t *testing.T) {
	x, y := newSQLite(t), newSQLite(t)
	publish(t, x, "b", 4, "Words")
	publish(t, x, "a", 4, "Words")
	first := write(t, x)
	if !bytes.Equal(first, write(t, x)) {
		t.Error("the second file is another one")
	}
	if _, err := load(t, first, y); err != nil {
		t.Fatal(err)
	}
	f, err := read(bytes.NewReader(first), enough)
	if err != nil {
		t.Fatal(err)
	}
	if got := []string{f.Releases[0].Unit.Source, f.Releases[1].Unit.Source}; !slices.Equal(got, []string{"a", "b"}) || f.Stamp != stamp {
		t.Errorf("the file holds %v, %+v", got, f.Stamp)
	}
}

func TestLoadingTwiceChangesNothing(t *testing.T) {
	x, y := newSQLite(t), newSQLite(t)
	publish(t, x, "guide", 4, "Words")
	file := write(t, x)
	publish(t, y, "guide", 2, "Others")
	for range 2 {
		if active, err := load(t, file, y); err != nil || active[0].Number != 2 {
			t.Fatalf("%+v, %v", active, err)
		}
	}
	if err := y.Activate(t.Context(), docent.Unit{Site: docent.DefaultSite, Source: "guide"}, 1); err != nil {
		t.Fatal(err)
	}
	if active, err := load(t, file, y); err != nil || active[0].Number != 3 || !active[0].Active {
		t.Errorf("after rolling back: %+v, %v", active, err)
	}
}

func TestWhatASiteSaysOfAVersionComesAlong(t *testing.T) {
	x, y := newSQLite(t), newSQLite(t)
	publish(t, x, "guide", 1, "Words")
	b, err := x.Begin(t.Context(), docent.Unit{Site: docent.DefaultSite, Source: "guide"})
	if err != nil {
		t.Fatal(err)
	}
	want := docent.Edition{Default: true, Aliases: []string{"latest"}, Covers: "*/*"}
	b.Describe(want)
	_, _, stats := b.Base()
	if _, err := b.Publish(t.Context(), stats); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	file := write(t, x)
	for range 2 {
		active, err := load(t, file, y)
		if err != nil || active[0].Number != 1 {
			t.Fatalf("%+v, %v", active, err)
		}
		if d := cmp.Diff(want, active[0].Edition); d != "" {
			t.Error(d)
		}
	}
}

func TestAFileThatIsNotSoundPublishesNothing(t *testing.T) {
	x := newSQLite(t)
	publish(t, x, "guide", 4, "Words")
	file := write(t, x)
	cases := map[string][]byte{"empty": nil, "another kind": []byte("SQLite format 3\x00" + strings.Repeat("x", 200)),
		"a newer format": append([]byte("docent index 2\n"), file[len(magic):]...)}
	for at := 0; at < len(file); at += 1 + len(file)/50 {
		cases[fmt.Sprintf("cut at %d", at)] = file[:at]
		flipped := bytes.Clone(file)
		flipped[at] ^= 0x10
		cases[fmt.Sprintf("flipped at %d", at)] = flipped
	}
	flipped := bytes.Clone(file)
	flipped[len(file)-1] ^= 1
	cases["another checksum"] = flipped
	y := newSQLite(t)
	for name, bad := range cases {
		_, err := load(t, bad, y)
		var told *docent.Error
		if !errors.As(err, &told) || told.Code != docent.CodeStore || told.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := y.Releases(t.Context(), docent.DefaultSite); docent.CodeOf(err) != docent.CodeNoIndex {
		t.Errorf("something was published: %v", err)
	}
}

// sealed makes a file of records, with a right checksum.
func sealed(records ...string) []byte {
	var b bytes.Buffer
	b.WriteString(magic)
	gz := gzip.NewWriter(&b)
	for _, r := range records {
		gz.Write(binary.AppendUvarint(nil, uint64(len(r))))
		gz.Write([]byte(r))
	}
	gz.Close()
	sum := sha256.Sum256(b.Bytes())
	return append(b.Bytes(), sum[:]...)
}

const oneRelease = `{"stamp":{},"releases":[{"unit":{"site":"default","source":"s"},"pages":%d,"chunks":%d}]}`

func TestWhatASoundFileSaysIsDoubted(t *testing.T) {
	terms := base64.StdEncoding.EncodeToString(analysis.ChunkTerms(&docent.Chunk{Text: "words"}))
	page := `{"page":{"path":"p.md","title":"P"},"chunks":[{"id":"1","terms":"%s","vector":"%s"}]}`
	good := fmt.Sprintf(page, terms, "AAAAAAAAAAA=")
	for name, c := range map[string]struct {
		records []string
		says    string
	}{
		"no header":               {nil, "cut"},
		"no release":              {[]string{`{}`, ""}, "no release"},
		"a release twice":         {[]string{`{"releases":[{"unit":{}},{"unit":{}}]}`, ""}, "can't be"},
		"counts below zero":       {[]string{fmt.Sprintf(oneRelease, -1, 0), ""}, "can't be"},
		"a page is missing":       {[]string{fmt.Sprintf(oneRelease, 1, 1), ""}, "lacks a page"},
		"a page twice":            {[]string{fmt.Sprintf(oneRelease, 2, 2), good, good, ""}, "twice"},
		"a page too many":         {[]string{fmt.Sprintf(oneRelease, 1, 1), good, good, ""}, "more than it says"},
		"another count of chunks": {[]string{fmt.Sprintf(oneRelease, 1, 2), good, ""}, "1 chunks"},
		"no end":                  {[]string{fmt.Sprintf(oneRelease, 1, 1), good}, "cut within"},
		"a vector that is cut":    {[]string{fmt.Sprintf(oneRelease, 1, 1), fmt.Sprintf(page, terms, "AAAA"), ""}, "vector"},
		"another vector's length": {[]string{fmt.Sprintf(oneRelease, 1, 1), fmt.Sprintf(page, terms, "AAAAAA=="), ""}, "dimensions"},
		"terms that are none":     {[]string{fmt.Sprintf(oneRelease, 1, 1), fmt.Sprintf(page, "/////w==", "AAAAAAAAAAA="), ""}, "terms"},
		"no JSON":                 {[]string{fmt.Sprintf(oneRelease, 1, 1), "{", ""}, "can't be read"},
		"two values":              {[]string{fmt.Sprintf(oneRelease, 1, 1), good + "{}", ""}, "not whole"},
	} {
		y := newSQLite(t)
		if _, err := load(t, sealed(c.records...), y); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := y.Releases(t.Context(), docent.DefaultSite); docent.CodeOf(err) != docent.CodeNoIndex {
			t.Errorf("%s: something was published: %v", name, err)
		}
	}
}

func TestAFileIsBoundedPackedAndUnpacked(t *testing.T) {
	big := sealed(fmt.Sprintf(oneRelease, 1, 0), `{"page":{"path":"p.md","title":"`+strings.Repeat("x", enough)+`"}}`, "")
	if len(big) > enough/100 {
		t.Fatalf("the file has %d bytes: it does not test what it should", len(big))
	}
	if _, err := load(t, big, newSQLite(t)); docent.CodeOf(err) != docent.CodeTooLarge {
		t.Errorf("unpacked: %v", err)
	}
	if _, err := read(bytes.NewReader(big), 100); docent.CodeOf(err) != docent.CodeTooLarge {
		t.Errorf("packed: %v", err)
	}
}

// nowhere is an index that forgets what is put into it, and fast.
type nowhere struct{ unit docent.Unit }

func (nowhere) Begin(_ context.Context, u docent.Unit) (ingest.Build, error) { return nowhere{u}, nil }
func (n nowhere) Base() (docent.Release, map[string]docent.Page, *analysis.Stats) {
	return docent.Release{Unit: n.unit}, map[string]docent.Page{}, &analysis.Stats{}
}
func (nowhere) Chunks(context.Context, string) ([]docent.ChunkRef, error) { return nil, nil }
func (nowhere) Put(context.Context, docent.Page, []docent.IndexedChunk, []string) error {
	return nil
}
func (nowhere) Remove(context.Context, string) error { return nil }
func (nowhere) Describe(docent.Edition)              {}
func (n nowhere) Publish(context.Context, *analysis.Stats) (docent.Release, error) {
	return docent.Release{Unit: n.unit, Number: 1, Active: true}, nil
}
func (nowhere) Close() error { return nil }

// FuzzLoad seals what it is given, since nothing else would get past the checksum.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(fmt.Sprintf(oneRelease, 1, 1)), []byte(`{"page":{"path":"p.md"},"chunks":[{"id":"1","terms":"AA==","vector":"AAAAAAAAAAA="}]}`), []byte(nil))
	f.Add([]byte(fmt.Sprintf(oneRelease, 0, 0)), []byte(nil), []byte("{}"))
	f.Fuzz(func(t *testing.T, header, page, more []byte) {
		file := sealed(string(header), string(page), string(more))
		active, err := load(t, file, nowhere{})
		if err == nil && len(active) == 0 {
			t.Error("it was loaded, and is nothing")
		}
		if _, err := read(bytes.NewReader(page), enough); err == nil {
			t.Error("what has no checksum was taken")
		}
	})
}
