// Command docent answers questions about a project's documentation.
//
// main.go and root.go start things; each subcommand has a file of its own;
// config*.go turns the defaults, config.yaml, the environment and flags into
// one server.Config. Nothing else in Docent reads any of these. Answers go to
// stdout, everything else to stderr.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() { os.Exit(start()) }

// start is main with an exit code, for tests that run commands as scripts.
func start() int {
	if exit, is := readsPDF(os.Args); is {
		return exit
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	return run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
}

// run carries out one command line and gives its exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return report(ctx, stderr, root.ExecuteContext(ctx))
}
