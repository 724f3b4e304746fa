package llm

import (
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"docent"
	"docent/llm/llmtest"
)

func TestAzureIsAskedAtItsDeployment(t *testing.T) {
	const version = "2024-10-21"
	for _, tc := range []struct{ base, version, name, want string }{
		{"https://r.openai.azure.com", version, "gpt-4o", "https://r.openai.azure.com/openai/deployments/gpt-4o"},
		{"https://r.openai.azure.com/openai/", version, "my model", "https://r.openai.azure.com/openai/deployments/my%20model"},
		{"https://r.openai.azure.com/openai/deployments/x", version, "gpt-4o", "https://r.openai.azure.com/openai/deployments/x"},
		{"https://r.openai.azure.com/openai/v1/", "", "gpt-4o", "https://r.openai.azure.com/openai/v1"},
		{"https://r.openai.azure.com/openai/v1", "preview", "gpt-4o", "https://r.openai.azure.com/openai/v1"},
		{"https://gateway.example.com/azure", version, "gpt-4o", "https://gateway.example.com/azure/openai/deployments/gpt-4o"},
		{"http://localhost:11434/v1", "", "llama", "http://localhost:11434/v1"},
	} {
		if got := (Place{Name: tc.name, BaseURL: tc.base, APIVersion: tc.version}).base(); got != tc.want {
			t.Errorf("%+v: %s", tc, got)
		}
	}
}

func TestKeysStandInTheHeaderThatTheServerReads(t *testing.T) {
	for _, tc := range []struct{ base, header, want string }{
		{openAI, "", "Authorization: Bearer k"}, {"https://r.openai.azure.com/openai/v1", "", "api-key: k"},
		{"https://R.Services.AI.azure.com", "", "api-key: k"}, {"https://openai.azure.com.evil.example", "", "Authorization: Bearer k"},
		{"https://r.openai.azure.com", "authorization", "Authorization: Bearer k"}, {"http://h", "X-Key", "X-Key: k"},
	} {
		name, value := Place{BaseURL: tc.base, KeyHeader: tc.header, APIKey: "k"}.keyHeader()
		if got := name + ": " + value; got != tc.want {
			t.Errorf("%s %q: %s", tc.base, tc.header, got)
		}
	}
}

// TestRequestsToAzureAreAsItWantsThem holds address, version, key and further
// headers as they arrive, and that no error repeats what is secret of them.
func TestRequestsToAzureAreAsItWantsThem(t *testing.T) {
	s := llmtest.For(t)
	var asked []*http.Request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r)
		if len(asked) == 2 {
			http.Error(w, `{"error":{"message":"`+r.Header.Get("X-Team")+` with a-secret-key"}}`, http.StatusBadRequest)
			return
		}
		r.URL.Path = "/v1/chat/completions"
		forwarder(t, s).ServeHTTP(w, r)
	}))
	defer server.Close()
	c := newClient(t, s, func(c *Config) {
		c.BaseURL, c.Name, c.APIVersion, c.KeyHeader = server.URL, "gpt-4o", "2024-10-21", azureKey
		c.Headers = []Header{{"X-Team", "hidden-value of two words"}}
	})
	if _, _, err := ask(c); err != nil {
		t.Fatal(err)
	}
	r := asked[0]
	if got := r.RequestURI; got != "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21" {
		t.Errorf("asked at %s", got)
	}
	if h := r.Header; h.Get("Api-Key") != "a-secret-key" || h.Get("Authorization") != "" || h.Get("X-Team") != "hidden-value of two words" {
		t.Errorf("headers %v", h)
	}
	_, _, err := ask(c)
	wantError(t, err, docent.CodeModelFailed)
	if strings.Contains(err.Error(), "hidden-value") {
		t.Errorf("the error shows a header: %v", err)
	}
}

// forwarder leads requests to the stand-in.
func forwarder(t *testing.T, s *llmtest.Server) http.Handler {
	t.Helper()
	to, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out := r.Clone(r.Context())
		out.RequestURI, out.URL.Scheme, out.URL.Host = "", to.Scheme, to.Host
		res, err := http.DefaultTransport.RoundTrip(out)
		if err != nil {
			t.Error(err)
			return
		}
		defer res.Body.Close()
		w.Header().Set("Content-Type", res.Header.Get("Content-Type"))
		w.WriteHeader(res.StatusCode)
		io.Copy(w, res.Body)
	})
}

