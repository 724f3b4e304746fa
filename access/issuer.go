package access

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"docent"
)

// maxJWT is the length of a JSON Web Token, in bytes. A longer one is refused
// before any work.
const maxJWT = 16 << 10

// Issuers verifies the JSON Web Tokens of configured issuers. A token's iss
// chooses the issuer; its algorithm must be one of that issuer's, and fit the
// kind of its keys, before any of them is tried.
type Issuers struct {
	parser   *jwt.Parser
	byIssuer map[string]*issuer // by iss
	cookies  []string
}

// issuer is an IssuerConfig that was understood.
type issuer struct {
	cfg        IssuerConfig
	trusted    bool // the entry names the claim of scopes: it may give every scope
	algorithms []string
	claims     *jwt.Validator
	fixed      keySet      // of Secret or PublicKey
	remote     *remoteKeys // of the others; nil with fixed ones
}

// NewIssuers understands the entries of auth.issuers; the error is a
// *docent.SettingError. Keys are asked for by client (nil is one of its own)
// when the first token comes. skew is how far other clocks may be off, and now
// the clock (nil is time.Now). The caller closes it.
func NewIssuers(list []IssuerConfig, skew time.Duration, client *http.Client, now func() time.Time) (*Issuers, error) {
	if now == nil {
		now = time.Now
	}
	s := &Issuers{parser: jwt.NewParser(jwt.WithJSONNumber(), jwt.WithStrictDecoding()), byIssuer: map[string]*issuer{}}
	names := map[string]bool{}
	for n, cfg := range list {
		i, err := newIssuer(cfg)
		if err == nil && (names[cfg.Name] || s.byIssuer[cfg.Issuer] != nil) {
			err = errors.New("a name and an issuer of its own")
		}
		if err != nil {
			return nil, &docent.SettingError{Key: "auth.issuers", Right: fmt.Sprintf("entries of which each has %s (entry %d)", err, n+1)}
		}
		i.claims = validator(cfg, skew, now)
		if len(i.fixed) == 0 {
			i.remote = newRemoteKeys(cfg, client, now)
		}
		names[cfg.Name], s.byIssuer[cfg.Issuer] = true, i
		if cfg.Cookie != "" && !slices.Contains(s.cookies, cfg.Cookie) {
			s.cookies = append(s.cookies, cfg.Cookie)
		}
	}
	return s, nil
}

func validator(cfg IssuerConfig, skew time.Duration, now func() time.Time) *jwt.Validator {
	options := []jwt.ParserOption{
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(skew), jwt.WithTimeFunc(now), jwt.WithIssuer(cfg.Issuer),
	}
	if cfg.Audience != "" {
		options = append(options, jwt.WithAudience(cfg.Audience))
	}
	return jwt.NewValidator(options...)
}

// newIssuer understands one entry. Its error says what an entry must have.
func newIssuer(cfg IssuerConfig) (*issuer, error) {
	i := &issuer{cfg: cfg, trusted: cfg.ScopesClaim != ""}
	i.cfg.SubjectClaim = cmp.Or(cfg.SubjectClaim, "sub")
	i.cfg.ScopesClaim = cmp.Or(cfg.ScopesClaim, "scope")
	if cfg.Scopes == nil {
		i.cfg.Scopes = []string{ScopeChat, ScopeSearch}
	}
	switch {
	case !word.MatchString(cfg.Name):
		return nil, errors.New("a name of letters, digits, '.', '_' and '-'")
	case cfg.Issuer == "":
		return nil, errors.New("an issuer, as its tokens say it")
	}
	if err := CheckScopes(cfg.Scopes); err != nil {
		return nil, fmt.Errorf("scopes that %w", err)
	}
	if err := i.chooseKeys(); err != nil {
		return nil, err
	}
	i.algorithms = cfg.Algorithms
	fit := algorithmsFor(i.fixed)
	if len(i.algorithms) == 0 {
		i.algorithms = fit
	}
	for _, a := range i.algorithms {
		if !slices.Contains(fit, a) {
			return nil, fmt.Errorf("algorithms among %s, which fit its kind of key; %q does not", strings.Join(fit, ", "), a)
		}
	}
	return i, nil
}

