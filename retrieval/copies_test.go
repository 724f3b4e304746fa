package retrieval

import (
	"testing"

	"docent"
)

func TestOfCopiesInAllVersionsTheDefaultsStays(t *testing.T) {
	of := func(version string) docent.Unit {
		return docent.Unit{Site: unit.Site, Source: "manual", Version: version}
	}
	copied := "the port of the server is set by a variable, which the service reads when it starts and again when it is told to"
	index := published(map[docent.Unit][]docent.Chunk{
		of("1.0"):  append(page("old/port.md", "", "Port", copied+" port server"), page("old/gone.md", "", "Plugins", "plugins of the server, which are gone today")...),
		of("2.0"):  page("port.md", "", "Port", copied),
		of("next"): page("port.md", "", "Port", copied),
	})
	s := New(index, standard())
	for question, want := range map[string]string{"server port": "2.0 port.md", "plugins": "1.0 old/gone.md"} {
		found, err := s.Search(t.Context(), docent.Query{Site: unit.Site, Text: question, Filters: docent.Filters{Version: "*"}})
		if err != nil || len(found.Passages) == 0 {
			t.Fatalf("%q: %+v, %v", question, found, err)
		}
		if first := found.Passages[0]; first.Unit.Version+" "+first.Path != want {
			t.Errorf("%q finds %s %s, want %s", question, first.Unit.Version, first.Path, want)
		}
		last := 1.0
		for i, p := range found.Passages {
			if i > 0 && p.Heading() == found.Passages[0].Heading() {
				t.Errorf("%q finds a copy, too: %s %s", question, p.Unit.Version, p.Path)
			}
			if p.Score > last {
				t.Errorf("%s scores %v after %v", p.Path, p.Score, last)
			}
			last = p.Score
		}
	}
}
