package mcp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"runtime/debug"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"docent"
	"docent/guard"
	"docent/tools"
)

const (
	// maxMessage bounds what a server sends in one message, in bytes.
	maxMessage = 4 << 20
	// endWithin is how long a program may take to end by itself.
	endWithin = 2 * time.Second
)

// connect begins a session, within the server's time.
func (s *server) connect(ctx context.Context) (*mcp.ClientSession, error) {
	options := &mcp.ClientOptions{
		Capabilities: &mcp.ClientCapabilities{},
		ToolListChangedHandler: func(context.Context, *mcp.ToolListChangedRequest) {
			select {
			case s.changed <- struct{}{}:
			default:
			}
		},
	}
	transport, err := s.transport()
	if err != nil {
		return nil, &docent.Error{Code: docent.CodeNotReady, Message: "its program can't be started", Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	session, err := mcp.NewClient(&mcp.Implementation{Name: "docent", Version: version()}, options).Connect(ctx, transport, nil)
	if err != nil {
		return nil, &docent.Error{Code: docent.CodeNotReady, Message: "it does not answer", Err: err}
	}
	return session, nil
}

// version is the module's, as it was built.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "dev"
}

func (s *server) transport() (mcp.Transport, error) {
	if s.URL == "" {
		return s.start()
	}
	client := guard.NewClient(guard.Config{AllowPrivate: true, Timeout: s.timeout, MaxRedirects: -1})
	client.Transport = headed{client.Transport, s.Headers}
	return &mcp.StreamableClientTransport{Endpoint: s.URL, HTTPClient: client, MaxRetries: -1, DisableStandaloneSSE: true, MaxEventSize: maxMessage}, nil
}

// headed adds headers to requests, and bounds answers.
type headed struct {
	next    http.RoundTripper
	headers []tools.Header
}

// RoundTrip implements http.RoundTripper.
func (h headed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	for _, header := range h.headers {
		r.Header.Set(header.Name, header.Value)
	}
	answer, err := h.next.RoundTrip(r)
	if err == nil {
		answer.Body = &bounded{answer.Body, 2 * maxMessage}
	}
	return answer, err
}

// errTooLong ends a connection.
var errTooLong = errors.New("the MCP server sent a message that is too long")

// bounded ends with an error after so many bytes.
type bounded struct {
	io.ReadCloser
	left int
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, errTooLong
	}
	return n, err
}

// start starts the server's program.
func (s *server) start() (mcp.Transport, error) {
	command := exec.Command(s.Command, s.Args...)
	command.Env = environment(s.Env)
	command.Stderr = &said{log: s.log}
	command.WaitDelay = endWithin
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	in, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	return &mcp.IOTransport{
		Reader: io.NopCloser(out), Writer: &program{in, command}, MaxLineLength: maxMessage,
	}, nil
}

// program is the standard input of a program, which ends when that is closed.
type program struct {
	io.WriteCloser
	command *exec.Cmd
}

// Close ends the program: by itself, or after a while by force.
func (p *program) Close() error {
	err := p.WriteCloser.Close()
	late := time.AfterFunc(endWithin, func() { _ = p.command.Process.Kill() })
	defer late.Stop()
	_ = p.command.Wait() // how it ended is nobody's concern
	return err
}

// passed are the variables that programs need, on any system.
var passed = []string{
	"PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "LANG", "TMPDIR", "TZ", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY",
	"APPDATA", "LOCALAPPDATA", "PATHEXT", "PROGRAMFILES", "SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "TMP", "USERNAME", "USERPROFILE",
}

func environment(own []tools.Header) []string {
	var all []string
	for _, name := range passed {
		if value, has := os.LookupEnv(name); has {
			all = append(all, name+"="+value)
		}
	}
	for _, e := range own {
		all = append(all, e.Name+"="+e.Value)
	}
	return all
}
