package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"docent"
	"docent/server"
)

// duel starts two ingests at once. The stand-in answers neither before one has
// given up, so that the other can't have ended before.
func (c *campaign) duel(ctx context.Context) error {
	if err := c.corpus.next(c.pages); err != nil {
		return err
	}
	if err := c.standIn.hold(ctx, 1); err != nil {
		return err
	}
	defer c.standIn.hold(ctx, 0)
	one, name, err := c.ingest(ctx, c.docent)
	if err != nil {
		return err
	}
	other, otherName, err := c.ingest(ctx, c.docent)
	if err != nil {
		return err
	}
	winner, loser := one, other
	select {
	case <-other.done:
	case <-one.done:
		winner, loser, name, otherName = other, one, otherName, name
	}
	if loser.code(); ctx.Err() != nil {
		return ctx.Err()
	}
	if code, said := loser.code(), loser.said(); code != 1 || !strings.Contains(said, "another ingest of source") {
		c.violate("of two ingests %s ended with exit code %d: %s", otherName, code, said)
	}
	c.stopped[otherName] = true
	if err := c.standIn.hold(ctx, 0); err != nil {
		return err
	}
	if code, said := winner.code(), winner.said(); code != 0 {
		c.stopped[name] = true
		c.violate("of two ingests %s, which won, ended with exit code %d: %s", name, code, said)
	}
	if err := c.look(ctx, winner); err != nil {
		return err
	}
	return c.verify(ctx)
}

// activations are how many releases are made the active one in a row.
const activations = 5

// activate goes back and forth among the kept releases.
func (c *campaign) activate(ctx context.Context) error {
	var kept []docent.Release
	err := c.opened(ctx, func(index server.Index) (err error) {
		kept, err = index.AllReleases(ctx, docent.DefaultSite)
		return err
	})
	if err != nil {
		return err
	}
	for range activations {
		number := kept[c.random.IntN(len(kept))].Number
		p, err := start(ctx, c.env("activate"), c.folder, c.docent, "index", "activate", source, fmt.Sprint(number), "--data-dir", c.data)
		if err != nil {
			return err
		}
		code, err := p.result(ctx)
		if err != nil {
			return err
		}
		if code != 0 {
			c.violate("activate %d ended with exit code %d: %s", number, code, p.said())
			continue
		}
		c.timeline.changes = append(c.timeline.changes, change{p.began, p.ended, number})
		time.Sleep(time.Duration(c.random.Int64N(int64(300 * time.Millisecond))))
	}
	return nil
}

// rooms are how many bytes a disk has left when an ingest begins on it.
var rooms = []int{0, 256 << 10, 1 << 20, 2 << 20, 3 << 20, 4 << 20, 6 << 20}

// fill ingests on a small disk that is nearly full, and again once there is
// room. It tries a data folder of its own, with a server and readers of its own.
func (c *campaign) fill(ctx context.Context) error {
	if c.store.env != nil {
		return nil // the index is elsewhere
	}
	disk := filepath.Join(c.folder, "disk")
	if err := os.MkdirAll(disk, 0o755); err != nil {
		return err
	}
	if text, err := exec.CommandContext(ctx, "mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk).CombinedOutput(); err != nil {
		c.report.notRun("full disk", fmt.Sprintf("a small disk can't be made: %v: %s", err, text))
		return nil
	}
	defer exec.Command("umount", disk).Run()
	f := &campaign{soak: c.soak, name: "sqlite, full disk", random: c.random, folder: c.folder, data: disk,
		database: filepath.Join(c.folder, "elsewhere.db"), corpus: newCorpus(filepath.Join(c.folder, "small-docs"), c.seed+1),
		stopped: map[string]bool{}, requests: map[string]int{}, timeline: timeline{generation: map[int]int{}}}
	began := time.Now()
	err := f.fillUp(ctx)
	if f.crowd != nil {
		f.crowd.leave()
		f.judge()
	}
	if f.serve != nil {
		f.serve.stop()
	}
	if f.standIn != nil {
		f.standIn.stop()
	}
	f.summarize(time.Since(began))
	return err
}

