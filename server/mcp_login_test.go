package server

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"docent"
	"docent/access"
)

// login is a stand-in for an issuer: it publishes its key, and gives tokens.
type login struct {
	url string
	key *ecdsa.PrivateKey
}

func newLogin(t *testing.T) *login {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	l := &login{key: key}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	text := base64.RawURLEncoding.EncodeToString
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{"issuer": l.url, "jwks_uri": l.url + "/keys", "id_token_signing_alg_values_supported": []string{"ES256"}})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{"keys": []any{map[string]string{
			"kty": "EC", "crv": "P-256", "kid": "1", "alg": "ES256", "use": "sig", "x": text(point[1:33]), "y": text(point[33:]),
		}}})
	})
	h := httptest.NewServer(mux)
	t.Cleanup(h.Close)
	l.url = h.URL
	return l
}

func (l *login) token(t *testing.T, subject, audience string) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"iss": l.url, "aud": audience, "sub": subject, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
	})
	token.Header["kid"] = "1"
	text, err := token.SignedString(l.key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// getJSON reads what an address answers.
func getJSON[T any](t *testing.T, url string) (v T) {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(&v); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", url, answer.Status, err)
	}
	return v
}

// TestAClientFindsTheLoginAndComesBackWithAToken walks the way of a client that knows
// nothing but the address of /mcp.
func TestAClientFindsTheLoginAndComesBackWithAToken(t *testing.T) {
	l := newLogin(t)
	f := start(t, func(c *Config) {
		c.Auth.Issuers = []access.IssuerConfig{{Name: "login", Issuer: l.url, Audience: "docs"}}
	})
	refused := rpc(t, f, http.MethodPost, initialize)
	where := regexp.MustCompile(`^Bearer resource_metadata="([^"]+)"$`).FindStringSubmatch(refused.Header.Get("WWW-Authenticate"))
	if refused.StatusCode != http.StatusUnauthorized || where == nil {
		t.Fatalf("%s %q", refused.Status, refused.Header.Get("WWW-Authenticate"))
	}
	resource := getJSON[struct {
		Resource string   `json:"resource"`
		Servers  []string `json:"authorization_servers"`
	}](t, where[1])
	if resource.Resource != f.url+"/mcp" || len(resource.Servers) != 1 {
		t.Fatalf("%+v", resource)
	}
	issuer := getJSON[struct{ Issuer string }](t, resource.Servers[0]+"/.well-known/openid-configuration").Issuer
	if issuer != l.url {
		t.Fatalf("the issuer is %q", issuer)
	}
	s := agent(t, f, "Authorization", "Bearer "+l.token(t, "ada", "docs"))
	if text, _, failed := tool(t, s, "ask_docs", map[string]any{"question": "How do I change the port?"}); failed {
		t.Errorf("ask_docs: %s", text)
	}
	sessions, err := f.conversations.Sessions(t.Context(), (access.Principal{Site: "default", Subject: "login:ada"}).Owner(), docent.List{})
	if err != nil || len(sessions.Data) != 1 {
		t.Errorf("ada's conversations: %+v, %v", sessions, err)
	}
	wrong := rpc(t, f, http.MethodPost, initialize, "Authorization", "Bearer "+l.token(t, "ada", "another"))
	if how := wrong.Header.Get("WWW-Authenticate"); wrong.StatusCode != http.StatusUnauthorized || !strings.Contains(how, `error="invalid_token"`) || !strings.Contains(how, "resource_metadata=") {
		t.Errorf("a token for another: %s %q", wrong.Status, how)
	}
}
