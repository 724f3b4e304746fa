package access

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"time"

	"docent"
)

// Config is the auth section of config.yaml.
type Config struct {
	// OpenToEveryone makes every surface of every site public, and gives tokens
	// to callers that are no pages, too.
	OpenToEveryone bool `yaml:"open_to_everyone"`
	// Secret signs tokens and cursors: the first signs, all are believed. A
	// Gate needs one; LoadSecret keeps it in a file.
	Secret      []string       `yaml:"secret"`
	TokenTTL    time.Duration  `yaml:"token_ttl"`     // of a visitor's token
	RenewWithin time.Duration  `yaml:"renew_within"`  // after its end, for the same subject
	BindAddress bool           `yaml:"bind_address"`  // a visitor's token works only from the addresses near its own
	ProofOfWork int            `yaml:"proof_of_work"` // leading zero bits, before a new visitor gets a token; 0 is none
	ClockSkew   time.Duration  `yaml:"clock_skew"`    // that other clocks may be off, either way
	Localhost   bool           `yaml:"localhost"`     // pages of localhost may call every site
	Issuers     []IssuerConfig `yaml:"issuers"`
}

// IssuerConfig is one entry of auth.issuers: whose JSON Web Tokens are
// believed, and what they say. Keys come from one of Secret, PublicKey and
// JWKSURL, or with none of them by OpenID Connect discovery.
type IssuerConfig struct {
	Name         string   `yaml:"name"`          // begins the subjects of its tokens
	Issuer       string   `yaml:"issuer"`        // as the tokens' iss says it, to the letter
	Audience     string   `yaml:"audience"`      // one of the tokens' aud; "" only with Secret or PublicKey
	Secret       string   `yaml:"secret"`        // shared, for HS256 and its kin
	PublicKey    string   `yaml:"public_key"`    // PEM
	JWKSURL      string   `yaml:"jwks_url"`      // of a JSON Web Key Set
	Algorithms   []string `yaml:"algorithms"`    // empty: those that fit the kind of key
	Cookie       string   `yaml:"cookie"`        // that may hold a token, too; "" is none
	SubjectClaim string   `yaml:"subject_claim"` // "" is sub
	SiteClaim    string   `yaml:"site_claim"`    // that names the site; "" is none
	Site         string   `yaml:"site"`          // without that claim; "" is the default site
	ScopesClaim  string   `yaml:"scopes_claim"`  // words in one text, or a list; "" is scope, without ingest and admin
	Scopes       []string `yaml:"scopes"`        // every token's, whatever it claims; nil is chat and search
}

// Site is one entry of sites: a documentation with its own readers. Without
// entries there is one site, docent.DefaultSite.
type Site struct {
	Name    string   `yaml:"name"`
	Key     string   `yaml:"key"`     // what pages name; "" is the name. It is public
	Origins []string `yaml:"origins"` // of pages that may call; see Gate.OriginOf
	Public  []string `yaml:"public"`  // surfaces that need no login; nil is widget and search
	// Mode is docs or chat, see chat.Config; "" is answer.mode.
	Mode string `yaml:"mode"`
	// Instructions are added to those of all sites, see chat.ValidInstructions.
	Instructions string `yaml:"instructions"`
}

// word is what names of sites and issuers, and keys of sites, are made of. A
// colon in an issuer's name would make its subjects ambiguous.
var word = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// maxProofOfWork bits take a browser some seconds.
const maxProofOfWork = 24

// Validate checks what can't be worked with, but for what only NewGate finds
// in issuers' keys; the error is a *docent.SettingError.
func (c Config) Validate() error {
	weak := slices.ContainsFunc(c.Secret, func(s string) bool { return len(s) < minSecret })
	return cmp.Or(docent.CheckSettings(
		docent.SettingCheck{OK: !weak, Key: "auth.secret", Right: fmt.Sprintf("empty, or texts of at least %d characters each", minSecret)},
		docent.SettingCheck{OK: c.TokenTTL > 0, Key: "auth.token_ttl", Right: "above 0"},
		docent.SettingCheck{OK: c.RenewWithin >= 0, Key: "auth.renew_within", Right: "0 or more"},
		docent.SettingCheck{OK: c.ProofOfWork >= 0 && c.ProofOfWork <= maxProofOfWork, Key: "auth.proof_of_work", Right: fmt.Sprintf("a whole number from 0 to %d", maxProofOfWork)},
		docent.SettingCheck{OK: c.ClockSkew >= 0 && c.ClockSkew <= time.Hour, Key: "auth.clock_skew", Right: "from 0 to 1h"},
	))
}

// ValidateSites checks the entries of sites; the error is a
// *docent.SettingError.
func ValidateSites(sites []Site) error {
	_, err := newSites(sites)
	return err
}

// site is a Site that was understood.
type site struct {
	name, key string
	origins   origins
	public    []string
}

// opens reports whether a surface needs no login.
func (s *site) opens(surface string) bool { return slices.Contains(s.public, surface) }

func newSites(list []Site) ([]*site, error) {
	if len(list) == 0 {
		list = []Site{{Name: docent.DefaultSite}}
	}
	var sites []*site
	names, keys := map[string]bool{}, map[string]bool{}
	for i, s := range list {
		made, err := newSite(s)
		if err == nil && (names[made.name] || keys[made.key]) {
			err = fmt.Errorf("another name and key than the entries before, unlike entry %d", i+1)
		}
		if err != nil {
			return nil, &docent.SettingError{Key: "sites", Right: fmt.Sprintf("entries of which each has %s (entry %d)", err, i+1)}
		}
		names[made.name], keys[made.key] = true, true
		sites = append(sites, made)
	}
	return sites, nil
}

// newSite understands one entry. Its error says what an entry must have.
func newSite(s Site) (*site, error) {
	made := &site{name: s.Name, key: cmp.Or(s.Key, s.Name), public: s.Public}
	if !word.MatchString(made.name) || !word.MatchString(made.key) {
		return nil, fmt.Errorf("a name (and key, if any) of letters, digits, '.', '_' and '-'")
	}
	if made.public == nil {
		made.public = []string{SurfaceWidget, SurfaceSearch}
	}
	for _, surface := range made.public {
		if !slices.Contains(AllSurfaces(), surface) {
			return nil, fmt.Errorf("of %v in public, which %q is not", AllSurfaces(), surface)
		}
	}
	var err error
	if made.origins, err = parseOrigins(s.Origins); err != nil {
		return nil, fmt.Errorf("origins such as https://docs.example.com or https://*.example.com, which %w", err)
	}
	return made, nil
}
