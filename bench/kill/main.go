// Command kill tries to break an ingest while readers ask, and checks that they
// notice nothing:
//
//	go run ./bench/kill             20 kills, one to three minutes a store
//	go run ./bench/kill -kills 100  the whole campaign
//	go run ./bench/kill -seed 7     other moments, another corpus
//
// A made-up corpus goes through generations: pages are added, changed and
// removed, and every section names the generation that wrote it. Each is
// ingested by a process of its own, with vectors of a stand-in for an embedding
// server, and most of these processes are killed (kill -9) at some moment. All
// the time one `docent serve` is asked, by search and for answers. What must
// hold:
//
//   - no request fails, and every answer is of one release, the one that is
//     active or was until a second ago;
//   - after a kill the old release is served; the next run publishes a release
//     that holds exactly the corpus, each chunk with its vector;
//   - no text is embedded twice, but for requests that were under way at a kill;
//   - of two ingests at once one wins, and the other says so with exit code 1;
//   - a full disk, a clock that jumps, `docent index activate` and a store that
//     is killed in mid-upload change nothing of that.
//
// SQLite is always tried. Qdrant is where QDRANT_URL names one, under a prefix
// of its own that is deleted in the end, or where -qdrant names its program,
// which is then started, and killed, too. What the machine can't do is listed
// as NOT RUN. Any violation is printed, and the exit code is 1.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
)

// soak is one run of the program.
type soak struct {
	dir    string // for everything that is written
	docent string // the built program
	jumpy  string // the program with a clock that jumps; "" where it could not be built
	kills  int
	pages  int
	seed   uint64
	port   int
	qdrant string // Qdrant's program; "" for none
	report report
}

func main() {
	s := soak{}
	flag.IntVar(&s.kills, "kills", 20, "how many ingests are killed, for each store")
	flag.IntVar(&s.pages, "pages", 200, "pages of the corpus, about")
	flag.Uint64Var(&s.seed, "seed", 1, "another number gives other moments and another corpus")
	flag.IntVar(&s.port, "port", 0, "where docent serve listens; 0 is any free port")
	flag.StringVar(&s.qdrant, "qdrant", os.Getenv("QDRANT_BINARY"), "Qdrant's program, to start and to kill it; beats QDRANT_URL")
	only := flag.String("store", "", "try one store: sqlite or qdrant")
	upstream := flag.Bool("upstream", false, "be the stand-in for an embedding server (used by the program itself)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *upstream {
		exit(serveUpstream(ctx))
	}
	err := s.run(ctx, *only)
	s.report.print(os.Stdout)
	if n := len(s.report.violations); err == nil && n > 0 {
		err = fmt.Errorf("%d violations", n)
	}
	exit(err)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "kill: "+err.Error())
		os.Exit(1)
	}
	os.Exit(0)
}

func (s *soak) run(ctx context.Context, only string) (err error) {
	if s.dir, err = os.MkdirTemp("", "docent-kill-"); err != nil {
		return err
	}
	defer os.RemoveAll(s.dir)
	if s.docent, err = s.build(ctx, "docent"); err != nil {
		return err
	}
	if err := s.buildJumpy(ctx); err != nil {
		s.report.notRun("clock that jumps", err.Error())
	}
	if only != "qdrant" {
		if err := s.campaign(ctx, "sqlite", store{}); err != nil {
			return fmt.Errorf("sqlite: %w", err)
		}
	}
	if only == "sqlite" {
		return nil
	}
	q, why, err := s.openQdrant(ctx)
	if err != nil || why != "" {
		s.report.notRun("qdrant", cmp.Or(why, "it did not start"))
		return err
	}
	defer func() { err = cmp.Or(err, q.close()) }()
	if err := s.campaign(ctx, "qdrant", q); err != nil {
		return fmt.Errorf("qdrant: %w", err)
	}
	return nil
}

// build compiles the program under a name in the run's folder.
func (s *soak) build(ctx context.Context, name string, flags ...string) (string, error) {
	file := filepath.Join(s.dir, name)
	args := append([]string{"build", "-trimpath", "-ldflags", "-s -w", "-o", file}, flags...)
	build := exec.CommandContext(ctx, "go", append(args, "./cmd/docent")...)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w: %s", err, text)
	}
	return file, nil
}
