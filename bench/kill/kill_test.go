package main

import (
	"strings"
	"testing"
	"time"
)

// at is a moment, in seconds after some begin.
func at(seconds float64) time.Time {
	return time.Unix(1_000_000, 0).Add(time.Duration(seconds * float64(time.Second)))
}

// history is of two generations with a section that both have, released as 1
// and 2, of which 2 came between 10 and 11 seconds.
func history() (*corpus, *timeline) {
	c := &corpus{lived: map[string][]int{"k1s0g1": {1}, "k2s0g1": {1, 2}, "k1s0g2": {2}}}
	t := &timeline{generation: map[int]int{1: 1, 2: 2}, changes: []change{{at(0), at(1), 1}, {at(10), at(11), 2}}}
	return c, t
}

func TestAnswersOfOneActiveReleaseAreRight(t *testing.T) {
	c, line := history()
	for _, o := range []observation{
		{began: at(5), ended: at(6), keys: []string{"k1s0g1", "k2s0g1"}},
		{began: at(10.5), ended: at(10.6), keys: []string{"k1s0g1"}},
		{began: at(10.5), ended: at(10.6), keys: []string{"k1s0g2", "k2s0g1"}},
		{began: at(9), ended: at(20), release: 1, keys: []string{"k1s0g1"}},
		{began: at(20), ended: at(21), release: 2, keys: []string{"k2s0g1"}},
		{began: at(11.9), ended: at(12), release: 1, keys: []string{"k1s0g1"}}, // within the second
	} {
		if wrong, _ := line.judge(o, c); wrong != "" {
			t.Errorf("%+v: %s", o, wrong)
		}
	}
}

func TestMixedLateAndFailedAnswersAreViolations(t *testing.T) {
	c, line := history()
	tests := map[string]observation{
		"no single generation": {began: at(10.5), ended: at(11), keys: []string{"k1s0g1", "k1s0g2"}},
		"never written":        {began: at(5), ended: at(6), keys: []string{"k9s0g1"}},
		"not active then":      {began: at(5), ended: at(6), keys: []string{"k1s0g2"}},
		"had been replaced":    {began: at(12.5), ended: at(13), keys: []string{"k1s0g1"}},
		"not active":           {began: at(20), ended: at(21), release: 2, keys: []string{"k1s0g1"}},
		"failed: 503":          {began: at(5), ended: at(6), failure: "503"},
	}
	for want, o := range tests {
		if wrong, _ := line.judge(o, c); !strings.Contains(wrong, want) {
			t.Errorf("%+v: %q, want %q in it", o, wrong, want)
		}
	}
}

func TestOnlyRequestsUnderWayAtAKillMayBeRepeated(t *testing.T) {
	request := func(run string, texts ...string) entry { return entry{Run: run, Keys: texts, Texts: texts} }
	tests := []struct {
		name        string
		entries     []entry
		lost, wrong int
	}{
		{"nothing twice", []entry{request("a", "1", "2"), request("b", "3")}, 0, 0},
		{"one request of a killed run", []entry{request("killed", "1", "2"), request("b", "1", "2")}, 2, 0},
		{"two requests, where one can have been", []entry{request("killed", "1"), request("killed", "2"), request("b", "1", "2")}, 2, 1},
		{"of a run that ended well", []entry{request("a", "1"), request("b", "1")}, 1, 1},
		{"twice by one run", []entry{request("killed", "1"), request("killed", "1")}, 1, 1},
	}
	for _, tt := range tests {
		lost, wrong := audit(tt.entries, map[string]bool{"killed": true}, 1)
		if lost != tt.lost || len(wrong) != tt.wrong {
			t.Errorf("%s: %d lost, %v", tt.name, lost, wrong)
		}
	}
}

func TestAnAnswersKeysAreReadFromItsEventsAndItsText(t *testing.T) {
	events := "id: 1\nevent: sources\ndata: {\"sources\":[{\"heading\":\"The keel k1s0g1\"}]}\n\n" +
		"event: delta\ndata: {\"text\":\"This is k2\"}\n\nevent: delta\ndata: {\"text\":\"s3g4.\"}\n\n"
	if _, failure := read([]byte(events)); failure == "" {
		t.Error("a stream that breaks off is none")
	}
	keys, failure := read([]byte(events + "event: done\ndata: {}\n\n"))
	if failure != "" || strings.Join(keys, " ") != "k1s0g1 k2s3g4" {
		t.Errorf("%v, %q", keys, failure)
	}
	if _, failure := read([]byte("event: error\ndata: {\"code\":\"x\"}\n\n")); !strings.Contains(failure, "error event") {
		t.Errorf("an error event: %q", failure)
	}
}

func TestGenerationsChangeWhatTheySayTheyChange(t *testing.T) {
	c := newCorpus(t.TempDir(), 1)
	for range 5 {
		if err := c.next(40); err != nil {
			t.Fatal(err)
		}
		if len(c.pages) < 40 || len(c.keys()) != sections*len(c.pages) {
			t.Fatalf("%d pages, %d keys", len(c.pages), len(c.keys()))
		}
		if of, ok := c.generationsOf(c.keys()); !ok || len(of) != 1 || of[0] != c.generation {
			t.Errorf("generation %d: all its sections are of %v", c.generation, of)
		}
	}
}
