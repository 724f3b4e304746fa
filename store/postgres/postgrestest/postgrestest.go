// Package postgrestest starts real PostgreSQL servers for tests: each in a
// folder of its own, on loopback, gone with the tests. It uses the programs that
// the machine has, and says so where it has none.
package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ErrMissing is the error of a machine without PostgreSQL.
var ErrMissing = errors.New("this machine has no PostgreSQL server (apt-get install postgresql)")

// Server is a PostgreSQL server with the superuser "postgres", who needs no
// password from this machine.
type Server struct {
	port   int
	folder string
	server *exec.Cmd
	ended  chan struct{}
}

// Start makes a server and waits until it answers.
func Start(ctx context.Context) (*Server, error) {
	programs, err := find()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "docent-postgres")
	if err != nil {
		return nil, err
	}
	s := &Server{folder: folder, ended: make(chan struct{})}
	if err := s.start(ctx, programs); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// find gives the folder of initdb and postgres.
func find() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path), nil
		}
	}
	debian, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(debian) == 0 {
		return "", ErrMissing
	}
	return filepath.Dir(debian[len(debian)-1]), nil
}

func (s *Server) start(ctx context.Context, programs string) error {
	if err := giveAway(s.folder); err != nil {
		return err
	}
	data := filepath.Join(s.folder, "data")
	initdb := exec.CommandContext(ctx, filepath.Join(programs, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	initdb.Dir = s.folder
	unprivileged(initdb)
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	var err error
	if s.port, err = freePort(); err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(s.folder, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	s.server = exec.Command(filepath.Join(programs, "postgres"), "-D", data, "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "shared_buffers=16MB", "-c", "autovacuum=off")
	s.server.Dir, s.server.Stdout, s.server.Stderr = s.folder, log, log
	unprivileged(s.server)
	if err := s.server.Start(); err != nil {
		return err
	}
	go func() {
		s.server.Wait()
		close(s.ended)
	}()
	return s.ready(ctx)
}

// ready waits for the line that the server writes when it answers.
func (s *Server) ready(ctx context.Context) error {
	for {
		log, err := os.ReadFile(filepath.Join(s.folder, "log"))
		if err != nil {
			return err
		}
		if strings.Contains(string(log), "ready to accept connections") {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.ended:
			return fmt.Errorf("the server ended: %s", log)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// URL is where a role reaches a database; postgres and postgres are always there.
func (s *Server) URL(role, database string) string {
	return fmt.Sprintf("postgres://%s@127.0.0.1:%d/%s?sslmode=disable", role, s.port, database)
}

// Stop ends the server and deletes what it stored.
func (s *Server) Stop() error {
	if s.server != nil && s.server.Process != nil {
		s.server.Process.Signal(os.Interrupt) // a fast shutdown
		<-s.ended
	}
	return os.RemoveAll(s.folder)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
