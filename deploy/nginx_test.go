// Package deploy_test tries the examples of this folder on the real programs.
package deploy_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"docent/ingest"
	"docent/llm/llmtest"
	"docent/server"
)

// TestNginxPassesAStreamOnEventByEvent starts the real nginx with our example.
// The model is held after its first word: that word must reach the reader
// before the second is said.
func TestNginxPassesAStreamOnEventByEvent(t *testing.T) {
	program, err := exec.LookPath("nginx")
	if err != nil {
		t.Skip("NOT RUN: there is no nginx on this machine")
	}
	gate := make(chan struct{})
	model := llmtest.For(t)
	model.Script(llmtest.HeldAt(1, gate, "Set PORT ", "to another number [1]."))
	client := startNginx(t, program, startDocent(t, model))

	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://ask.example.com/api/v1/chat",
		strings.NewReader(`{"message": "How do I change the port?"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.Header.Get("Content-Type") != "text/event-stream" || answer.Header.Get("Content-Encoding") != "" || answer.Uncompressed {
		t.Errorf("%s %v", answer.Status, answer.Header)
	}
	lines := bufio.NewScanner(answer.Body)
	readUntil(t, lines, "Set PORT")
	close(gate)
	readUntil(t, lines, "to another number")
	readUntil(t, lines, "event: done")
}

func readUntil(t *testing.T, lines *bufio.Scanner, words string) {
	t.Helper()
	for lines.Scan() {
		if strings.Contains(lines.Text(), words) {
			return
		}
	}
	t.Fatalf("the stream ended before %q: %v", words, lines.Err())
}

// startDocent serves a page as nginx.conf says that Docent is to be set up.
func startDocent(t *testing.T, model *llmtest.Server) (address string) {
	t.Helper()
	cfg := server.Defaults()
	cfg.DataDir = t.TempDir()
	cfg.Server.PublicURL, cfg.Server.TrustedProxies = "https://ask.example.com", []string{"127.0.0.1"}
	cfg.Auth.OpenToEveryone, cfg.Limits.RequestsPerMinute = true, "60"
	cfg.Model.BaseURL, cfg.Model.Name = model.URL, "stand-in"
	docs := t.TempDir()
	page := "# Ports\n\n## Change the port\n\nSet `PORT` to another number.\n"
	if err := os.WriteFile(filepath.Join(docs, "port.md"), []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	index, err := server.OpenIndex(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ingest.Run(t.Context(), index, ingest.Source{Name: "docs", Dir: docs}, cfg.Ingest.Config, ingest.Options{}); err != nil {
		t.Fatal(err)
	}
	index.Close()
	srv, err := server.New(cfg, server.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	web := httptest.NewServer(srv.Handler())
	t.Cleanup(web.Close)
	return web.Listener.Addr().String()
}

// startNginx runs nginx.conf on sockets in a folder of its own, with a
// certificate of its own and compression switched on, as many have it, and
// gives a client that reaches it.
func startNginx(t *testing.T, program, upstream string) *http.Client {
	t.Helper()
	dir, err := os.MkdirTemp("", "docent-nginx-") // short: names of sockets are
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	example, err := os.ReadFile("nginx.conf")
	if err != nil {
		t.Fatal(err)
	}
	roots := certificate(t, dir)
	socket := filepath.Join(dir, "tls.sock")
	site := strings.NewReplacer(
		"listen 80;", "listen unix:"+filepath.Join(dir, "plain.sock")+";",
		"listen 443 ssl;", "listen unix:"+socket+" ssl;",
		"/etc/ssl/ask.example.com/", dir+"/",
		"http://127.0.0.1:8000", "http://"+upstream,
	).Replace(string(example))
	whole := "daemon off;\npid " + dir + "/pid;\nerror_log stderr warn;\nevents {}\nhttp {\naccess_log off;\ngzip on;\ngzip_proxied any;\n"
	for _, folder := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		whole += folder + "_temp_path " + dir + "/" + folder + ";\n"
	}
	if err := os.WriteFile(filepath.Join(dir, "whole.conf"), []byte(whole+site+"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, dir, program, socket)
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", socket)
	}
	transport := &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// run starts nginx, waits until it listens, and ends it with the test.
func run(t *testing.T, dir, program, socket string) {
	t.Helper()
	var log bytes.Buffer
	nginx := exec.Command(program, "-p", dir, "-c", filepath.Join(dir, "whole.conf"), "-e", "stderr")
	nginx.Stderr = &log
	if err := nginx.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- nginx.Wait() }()
	t.Cleanup(func() {
		nginx.Process.Signal(os.Interrupt)
		<-ended
	})
	for {
		if c, err := net.Dial("unix", socket); err == nil {
			c.Close()
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("nginx ended: %v\n%s", err, log.String())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// certificate writes a key and a certificate of ask.example.com, and gives the
// pool that trusts it.
func certificate(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"ask.example.com"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	private := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	for name, text := range map[string][]byte{"fullchain.pem": public, "privkey.pem": private} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(public)
	return roots
}
