package llm

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// readAll gives the data of all events, and what ended them: nil for io.EOF.
func readAll(src io.Reader) ([]string, error) {
	events := newEvents(src)
	var all []string
	for {
		data, err := events.next()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all = append(all, string(data))
	}
}

func TestEventsAreReadByTheStandard(t *testing.T) {
	for in, want := range map[string][]string{
		"data: a\n\ndata: b\n\n":                       {"a", "b"},
		"data: a\r\n\r\ndata: b\r\n\r\n":               {"a", "b"},
		"data: a\r\rdata: b\r\r":                       {"a", "b"},
		"data: a\n\r\ndata: b\r\n\n":                   {"a", "b"},
		"data:a\n\n":                                   {"a"},
		"data:  a \n\n":                                {" a "},
		"data: a\ndata: b\n\n":                         {"a\nb"},
		"data\n\n":                                     {""},
		"data: a: b\n\n":                               {"a: b"},
		": comment\ndata: a\n: comment\n\n":            {"a"},
		"event: x\nid: 7\nretry: 9\ndata: a\nzzz\n\n":  {"a"},
		"event: x\n\ndata: a\n\n":                      {"a"},
		"\n\n\n":                                       nil,
		"\ufeffdata: a\n\ndata: b\n\n":                 {"a", "b"},
		"data: a\n\n\ufeffdata: b\n\n":                 {"a"},
		"data: a\n\ndata: b\n":                         {"a", "b"},
		"data: a\n\ndata: half":                        {"a"},
		"":                                             nil,
		"data: " + strings.Repeat("x", 9000) + "\n\n.": {strings.Repeat("x", 9000)},
	} {
		for name, src := range map[string]io.Reader{
			"whole": strings.NewReader(in), "single bytes": iotest.OneByteReader(strings.NewReader(in)),
			"end with the last bytes": iotest.DataErrReader(strings.NewReader(in)),
		} {
			got, err := readAll(src)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%.40q, %s: error %v\n%s", in, name, err, diff)
			}
		}
	}
}

// TestAnEventIsThereAsSoonAsItsEndIs holds that no event waits for the bytes
// that follow, not even after a CR, which an LF may follow.
func TestAnEventIsThereAsSoonAsItsEndIs(t *testing.T) {
	for _, in := range []string{"data: a\n\n", "data: a\r\r", "data: a\r\n\r"} {
		r := io.MultiReader(strings.NewReader(in), iotest.ErrReader(errors.New("read too far")))
		if data, err := newEvents(r).next(); err != nil || string(data) != "a" {
			t.Errorf("%q: %q, %v", in, data, err)
		}
	}
}

func TestLongLinesAndEventsAreRefused(t *testing.T) {
	line := strings.Repeat("x", maxEventBytes/2)
	for name, in := range map[string]string{
		"a line":           "data: " + line + line + "\n\n",
		"a line, no end":   "data: " + line + line,
		"a comment":        ": " + line + line + "\n\n",
		"lines together":   "data: " + line + "\ndata: " + line + "\n\n",
		"many empty lines": strings.Repeat("data\n", maxEventBytes+2) + "\n",
	} {
		if _, err := readAll(strings.NewReader(in)); err != errTooLong {
			t.Errorf("%s: error %v, want %v", name, err, errTooLong)
		}
	}
	endless := io.MultiReader(strings.NewReader("data: "), zeros{})
	if _, err := readAll(endless); err != errTooLong {
		t.Errorf("an endless line: error %v", err)
	}
}

// zeros is a reader without an end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestAReaderThatGivesNothingIsAnError(t *testing.T) {
	if _, err := readAll(nothing{}); err != io.ErrNoProgress {
		t.Errorf("error %v, want %v", err, io.ErrNoProgress)
	}
}

type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, nil }

// naive is the standard once more, for input that is all there: slow and plain.
func naive(in string) []string {
	in = strings.ReplaceAll(strings.ReplaceAll(strings.TrimPrefix(in, "\ufeff"), "\r\n", "\n"), "\r", "\n")
	lines := strings.Split(in, "\n")
	var all, data []string
	for _, line := range append(lines[:len(lines)-1], "") {
		if line == "" && data != nil {
			all, data = append(all, strings.Join(data, "\n")), nil
		}
		if name, value, _ := strings.Cut(line, ":"); name == "data" {
			data = append(data, strings.TrimPrefix(value, " "))
		}
	}
	return all
}

func FuzzEvents(f *testing.F) {
	for _, in := range []string{"", "data: a\n\n", "data: a\r\n\r\ndata: [DONE]\r\n\r\n", "\ufeffdata: a\rdata: b\r\r", ":\n\ndata\n\n",
		"data: {\"choices\":[{\"delta\":{\"content\":\"é\"}}]}\n\n", "event: e\ndata:x\n", "data: half", "\r\n\r", "data: a\n\r\n\n\r"} {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		want := naive(string(in))
		for _, src := range []io.Reader{bytes.NewReader(in), iotest.OneByteReader(bytes.NewReader(in)), iotest.HalfReader(bytes.NewReader(in))} {
			got, err := readAll(src)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}