func (c *campaign) fillUp(ctx context.Context) (err error) {
	if c.standIn, err = startStandIn(ctx); err != nil {
		return err
	}
	if err := c.corpus.next(c.soak.pages); err != nil {
		return err
	}
	if err := c.complete(ctx, c.docent); err != nil {
		return err
	}
	c.serve, _, err = startServing(ctx, c.env("serve"), c.folder, c.docent, "serve", "--port", "0", "--data-dir", c.data)
	if err != nil {
		return err
	}
	c.crowd = gather(ctx, c.serve.url)
	filler := filepath.Join(c.data, "filler")
	for _, room := range rooms {
		if err := c.corpus.next(c.soak.pages); err != nil {
			return err
		}
		if err := fillDisk(filler, room); err != nil {
			return err
		}
		p, run, err := c.ingest(ctx, c.docent)
		if err != nil {
			return err
		}
		switch code, said := p.code(), p.said(); {
		case code == 1:
			c.stopped[run] = true
			fmt.Fprintf(os.Stderr, "%s: %d KB left: %s\n", c.name, room>>10, said)
			if !strings.Contains(said, "disk") {
				c.violate("%s does not say that the disk is full: %s", run, said)
			}
		case code != 0:
			c.violate("on a full disk %s ended with exit code %d: %s", run, code, said)
		}
		if err := c.look(ctx, p); err != nil {
			return fmt.Errorf("with %d bytes left: %w", room, err)
		}
		time.Sleep(300 * time.Millisecond) // readers on a full disk
		if err := os.Remove(filler); err != nil {
			return err
		}
		if err := c.complete(ctx, c.docent); err != nil {
			return err
		}
	}
	return c.audit(ctx)
}

// fillDisk writes a file until its disk is full, and then gives room back.
func fillDisk(name string, room int) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	size := int64(0)
	for block := make([]byte, 32<<10); err == nil; {
		var n int
		n, err = f.Write(block)
		size += int64(n)
	}
	return f.Truncate(max(0, size-int64(room)))
}

// jumps are clocks that ingests have, one after the other.
var jumps = []string{"315360000", "-315360000", "wild", "0", "wild", "-86400", "0"}

// jump ingests under clocks that are years off, or jump all the time.
func (c *campaign) jump(ctx context.Context) error {
	if c.jumpy == "" {
		return nil
	}
	for _, clock := range jumps {
		if err := c.corpus.next(c.pages); err != nil {
			return err
		}
		if err := c.complete(ctx, c.jumpy, jumpVariable+"="+clock); err != nil {
			return err
		}
		if err := c.step(c.activate(ctx)); err != nil {
			return err
		}
	}
	c.report.add(c.name, "clocks", "%s seconds off", strings.Join(slices.Compact(jumps), ", "))
	return nil
}

// restarts are how often the store is killed under an ingest.
const restarts = 5

// restart kills the store while an ingest writes to it.
func (c *campaign) restart(ctx context.Context) error {
	if c.store.restart == nil {
		if c.store.env != nil {
			c.report.notRun("Qdrant restarted in mid-upload", "-qdrant names no program")
		}
		return nil
	}
	for range restarts {
		if err := c.corpus.next(c.pages); err != nil {
			return err
		}
		if err := c.standIn.refresh(ctx); err != nil {
			return err
		}
		need := c.standIn.missing(c.corpus.keys())
		p, run, err := c.ingest(ctx, c.docent)
		if err != nil {
			return err
		}
		c.standIn.await(ctx, need)
		time.Sleep(time.Duration(c.random.Float64() * float64(c.writing)))
		from, to, err := c.store.restart(ctx)
		if err != nil {
			return err
		}
		c.timeline.away = append(c.timeline.away, change{from: from, to: to})
		code, err := p.result(ctx)
		if err != nil {
			return err
		}
		if code != 0 {
			c.stopped[run] = true
			c.violate("%s did not survive a restart of the store: exit code %d: %s", run, code, p.said())
		}
		if err := c.look(ctx, p); err != nil {
			return err
		}
		if err := c.step(c.complete(ctx, c.docent)); err != nil {
			return err
		}
	}
	c.report.add(c.name, "restarts of the store", "%d", restarts)
	return nil
}