// chooseKeys reads the keys that stand in the entry, or checks the addresses
// where they are found.
func (i *issuer) chooseKeys() (err error) {
	cfg, sources := i.cfg, 0
	for _, s := range []string{cfg.Secret, cfg.PublicKey, cfg.JWKSURL} {
		if s != "" {
			sources++
		}
	}
	switch {
	case sources > 1:
		return errors.New("one of secret, public_key and jwks_url, or none of them")
	case cfg.Secret != "" && len(cfg.Secret) < minSecret:
		return fmt.Errorf("a secret of at least %d characters", minSecret)
	case cfg.Secret != "":
		i.fixed = keySet{{key: []byte(cfg.Secret)}}
	case cfg.PublicKey != "":
		i.fixed, err = pemKeys(cfg.PublicKey)
	case cfg.Audience == "":
		return errors.New("an audience, without which tokens for other programs would count here")
	case !secureURL(cmp.Or(cfg.JWKSURL, cfg.Issuer)):
		return errors.New("a jwks_url, or without it an issuer, that is an https address, and without a user or password")
	}
	return err
}

// secureURL reports whether keys may be asked for at an address: by https, or
// on this machine. Keys are public: a password in it would only be shown with
// the settings.
func secureURL(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && secure(u) && u.User == nil
}

func secure(u *url.URL) bool {
	return u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && localhost(originOf(u)))
}

// Close waits for requests under way.
func (s *Issuers) Close() {
	for _, i := range s.byIssuer {
		if i.remote != nil {
			i.remote.close()
		}
	}
}

// Cookies are the names of those that may hold a token. The caller changes
// nothing in them.
func (s *Issuers) Cookies() []string { return s.cookies }

// Verify says whom a token is of. Principal.Site is "" where neither the token
// nor the entry names one. Errors are CodeUnauthorized, CodeNotReady where the
// issuer can't be asked for a key that is not known yet, and ctx's.
func (s *Issuers) Verify(ctx context.Context, raw string) (Principal, error) {
	return s.verify(ctx, raw, "")
}

// VerifyCookie is Verify for a token in a cookie: its issuer must be one whose
// tokens may stand there.
func (s *Issuers) VerifyCookie(ctx context.Context, cookie, raw string) (Principal, error) {
	return s.verify(ctx, raw, cookie)
}

func (s *Issuers) verify(ctx context.Context, raw, cookie string) (Principal, error) {
	if len(raw) > maxJWT {
		return Principal{}, badJWT(fmt.Errorf("it has %d bytes", len(raw)))
	}
	claims := jwt.MapClaims{}
	token, _, err := s.parser.ParseUnverified(raw, claims)
	if err != nil {
		return Principal{}, badJWT(err)
	}
	iss, _ := claims["iss"].(string)
	i := s.byIssuer[iss]
	if i == nil || cookie != "" && cookie != i.cfg.Cookie {
		return Principal{}, refusal("the token is of an issuer that this server does not know", "", fmt.Errorf("iss is %q", clip(iss)))
	}
	if err := i.signed(ctx, token, raw[:strings.LastIndexByte(raw, '.')]); err != nil {
		return Principal{}, err
	}
	if err := i.claims.Validate(claims); err != nil {
		return Principal{}, outdated(err)
	}
	return i.principal(claims)
}

// signed checks the signature. Nothing that the token says has been believed
// before.
func (i *issuer) signed(ctx context.Context, t *jwt.Token, text string) error {
	alg := t.Method.Alg()
	if !slices.Contains(i.algorithms, alg) {
		return badJWT(fmt.Errorf("its algorithm %s is none of %v", alg, i.algorithms))
	}
	if t.Header["crit"] != nil {
		return badJWT(errors.New("it has critical extensions"))
	}
	kid, _ := t.Header["kid"].(string)
	check := func(keys keySet) (known, ok bool) {
		for _, key := range keys.find(kid, alg) {
			known = true
			if t.Method.Verify(text, t.Signature, key) == nil {
				return true, true
			}
		}
		return known, false
	}
	if i.remote == nil {
		if _, ok := check(i.fixed); !ok {
			return badJWT(errors.New("its signature is wrong"))
		}
		return nil
	}
	return i.remote.try(ctx, check)
}

// outdated tells what is wrong with the claims of a token whose signature is
// right.
func outdated(err error) error {
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return refusal("the token has expired", "log in again", err)
	case errors.Is(err, jwt.ErrTokenNotValidYet), errors.Is(err, jwt.ErrTokenUsedBeforeIssued):
		return refusal("the token is not valid yet", "look at the clocks of the server and of the issuer", err)
	case errors.Is(err, jwt.ErrTokenInvalidAudience):
		return refusal("the token is for another audience", "", err)
	}
	return badJWT(err)
}

// badJWT is the refusal of a token that says nothing to be believed.
func badJWT(cause error) error { return refusal("the token is not valid", "", cause) }