// newTLS serves the stand-in by HTTPS, and gives the file with its certificate.
func newTLS(t *testing.T, s *llmtest.Server) (server *httptest.Server, caFile string) {
	t.Helper()
	server = httptest.NewUnstartedServer(forwarder(t, s))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	caFile = filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(caFile, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return server, caFile
}

func TestAPrivateAuthorityIsTrustedWhereItIsNamed(t *testing.T) {
	s := llmtest.For(t)
	server, caFile := newTLS(t, s)
	trusting := func(c *Config) { c.BaseURL, c.CAFile = server.URL+"/v1", caFile }
	if _, _, err := ask(newClient(t, s, trusting)); err != nil {
		t.Error(err)
	}
	_, _, err := ask(newClient(t, s, func(c *Config) { trusting(c); c.CAFile = "" }))
	var unknown *tls.CertificateVerificationError
	if wantError(t, err, docent.CodeModelFailed); !errors.As(err, &unknown) {
		t.Errorf("a certificate of nobody: %v", err)
	}
	for name, text := range map[string]string{"missing.pem": "", "empty.pem": "no certificate"} {
		file := filepath.Join(t.TempDir(), name)
		if text != "" {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := New(Config{Name: "m", CAFile: file}); err == nil || !strings.HasPrefix(err.Error(), "model.ca_file: ") || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestProxiesAreUsedAndPassedBy runs itself as a second process, since the
// environment's proxies are read once. The model is one that only the proxy
// finds.
func TestProxiesAreUsedAndPassedBy(t *testing.T) {
	const model = "https://example.com/v1" // as the stand-in's certificate says
	if base := os.Getenv("MODEL_BEHIND_PROXY"); base != "" {
		s := llmtest.For(t)
		c := newClient(t, s, func(c *Config) { c.BaseURL, c.CAFile = base, os.Getenv("MODEL_CA_FILE") })
		if _, _, err := ask(c); err != nil {
			t.Fatal(err)
		}
		transport := c.targets[0].client.Transport.(letGo).next.(*http.Transport)
		direct, _ := http.NewRequest(http.MethodPost, "https://models.internal/v1", nil)
		if proxy, err := transport.Proxy(direct); proxy != nil || err != nil {
			t.Errorf("a host of NO_PROXY is asked by %v, %v", proxy, err)
		}
		return
	}
	s := llmtest.For(t)
	server, caFile := newTLS(t, s)
	var tunnels atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Host != "example.com:443" {
			t.Errorf("the proxy was asked for %s %s", r.Method, r.Host)
		}
		tunnels.Add(1)
		tunnel(t, w, server.Listener.Addr().String())
	}))
	defer proxy.Close()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "HTTPS_PROXY="+proxy.URL, "NO_PROXY=.internal", "MODEL_BEHIND_PROXY="+model, "MODEL_CA_FILE="+caFile)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if len(s.Requests()) != 1 || tunnels.Load() != 1 {
		t.Errorf("%d requests by %d tunnels", len(s.Requests()), tunnels.Load())
	}
}

// tunnel joins the client with addr, as a proxy does after CONNECT.
func tunnel(t *testing.T, w http.ResponseWriter, addr string) {
	near, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	defer near.Close()
	far, err := net.Dial("tcp", addr)
	if err != nil {
		t.Error(err)
		return
	}
	defer far.Close()
	if _, err := io.WriteString(near, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
		t.Error(err)
	}
	go io.Copy(far, near)
	io.Copy(near, far)
}

func TestFallbacksAreCheckedAsTheModelIs(t *testing.T) {
	for _, tc := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.Fallbacks = []Place{{Name: "x"}, {}} }, "model.fallbacks[1]: must differ from model in its name, base_url or api_key"},
		{func(c *Config) { c.Fallbacks = []Place{{BaseURL: "h"}} }, `model.fallbacks[0].base_url "h": must be http:// or https://`},
		{func(c *Config) { c.Fallbacks = []Place{{BaseURL: "http://h", APIKey: "a b"}} }, "model.fallbacks[0].api_key: must be printable ASCII without blanks"},
		{func(c *Config) { c.Headers = []Header{{"X Y", "v"}} }, `model.headers: "X Y" is no name of a header`},
		{func(c *Config) { c.Headers = []Header{{"X-Y", "secret\n"}} }, "model.headers: the value of X-Y must be printable ASCII"},
		{func(c *Config) { c.KeyHeader = "a:b" }, `model.key_header "a:b": must be the name of a header, such as api-key`},
		{func(c *Config) { c.BaseURL = "https://r.openai.azure.com/" }, "model.api_version: must be set for a deployment of Azure, such as 2024-10-21; or let model.base_url end with /openai/v1"},
		{func(c *Config) { c.TopP = new(2.0) }, "model.top_p 2: must be between 0 and 1"},
		{func(c *Config) { c.Stop = []string{""} }, "model.stop: must not hold an empty text"},
		{func(c *Config) { c.Prices = []Price{{Model: " "}} }, "model.prices[0].model: must name a model"},
		{func(c *Config) { c.Prices = []Price{{Model: "m", Output: -1}} }, "model.prices[0]: must be 0 or more"},
	} {
		cfg := Config{Name: "m"}
		tc.change(&cfg)
		if _, err := New(cfg); err == nil || err.Error() != tc.want {
			t.Errorf("error %v, want %s", err, tc.want)
		}
	}
}
