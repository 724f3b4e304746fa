package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// process is a running program.
type process struct {
	cmd    *exec.Cmd
	url    string // where it serves; "" for one that does not
	output bytes.Buffer
	began  time.Time
	ended  time.Time
	done   chan struct{} // closed when it has ended
}

// start runs a program and waits for nothing. What it prints to stderr is kept.
func start(ctx context.Context, env []string, dir, name string, args ...string) (*process, error) {
	p := &process{cmd: command(ctx, env, dir, name, args...), done: make(chan struct{}), began: time.Now()}
	p.cmd.Stderr = &p.output
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go p.wait()
	return p, nil
}

// startServing runs a program until it prints "serving on URL" to stderr, and
// gives the rest of that line, too.
func startServing(ctx context.Context, env []string, dir, name string, args ...string) (*process, string, error) {
	p := &process{cmd: command(ctx, env, dir, name, args...), done: make(chan struct{}), began: time.Now()}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		return nil, "", err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, "", err
	}
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if _, line, found := strings.Cut(lines.Text(), "serving on "); found {
			p.url, _, _ = strings.Cut(line, " ")
			go func() {
				io.Copy(&p.output, stderr)
				p.wait()
			}()
			return p, line, nil
		}
		fmt.Fprintln(&p.output, lines.Text())
	}
	return nil, "", fmt.Errorf("%s did not start: %w: %s", name, p.cmd.Wait(), p.output.String())
}

func command(ctx context.Context, env []string, dir, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env, cmd.Dir = env, dir
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

func (p *process) wait() {
	_ = p.cmd.Wait() // the exit code is what counts
	p.ended = time.Now()
	close(p.done)
}

// code waits for the end and gives the exit code: -1 where it was killed.
func (p *process) code() int {
	<-p.done
	return p.cmd.ProcessState.ExitCode()
}

// result waits for the end and gives the exit code. Where ctx ended the program
// the code means nothing, and ctx's error comes back.
func (p *process) result(ctx context.Context) (code int, err error) {
	code = p.code()
	return code, ctx.Err()
}

// said waits for the end and gives what was printed to stderr.
func (p *process) said() string {
	<-p.done
	return strings.TrimSpace(p.output.String())
}

// kill is kill -9. It reports whether the program was still running.
func (p *process) kill() bool {
	p.cmd.Process.Kill()
	return p.code() == -1
}

// stop interrupts the program and waits for it.
func (p *process) stop() {
	p.cmd.Process.Signal(os.Interrupt)
	<-p.done
}

// cleanEnv is this process's environment without what configures Docent.
func cleanEnv(add ...string) []string {
	var env []string
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		configures := strings.HasPrefix(name, "DOCENT_") || strings.HasPrefix(name, "OPENAI_") || strings.HasPrefix(name, "QDRANT_")
		if !configures && name != "DATABASE_URL" {
			env = append(env, pair)
		}
	}
	return append(env, add...)
}
