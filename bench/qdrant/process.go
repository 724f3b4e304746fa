package qdrant

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Process is a Qdrant on loopback, with free ports and a folder of its own.
type Process struct {
	program, dir string
	http, grpc   int

	cmd    *exec.Cmd
	output bytes.Buffer
	done   chan struct{} // closed when it has ended
}

func startProcess(ctx context.Context, program, dir string) (*Process, error) {
	p := &Process{program: program, dir: dir}
	err := os.MkdirAll(dir, 0o755)
	for _, port := range []*int{&p.http, &p.grpc} {
		if err == nil {
			*port, err = freePort()
		}
	}
	if err != nil {
		return nil, err
	}
	return p, p.Start(ctx)
}

func (p *Process) url() string     { return fmt.Sprintf("http://127.0.0.1:%d", p.grpc) }
func (p *Process) httpURL() string { return fmt.Sprintf("http://127.0.0.1:%d", p.http) }

// Start starts it, again after Kill, and waits until it is ready. It ends with
// ctx at the latest.
func (p *Process) Start(ctx context.Context) error {
	p.output.Reset()
	p.done = make(chan struct{})
	p.cmd = exec.CommandContext(ctx, p.program)
	p.cmd.Dir, p.cmd.Stderr, p.cmd.WaitDelay = p.dir, &p.output, 5*time.Second
	p.cmd.Env = append(os.Environ(), "QDRANT__SERVICE__HOST=127.0.0.1", fmt.Sprint("QDRANT__SERVICE__HTTP_PORT=", p.http),
		fmt.Sprint("QDRANT__SERVICE__GRPC_PORT=", p.grpc), "QDRANT__TELEMETRY_DISABLED=true")
	if err := p.cmd.Start(); err != nil {
		return err
	}
	go func() {
		_ = p.cmd.Wait() // the exit code says nothing
		close(p.done)
	}()
	for ctx.Err() == nil {
		select {
		case <-p.done:
			return fmt.Errorf("qdrant ended: %s", strings.TrimSpace(p.output.String()))
		case <-time.After(20 * time.Millisecond):
		}
		answer, err := http.Get(p.httpURL() + "/readyz")
		if err != nil {
			continue
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			return nil
		}
	}
	return ctx.Err()
}

// Kill is kill -9.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.done
}

// Stop interrupts it and waits for its end.
func (p *Process) Stop() {
	_ = p.cmd.Process.Signal(os.Interrupt) // likewise
	<-p.done
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
