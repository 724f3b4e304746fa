package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
)

// standIn is the process that stands in for an embedding server, as seen from
// here, with what its ledger has told so far.
type standIn struct {
	*process
	steer string // its second address

	entries []entry
	texts   int
	known   map[string]bool // keys that were embedded
}

func startStandIn(ctx context.Context) (*standIn, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p, line, err := startServing(ctx, os.Environ(), "", self, "-upstream")
	if err != nil {
		return nil, err
	}
	_, steer, _ := strings.Cut(line, " and ")
	return &standIn{process: p, steer: steer, known: map[string]bool{}}, nil
}

func (u *standIn) ask(ctx context.Context, method, path string, into any) error {
	request, err := http.NewRequestWithContext(ctx, method, u.steer+path, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if into == nil {
		return nil
	}
	return json.NewDecoder(answer.Body).Decode(into)
}

func (u *standIn) hold(ctx context.Context, on int) error {
	return u.ask(ctx, http.MethodPost, fmt.Sprint("/hold?on=", on), nil)
}

func (u *standIn) delay(ctx context.Context, ms int) error {
	return u.ask(ctx, http.MethodPost, fmt.Sprint("/delay?ms=", ms), nil)
}

// await returns once so many more texts were embedded than refresh has told of.
func (u *standIn) await(ctx context.Context, more int) {
	u.ask(ctx, http.MethodGet, fmt.Sprint("/await?texts=", u.texts+more), nil)
}

// refresh reads the ledger's news.
func (u *standIn) refresh(ctx context.Context) error {
	var news []entry
	if err := u.ask(ctx, http.MethodGet, fmt.Sprint("/ledger?from=", len(u.entries)), &news); err != nil {
		return err
	}
	u.entries = append(u.entries, news...)
	for _, e := range news {
		u.texts += len(e.Texts)
		for _, key := range e.Keys {
			u.known[key] = true
		}
	}
	return nil
}

// missing counts the keys that were never embedded.
func (u *standIn) missing(keys []string) int {
	n := 0
	for _, key := range keys {
		if !u.known[key] {
			n++
		}
	}
	return n
}

// repeated is a text that was embedded more than once for no good reason.
type repeated struct{ key, why string }

// audit finds texts that were embedded twice. Runs that were stopped, by a kill
// or an error, may have had `under` requests under way, whose texts others may
// embed again; it counts those texts as lost.
func audit(entries []entry, stopped map[string]bool, under int) (lost int, wrong []repeated) {
	type answered struct {
		run     string
		request int
	}
	last := map[string]answered{}
	spoilt := map[string]map[int]bool{} // requests of a stopped run whose texts were embedded again
	for i, e := range entries {
		for j, text := range e.Texts {
			before, again := last[text]
			last[text] = answered{e.Run, i}
			if !again {
				continue
			}
			lost++
			if !stopped[before.run] || before.run == e.Run {
				wrong = append(wrong, repeated{e.Keys[j], "by " + before.run + ", which was not stopped, and by " + e.Run})
				continue
			}
			if spoilt[before.run] == nil {
				spoilt[before.run] = map[int]bool{}
			}
			spoilt[before.run][before.request] = true
		}
	}
	for run, requests := range spoilt {
		if len(requests) > under {
			wrong = append(wrong, repeated{run, fmt.Sprintf("the texts of %d of its requests, of which %d can have been under way", len(requests), under)})
		}
	}
	return lost, wrong
}
