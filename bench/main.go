// Command bench measures what Docent costs, as its users would see it, prints a
// table and writes the figures as JSON:
//
//	go run ./bench                 everything, about three minutes
//	go run ./bench -only streams   one part: ingest, search, streams or start
//	go run ./bench -qdrant FILE    search in Qdrant, too, whose program FILE is
//	go run ./bench -out figures.json
//
// It builds the program, runs it as a process of its own beside a stand-in for
// a model's server (a third process), and reads time and memory from the
// operating system. Qdrant is that which QDRANT_URL names, under a prefix that is
// cleared away, or one that is started for it; without either its figures say
// NOT RUN. The corpus is made up, always the same, with words as
// unevenly spread as in real text. Timings depend on the machine and on what
// else runs there: compare figures of one machine, and medians of several runs.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"text/tabwriter"
)

// figure is one measured value.
type figure struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	Bound  string  `json:"bound,omitempty"`   // what DESIGN.md allows; "" where it says nothing
	NotRun string  `json:"not_run,omitempty"` // why there is no value; "" where there is one
}

func (f figure) measured() string {
	if f.NotRun != "" {
		return "NOT RUN: " + f.NotRun
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", f.Value), ".0") + " " + f.Unit
}

// bench is one run of the program.
type bench struct {
	dir     string // for everything that is written
	docent  string // the built program
	sizes   []int  // chunks, for search
	qdrant  string // Qdrant's program; "" for none
	figures []figure
}

func (b *bench) add(name string, value float64, unit, bound string) {
	b.figures = append(b.figures, figure{Name: name, Value: value, Unit: unit, Bound: bound})
	fmt.Fprintf(os.Stderr, "%s: %.4g %s\n", name, value, unit)
}

func (b *bench) skip(name, why string) {
	b.figures = append(b.figures, figure{Name: name, NotRun: why})
	fmt.Fprintf(os.Stderr, "%s: NOT RUN: %s\n", name, why)
}

func main() {
	out := flag.String("out", "", "file for the figures as JSON")
	only := flag.String("only", "", "measure one part: ingest, search, streams or start")
	large := flag.Bool("large", false, "search 1,000,000 chunks, too: an hour, 10 GB of disk for each store")
	program := flag.String("qdrant", os.Getenv("QDRANT_BINARY"), "Qdrant's program, to start it; beats QDRANT_URL")
	upstream := flag.Bool("upstream", false, "be the stand-in for a model's server (used by bench itself)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if *upstream {
		exit(serveUpstream(ctx))
	}
	b := &bench{sizes: []int{1_000, 10_000, 100_000}, qdrant: *program}
	if *large {
		b.sizes = append(b.sizes, 1_000_000)
	}
	err := b.run(ctx, *only)
	b.print()
	if err == nil && *out != "" {
		err = b.write(*out)
	}
	exit(err)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench: "+err.Error())
		os.Exit(1)
	}
	os.Exit(0)
}

func (b *bench) run(ctx context.Context, only string) (err error) {
	if b.dir, err = os.MkdirTemp("", "docent-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	b.docent = filepath.Join(b.dir, "docent")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", b.docent, "./cmd/docent")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w: %s", err, text)
	}
	for _, part := range []struct {
		name    string
		measure func(context.Context) error
	}{{"ingest", b.ingest}, {"start", b.start}, {"streams", b.streams}, {"search", b.search}} {
		if only != "" && only != part.name {
			continue
		}
		if err := part.measure(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return nil
}

func (b *bench) print() {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s/%s, %d processors, %s\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	fmt.Fprintln(w, "WHAT\tMEASURED\tBOUND")
	for _, f := range b.figures {
		fmt.Fprintf(w, "%s\t%s\t%s\n", f.Name, f.measured(), f.Bound)
	}
	w.Flush()
}

func (b *bench) write(name string) error {
	encoded, err := json.MarshalIndent(b.figures, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(encoded, '\n'), 0o644)
}
