package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type foundLine struct {
	Number int
	At     int64
	Text   string
}

func found(t *testing.T, text string, most int) (lines []foundLine) {
	t.Helper()
	err := eachLine(strings.NewReader(text), most, func(number int, at int64, text []byte) error {
		line := foundLine{number, at, string(text)}
		if text == nil {
			line.Text = "too long"
		}
		lines = append(lines, line)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestLinesOfADumpAreFoundWhereTheyStand(t *testing.T) {
	long := strings.Repeat("x", 200_000)
	for text, want := range map[string][]foundLine{
		"":                           nil,
		"\n \r\n\t":                  nil,
		"a":                          {{1, 0, "a"}},
		"\ufeffa\r\n\n b \nc":        {{1, 3, "a"}, {3, 7, " b"}, {4, 11, "c"}},
		"a\n\ufeffb\n":               {{1, 0, "a"}, {2, 2, "\ufeffb"}},
		"a\n" + long + "\nb":         {{1, 0, "a"}, {2, 2, long}, {3, 200_003, "b"}},
		"a\n" + long + long + "\nb":  {{1, 0, "a"}, {2, 2, "too long"}, {3, 400_003, "b"}},
		strings.Repeat("y", 300_001): {{1, 0, "too long"}},
	} {
		if diff := cmp.Diff(want, found(t, text, 250_000)); diff != "" {
			t.Errorf("%.40q (-want +got):\n%s", text, diff)
		}
	}
}

func FuzzLines(f *testing.F) {
	f.Add([]byte("\ufeff{\"id\":1}\r\n\n  x\ny"), 4)
	f.Add([]byte(strings.Repeat("z", 70_000)+"\n\x00"), 69_999)
	f.Fuzz(func(t *testing.T, text []byte, most int) {
		last := 0
		err := eachLine(bytes.NewReader(text), min(max(most, 0), 1<<20), func(number int, at int64, line []byte) error {
			if number <= last || at < 0 || at+int64(len(line)) > int64(len(text)) {
				t.Fatalf("line %d after %d, at %d with %d bytes of %d", number, last, at, len(line), len(text))
			}
			if line != nil && !bytes.Equal(line, text[at:at+int64(len(line))]) {
				t.Fatalf("line %d does not stand at %d", number, at)
			}
			last = number
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
