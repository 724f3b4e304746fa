package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// process is a running program that printed the address it serves on.
type process struct {
	cmd *exec.Cmd
	url string
	// ready is the time from its start to the printing of the address.
	ready time.Duration

	mu   sync.Mutex
	most collection
}

// collection is what Go's collector reports of a cycle, where GODEBUG has
// gctrace=1, in MB: the heap that is in use after it, and the stacks.
type collection struct{ heap, stacks int }

// startProcess runs a program until it prints "serving on URL" to stderr.
func startProcess(ctx context.Context, env []string, name string, args ...string) (*process, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if _, rest, found := strings.Cut(lines.Text(), "serving on "); found {
			url, _, _ := strings.Cut(rest, " ")
			p := &process{cmd: cmd, url: url, ready: time.Since(began)}
			go p.read(lines, stderr) // ends with the process
			return p, nil
		}
	}
	return nil, fmt.Errorf("%s did not start: %w", name, cmd.Wait())
}

// read takes what the process prints to stderr.
func (p *process) read(lines *bufio.Scanner, rest io.Reader) {
	defer io.Copy(io.Discard, rest) // after a line that is too long
	for lines.Scan() {
		var c collection
		_, cycle, found := strings.Cut(lines.Text(), " ms cpu, ")
		if !found {
			continue
		}
		var before, peak, goal int
		if _, err := fmt.Sscanf(cycle, "%d->%d->%d MB, %d MB goal, %d MB stacks", &before, &peak, &c.heap, &goal, &c.stacks); err != nil {
			continue
		}
		p.mu.Lock()
		p.most = collection{max(p.most.heap, c.heap), max(p.most.stacks, c.stacks)}
		p.mu.Unlock()
	}
}

// collected gives the most that any collection has reported so far.
func (p *process) collected() collection {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.most
}

// stop interrupts the process and waits for it. An exit code is no error here.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(os.Interrupt)
	_ = p.cmd.Wait()
}

// memory reads a line of /proc/PID/status ("VmRSS", "VmHWM") in MB; 0 where the
// system has none.
func (p *process) memory(line string) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for _, l := range strings.Split(string(text), "\n") {
		if rest, found := strings.CutPrefix(l, line+":"); found {
			kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1024
		}
	}
	return 0
}

// cpu reads the processor time that the process has used; 0 where the system
// does not tell.
func (p *process) cpu() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11]) // fields 14 and 15 of proc(5), in hundredths of a second
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}
