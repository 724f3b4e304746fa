package main

import (
	"context"
	"net/http"
	"slices"
	"time"

	"docent/server"
)

// starts is how often the program is started.
const starts = 7

// start measures how soon the program serves an index of 10,000 chunks, and
// what it holds in memory then.
func (b *bench) start(ctx context.Context) error {
	c := b.config("start")
	index, err := server.OpenIndex(ctx, c)
	if err != nil {
		return err
	}
	if _, err := fill(ctx, index, 10_000, false); err != nil {
		return err
	}
	if err := index.Close(); err != nil {
		return err
	}
	var ready, resident []float64
	for range starts {
		began := time.Now()
		p, err := startProcess(ctx, nil, b.docent, "serve", "--port", "0", "--data-dir", c.DataDir)
		if err != nil {
			return err
		}
		answer, err := http.Get(p.url + "/ready")
		if err != nil {
			return err
		}
		answer.Body.Close()
		ready = append(ready, float64(time.Since(began).Microseconds())/1000)
		for range 20 { // the first questions load what is needed
			if answer, err = http.Get(p.url + "/api/v1/search?q=how+do+i+configure+the+server+index+cache"); err != nil {
				return err
			}
			answer.Body.Close()
		}
		resident = append(resident, p.memory("VmRSS"))
		p.stop()
	}
	slices.Sort(ready)
	slices.Sort(resident)
	b.add("start: ready, 10,000 chunks", ready[starts/2], "ms", "at most 300")
	b.add("start: resident, 10,000 chunks, after 20 searches", resident[starts/2], "MB", "at most 100")
	return nil
}
