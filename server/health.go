package server

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// healthTime is how long a server that runs well may take to say so.
const healthTime = 5 * time.Second

// Healthy asks the server that listens where cfg says for GET /health. nil says
// that a Docent answers there.
func Healthy(ctx context.Context, cfg Config) error {
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, cfg.healthURL(), nil)
	if err != nil {
		return err
	}
	direct := &http.Transport{} // no proxy: it is this machine
	defer direct.CloseIdleConnections()
	answer, err := direct.RoundTrip(request)
	if err != nil {
		return fmt.Errorf("no answer from %s: %w", cfg.healthURL(), err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<10))
	if err != nil {
		return fmt.Errorf("no answer from %s: %w", cfg.healthURL(), err)
	}
	if answer.StatusCode != http.StatusOK || strings.TrimSpace(string(body)) != `{"status":"ok"}` {
		return fmt.Errorf("%s answered %s, and not as docent does", cfg.healthURL(), answer.Status)
	}
	return nil
}

// healthURL is where this machine reaches the server: one that listens on every
// address is asked on loopback.
func (c *Config) healthURL() string {
	host := strings.Trim(c.Server.Host, "[]")
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip == netip.IPv4Unspecified() {
		host = "127.0.0.1"
	} else if err == nil && ip.IsUnspecified() {
		host = "::1"
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(c.Server.Port)) + "/health"
}
