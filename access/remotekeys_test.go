package access

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"docent"
)

// published is an issuer's server, which a test changes under way.
type published struct {
	*httptest.Server
	mu         sync.Mutex
	keys       any // what /keys says
	answer     http.HandlerFunc
	asked      atomic.Int32 // for keys
	discovered atomic.Int32
}

func newPublished(t testing.TB, keys ...jose.JSONWebKey) *published {
	t.Helper()
	p := &published{keys: jose.JSONWebKeySet{Keys: keys}}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		keys, answer := p.keys, p.answer
		p.mu.Unlock()
		switch r.URL.Path {
		case "/.well-known/openid-configuration":
			p.discovered.Add(1)
			json.NewEncoder(w).Encode(map[string]any{"issuer": p.URL, "jwks_uri": p.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"}})
		case "/keys":
			p.asked.Add(1)
			if answer != nil {
				answer(w, r)
				return
			}
			json.NewEncoder(w).Encode(keys)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(p.Close)
	return p
}

// publish changes the keys.
func (p *published) publish(keys ...jose.JSONWebKey) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = jose.JSONWebKeySet{Keys: keys}
}

// answers changes what /keys does; nil gives the keys again.
func (p *published) answers(h http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = h
}

func (p *published) config() IssuerConfig {
	return IssuerConfig{Name: "id", Issuer: p.URL, Audience: "docent"}
}

// token is one of the issuer's, with a key and its ID.
func (p *published) token(t testing.TB, key any, kid string, changes ...any) string {
	t.Helper()
	return signedAs(t, jwt.SigningMethodRS256, key, kid, said(append([]any{"iss", p.URL}, changes...)...))
}

func published256(kid string, key any) jose.JSONWebKey {
	return jose.JSONWebKey{KeyID: kid, Key: key, Algorithm: "RS256", Use: "sig"}
}

func TestAnIssuerIsDiscoveredAndAskedOnce(t *testing.T) {
	p := newPublished(t, published256("one", &rsaKey().PublicKey))
	s := newIssuers(t, newWatch(), p.config())
	var calling sync.WaitGroup
	for i := range 50 {
		calling.Go(func() {
			who, err := s.Verify(t.Context(), p.token(t, rsaKey(), "one", "sub", fmt.Sprint(i)))
			if err != nil || who.Subject != fmt.Sprint("id:", i) {
				t.Errorf("%+v, %v", who, err)
			}
		})
	}
	calling.Wait()
	if p.asked.Load() != 1 || p.discovered.Load() != 1 {
		t.Errorf("it was asked %d times, discovered %d times", p.asked.Load(), p.discovered.Load())
	}
}

func TestARotatedKeyIsFoundAndTheOldOneForgotten(t *testing.T) {
	w, p := newWatch(), newPublished(t, published256("one", &rsaKey().PublicKey))
	s := newIssuers(t, w, p.config())
	old, fresh := p.token(t, rsaKey(), "one"), p.token(t, otherKey(), "two")
	if _, err := s.Verify(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	p.publish(published256("one", &rsaKey().PublicKey), published256("two", &otherKey().PublicKey))
	for _, token := range []string{fresh, old} { // at once, although the first keys have just come
		if _, err := s.Verify(t.Context(), token); err != nil {
			t.Errorf("while both are published: %v", err)
		}
	}
	p.publish(published256("two", &otherKey().PublicKey))
	w.advance(keysAge)
	s.Verify(t.Context(), fresh) // sees that the keys are old, and uses them
	s.byIssuer[p.URL].remote.working.Wait()
	_, err := s.Verify(t.Context(), old)
	wantRefused(t, err, docent.CodeUnauthorized, "a key that its issuer does not publish")
	if _, err := s.Verify(t.Context(), fresh); err != nil {
		t.Error(err)
	}
}

// TestAKeyThatKeepsItsIDIsFound: some issuers change the key and not its ID, or
// give none.
func TestAKeyThatKeepsItsIDIsFound(t *testing.T) {
	for _, kid := range []string{"same", ""} {
		p := newPublished(t, published256(kid, &rsaKey().PublicKey))
		s := newIssuers(t, newWatch(), p.config())
		if _, err := s.Verify(t.Context(), p.token(t, rsaKey(), kid)); err != nil {
			t.Fatal(err)
		}
		p.publish(published256(kid, &otherKey().PublicKey))
		if _, err := s.Verify(t.Context(), p.token(t, otherKey(), kid)); err != nil {
			t.Errorf("kid %q: %v", kid, err)
		}
		_, err := s.Verify(t.Context(), p.token(t, rsaKey(), kid))
		wantRefused(t, err, docent.CodeUnauthorized, "signature is wrong")
	}
}

// TestUnknownKeysAskTheIssuerSeldom: whoever invents key IDs must not make the
// server flood the issuer.
func TestUnknownKeysAskTheIssuerSeldom(t *testing.T) {
	w, p := newWatch(), newPublished(t, published256("one", &rsaKey().PublicKey))
	s := newIssuers(t, w, p.config())
	good := p.token(t, rsaKey(), "one")
	if _, err := s.Verify(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	for range 30 {
		var calling sync.WaitGroup
		for i := range 20 {
			calling.Go(func() {
				_, err := s.Verify(t.Context(), p.token(t, otherKey(), fmt.Sprint("invented", i)))
				wantRefused(t, err, docent.CodeUnauthorized, "does not publish")
			})
		}
		calling.Wait()
		w.advance(time.Second)
	}
	if n := p.asked.Load(); n != 1+3 {
		t.Errorf("600 unknown keys within 30 s made %d requests, want the first and 3", n)
	}
	if _, err := s.Verify(t.Context(), good); err != nil {
		t.Error(err)
	}
}

func TestKnownKeysAreUsedWhileTheIssuerIsGone(t *testing.T) {
	w, p := newWatch(), newPublished(t, published256("one", &rsaKey().PublicKey))
	s := newIssuers(t, w, p.config())
	good := p.token(t, rsaKey(), "one", "exp", noon.Add(48*time.Hour).Unix())
	if _, err := s.Verify(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	p.CloseClientConnections()
	p.Close()
	for range 3 {
		w.advance(keysAge)
		if _, err := s.Verify(t.Context(), good); err != nil {
			t.Errorf("after %v: %v", w.now().Sub(noon), err)
		}
		s.byIssuer[p.URL].remote.working.Wait()
		_, err := s.Verify(t.Context(), p.token(t, otherKey(), "two"))
		wantRefused(t, err, docent.CodeNotReady, "can't be asked for its keys")
	}
	forged := p.token(t, otherKey(), "one")
	_, err := s.Verify(t.Context(), forged)
	wantRefused(t, err, docent.CodeUnauthorized, "signature is wrong")
}

func TestAnIssuerThatComesLateIsAskedAgain(t *testing.T) {
	w, p := newWatch(), newPublished(t, published256("one", &rsaKey().PublicKey))
	p.answers(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "starting", http.StatusServiceUnavailable) })
	s := newIssuers(t, w, p.config())
	token := p.token(t, rsaKey(), "one")
	for range 5 {
		_, err := s.Verify(t.Context(), token)
		wantRefused(t, err, docent.CodeNotReady, "503")
		var told *docent.Error
		if errors.As(err, &told); told == nil || told.RetryAfter != keysEvery {
			t.Errorf("%v does not say when to come again", err)
		}
	}
	if p.asked.Load() != 1 {
		t.Errorf("it was asked %d times at once", p.asked.Load())
	}
	p.answers(nil)
	w.advance(keysEvery)
	if _, err := s.Verify(t.Context(), token); err != nil {
		t.Error(err)
	}
}

// TestKeySetsThatAreNoneChangeNothing serves what is broken, foreign or empty
// under way.
func TestKeySetsThatAreNoneChangeNothing(t *testing.T) {
	w, p := newWatch(), newPublished(t, published256("one", &rsaKey().PublicKey))
	s := newIssuers(t, w, p.config())
	good := p.token(t, rsaKey(), "one", "exp", noon.Add(1000*time.Hour).Unix())
	if _, err := s.Verify(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	write := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, text) }
	}
	weak, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{published256("two", &weakKey().PublicKey)}})
	if err != nil {
		t.Fatal(err)
	}
	valid := strings.ReplaceAll(string(mustJSON(t, p)), `"one"`, `"two"`)
	for name, answer := range map[string]http.HandlerFunc{
		"no JSON":         write("<html>"),
		"nothing":         write(""),
		"no keys":         write(`{"keys":[]}`),
		"null":            write(`null`),
		"cut":             write(`{"keys":[{"kty":"RSA"`),
		"a shared secret": write(`{"keys":[{"kty":"oct","kid":"one","k":"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}]}`),
		"unknown kinds":   write(`{"keys":[{"kty":"PQ"},7,null,{"kty":"RSA","n":"","e":""}]}`),
		"a weak key":      write(string(weak)),
		"for encryption":  write(strings.ReplaceAll(string(mustJSON(t, p)), `"sig"`, `"enc"`)),
		"too long":        write(valid + strings.Repeat(" ", keysBytes)),
		"an error":        func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "broken", http.StatusInternalServerError) },
		"elsewhere": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://192.0.2.1/keys", http.StatusFound)
		},
		"cut off": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		p.answers(answer)
		w.advance(keysEvery)
		asked := p.asked.Load()
		_, err := s.Verify(t.Context(), p.token(t, otherKey(), "two"))
		if docent.CodeOf(err) != docent.CodeNotReady || p.asked.Load() == asked || name == "elsewhere" && !strings.Contains(err.Error(), "is no https address") {
			t.Errorf("%s: %v, asked %d times", name, err, p.asked.Load()-asked)
		}
		if _, err := s.Verify(t.Context(), good); err != nil {
			t.Errorf("%s: known keys no longer count: %v", name, err)
		}
		_, err = s.Verify(t.Context(), signedAs(t, jwt.SigningMethodHS256, []byte("secretsecretsecretsecretsecret"), "one", said("iss", p.URL)))
		wantRefused(t, err, docent.CodeUnauthorized, "algorithm HS256")
	}
}

