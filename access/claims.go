package access

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/golang-jwt/jwt/v5"
)

// Bounds of what is kept of a token's claims.
const (
	maxSubject    = 200  // bytes
	maxClaims     = 32   // of them
	maxClaimBytes = 4096 // of names and values together
)

// principal says what the claims of a verified token mean.
func (i *issuer) principal(claims jwt.MapClaims) (Principal, error) {
	subject := text(find(claims, i.cfg.SubjectClaim))
	if subject == "" || len(subject) > maxSubject || strings.ContainsFunc(subject, unicode.IsControl) {
		return Principal{}, badJWT(fmt.Errorf("its claim %s is no subject", i.cfg.SubjectClaim))
	}
	site := i.cfg.Site
	if i.cfg.SiteClaim != "" {
		if named, is := find(claims, i.cfg.SiteClaim).(string); is {
			site = named
		}
		if site == "" {
			return Principal{}, refusal("the token names no site", "", errors.New("without the claim "+i.cfg.SiteClaim))
		}
	}
	return Principal{
		Site: site, Subject: i.cfg.Name + ":" + subject, Scopes: i.scopes(find(claims, i.cfg.ScopesClaim)), Claims: flat(claims),
	}, nil
}

// scopes joins those that every token of the issuer has with those that this
// one claims: words in a text, or a list. Words that are no scopes are left out.
// Of the claim scope, which many providers fill with what a client asks for,
// ingest and admin are taken only where the entry names it.
func (i *issuer) scopes(claimed any) []string {
	var words []string
	switch claimed := claimed.(type) {
	case string:
		words = strings.Fields(claimed)
	case []any:
		for _, c := range claimed {
			words = append(words, text(c))
		}
	}
	return slices.DeleteFunc(AllScopes(), func(s string) bool {
		claimed := slices.Contains(words, s) && (i.trusted || s == ScopeChat || s == ScopeSearch)
		return !slices.Contains(i.cfg.Scopes, s) && !claimed
	})
}

// find gives a claim by its name or, where there is none, by its path:
// "realm_access.roles" is a claim within a claim.
func find(claims map[string]any, name string) any {
	if value, has := claims[name]; has {
		return value
	}
	outer, inner, nested := strings.Cut(name, ".")
	if within, is := claims[outer].(map[string]any); nested && is {
		return find(within, inner)
	}
	return nil
}

// text is a text, number or truth value as text, and "" for all others.
func text(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case json.Number:
		return value.String()
	case bool:
		return fmt.Sprint(value)
	}
	return ""
}

// ofToken are claims about the token, not about who calls.
var ofToken = []string{"iss", "aud", "exp", "nbf", "iat", "jti"}

// flat gives the claims that are texts, numbers or truth values, by name, until
// there are too many.
func flat(claims map[string]any) map[string]string {
	kept, size := map[string]string{}, 0
	for _, name := range slices.Sorted(maps.Keys(claims)) {
		value := text(claims[name])
		if value == "" || slices.Contains(ofToken, name) {
			continue
		}
		if len(kept) == maxClaims || size+len(name)+len(value) > maxClaimBytes {
			continue
		}
		kept[name] = value
		size += len(name) + len(value)
	}
	return kept
}
