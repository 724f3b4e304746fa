// Package deploy_test tries the examples of this folder on the real programs.
package deploy_test

import (
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
	"net/http/cookiejar"
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

// startDocent serves a page as nginx.conf says that Docent is to be set up. change may
// be nil.
func startDocent(t *testing.T, model *llmtest.Server, public string, change func(*server.Config)) (address string) {
	t.Helper()
	cfg := server.Defaults()
	cfg.DataDir = t.TempDir()
	cfg.Server.PublicURL, cfg.Server.TrustedProxies = public, []string{"127.0.0.1"}
	cfg.Auth.OpenToEveryone, cfg.Limits.RequestsPerMinute = true, "60"
	cfg.Model.BaseURL, cfg.Model.Name = model.URL, "stand-in"
	cfg.Answer.CacheFor = 0
	if change != nil {
		change(&cfg)
	}
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

// site is what stands before Docent: servers of nginx, and what readers then ask.
type site struct {
	servers string // an nginx.conf, but for its http block
	public  string // server.public_url; "" is none
	address string // without a slash at its end
}

// example is nginx.conf with TLS or without.
func example(t *testing.T, tls bool, public string) site {
	t.Helper()
	text, err := os.ReadFile("nginx.conf")
	if err != nil {
		t.Fatal(err)
	}
	servers := string(text)
	if tls {
		servers = strings.ReplaceAll(servers, "#tls# ", "")
	}
	return site{servers, public, public}
}

// startNginx runs nginx on sockets in a folder of its own, with a certificate of its
// own and compression switched on, as many have it, and gives a client that reaches it.
func startNginx(t *testing.T, upstream, servers string) *http.Client {
	t.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		t.Skip("NOT RUN: there is no nginx on this machine")
	}
	dir, err := os.MkdirTemp("", "docent-nginx-") // short: names of sockets are
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	roots := certificate(t, dir)
	plain, secure := filepath.Join(dir, "plain.sock"), filepath.Join(dir, "tls.sock")
	servers = strings.NewReplacer(
		"listen 80;", "listen unix:"+plain+";",
		"listen 443 ssl;", "listen unix:"+secure+" ssl;",
		"/etc/ssl/ask.example.com/", dir+"/", "/etc/ssl/docs.example.com/", dir+"/",
		"http://127.0.0.1:8000", "http://"+upstream,
	).Replace(servers)
	whole := "daemon off;\npid " + dir + "/pid;\nerror_log stderr warn;\nevents {}\nhttp {\naccess_log off;\ngzip on;\ngzip_proxied any;\n"
	for _, folder := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		whole += folder + "_temp_path " + dir + "/" + folder + ";\n"
	}
	if err := os.WriteFile(filepath.Join(dir, "whole.conf"), []byte(whole+servers+"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, dir, program, plain)
	dial := func(ctx context.Context, _, address string) (net.Conn, error) {
		var d net.Dialer
		if strings.HasSuffix(address, ":443") {
			return d.DialContext(ctx, "unix", secure)
		}
		return d.DialContext(ctx, "unix", plain)
	}
	transport := &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(transport.CloseIdleConnections)
	jar, err := cookiejar.New(nil) // visitors are known by a cookie
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Transport: transport, Jar: jar}
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
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"ask.example.com", "docs.example.com"}, NotAfter: time.Now().Add(time.Hour)}
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