func mustJSON(t *testing.T, p *published) []byte {
	t.Helper()
	data, err := json.Marshal(p.keys)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestAKeySetMayHoldKeysOfManyKinds(t *testing.T) {
	p := newPublished(t,
		jose.JSONWebKey{KeyID: "r", Key: &rsaKey().PublicKey}, jose.JSONWebKey{KeyID: "e", Key: &ecKey().PublicKey},
		published256("r256", &rsaKey().PublicKey), jose.JSONWebKey{KeyID: "d", Key: edKey().Public()}, jose.JSONWebKey{KeyID: "s", Key: []byte(testSecret)})
	s := newIssuers(t, newWatch(), p.config())
	claims := said("iss", p.URL)
	for name, token := range map[string]string{
		"RSA": signedAs(t, jwt.SigningMethodPS384, rsaKey(), "r", claims), "EC": signedAs(t, jwt.SigningMethodES256, ecKey(), "e", claims),
		"Ed25519": signedAs(t, jwt.SigningMethodEdDSA, edKey(), "d", claims), "without ID": signedAs(t, jwt.SigningMethodES256, ecKey(), "", claims),
	} {
		if _, err := s.Verify(t.Context(), token); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, token := range map[string]string{
		"the ID of another kind":  signedAs(t, jwt.SigningMethodES256, ecKey(), "r", claims),
		"an RS256 key for PS256":  signedAs(t, jwt.SigningMethodPS256, rsaKey(), "r256", claims),
		"another curve":           signedAs(t, jwt.SigningMethodES384, ec384Key(), "e", claims),
		"the shared one of a set": signedAs(t, jwt.SigningMethodHS256, []byte(testSecret), "s", claims),
	} {
		if _, err := s.Verify(t.Context(), token); docent.CodeOf(err) != docent.CodeUnauthorized {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDiscoveryOfAnotherIssuerIsRefused(t *testing.T) {
	p := newPublished(t, published256("one", &rsaKey().PublicKey))
	cfg := p.config()
	cfg.Issuer += "/" // the document says it without
	s := newIssuers(t, newWatch(), cfg)
	_, err := s.Verify(t.Context(), p.token(t, rsaKey(), "one", "iss", cfg.Issuer))
	wantRefused(t, err, docent.CodeNotReady, "discovery: oidc: issuer")
	cfg.JWKSURL = p.URL + "/keys" // which needs no discovery
	if _, err := newIssuers(t, newWatch(), cfg).Verify(t.Context(), p.token(t, rsaKey(), "one", "iss", cfg.Issuer)); err != nil {
		t.Error(err)
	}
}

// hanging is a transport that answers when it is told to, or never.
type hanging struct {
	asked  atomic.Int32
	answer chan string // the body of an answer
}

func (h *hanging) RoundTrip(r *http.Request) (*http.Response, error) {
	h.asked.Add(1)
	select {
	case body := <-h.answer:
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

func TestASlowIssuerIsWaitedForShortly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hanging{answer: make(chan string)}
		cfg := IssuerConfig{Name: "id", Issuer: "https://id.example.com", Audience: "docent", JWKSURL: "https://id.example.com/keys"}
		s, err := NewIssuers([]IssuerConfig{cfg}, time.Minute, &http.Client{Transport: h}, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		token := func(kid string) string {
			now := time.Now().Unix()
			return signedAs(t, jwt.SigningMethodRS256, rsaKey(), kid, said("iat", now, "nbf", now, "exp", now+86400))
		}
		began := time.Now()
		_, err = s.Verify(t.Context(), token("one"))
		wantRefused(t, err, docent.CodeNotReady, "deadline")
		if took := time.Since(began); took != keysTimeout {
			t.Errorf("it waited for %v", took)
		}

		// Who leaves does not end the request of those who stay.
		time.Sleep(keysEvery)
		left, leave := context.WithCancel(t.Context())
		results := make(chan error, 2)
		go func() { _, err := s.Verify(left, token("one")); results <- err }()
		synctest.Wait()
		go func() { _, err := s.Verify(t.Context(), token("one")); results <- err }()
		synctest.Wait()
		leave()
		if err := <-results; !errors.Is(err, context.Canceled) {
			t.Errorf("who left gets %v", err)
		}
		set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{published256("one", &rsaKey().PublicKey)}})
		if err != nil {
			t.Fatal(err)
		}
		h.answer <- string(set)
		if err := <-results; err != nil {
			t.Errorf("who stayed gets %v", err)
		}

		// While the issuer hangs, known keys are used without waiting.
		time.Sleep(keysAge)
		began = time.Now()
		for range 10 {
			if _, err := s.Verify(t.Context(), token("one")); err != nil {
				t.Error(err)
			}
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("known keys waited for %v", took)
		}
		if n := h.asked.Load(); n != 3 {
			t.Errorf("it was asked %d times, want 3", n)
		}
	})
}

func TestClosingEndsARequestUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hanging{answer: make(chan string)}
		cfg := IssuerConfig{Name: "id", Issuer: "https://id.example.com", Audience: "docent"}
		s, err := NewIssuers([]IssuerConfig{cfg}, 0, &http.Client{Transport: h}, nil)
		if err != nil {
			t.Fatal(err)
		}
		result := make(chan error, 1)
		go func() {
			_, err := s.Verify(t.Context(), signedAs(t, jwt.SigningMethodRS256, rsaKey(), "one", said()))
			result <- err
		}()
		synctest.Wait()
		began := time.Now()
		s.Close()
		if wantRefused(t, <-result, docent.CodeNotReady, "canceled"); time.Since(began) != 0 {
			t.Errorf("closing took %v", time.Since(began))
		}
		_, err = s.Verify(t.Context(), signedAs(t, jwt.SigningMethodRS256, rsaKey(), "one", said()))
		wantRefused(t, err, docent.CodeNotReady, "")
	})
}

func FuzzKeySet(f *testing.F) {
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{published256("one", &rsaKey().PublicKey), {Key: &ecKey().PublicKey}, {Key: edKey().Public()}}})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{string(set), `{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}`, `{"keys":[{"kty":"OKP","crv":"Ed25519","x":""}]}`, `{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}`, `{"keys":null}`, `[]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		keys, err := jwks(body)
		if err == nil && len(keys) == 0 {
			t.Error("a set without keys is none")
		}
		for _, k := range keys {
			if !usable(k.key) {
				t.Errorf("%T is taken", k.key)
			}
			if found := keySet.find(keys, k.id, "HS256"); len(found) > 0 {
				t.Errorf("%T is for HS256", k.key)
			}
		}
	})
}
