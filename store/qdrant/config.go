package qdrant

import (
	"regexp"
	"time"

	"docent"
)

// Config says which Qdrant, and what there is Docent's.
type Config struct {
	// URL is host, host:port, http:// or https://, see ParseURL.
	URL    string `yaml:"url"`
	APIKey string `yaml:"api_key"`
	// Prefix is the alias, and begins the names of the collections; "" is
	// docent. Letters, digits, "-" and "_".
	Prefix string `yaml:"prefix"`
	// Timeout is the time for one call of a reader; 0 is 10 s. A build's calls,
	// which wait until all is written, have six times that. A server that is
	// away is tried again for a fifth of it by readers, since somebody waits,
	// and for six times of it by builds: a restart is no reason to fail.
	Timeout time.Duration `yaml:"timeout"`
}

// IndexOptions are what an Index can be told. The zero value is good.
type IndexOptions struct {
	KeepReleases int // published releases kept of each unit; 0 is 5
	// Beat is how often a build shows that it lives; 0 is 1 s. One that has
	// been silent for five beats counts as dead, see Begin.
	Beat time.Duration
}

var prefixForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,60}$`)

// Validate checks what can't be connected to; the error is a
// *docent.SettingError. Without a URL nothing is looked at.
func (c Config) Validate() error {
	if c.URL == "" {
		return nil
	}
	if _, _, err := ParseURL(c.URL, c.APIKey); err != nil {
		return &docent.SettingError{Key: "qdrant.url", Right: "host, host:port, http://host or https://host, and https:// where a key goes beyond this machine"}
	}
	return docent.CheckSettings(
		docent.SettingCheck{OK: c.Prefix == "" || prefixForm.MatchString(c.Prefix), Key: "qdrant.prefix", Right: "letters, digits, - and _"},
	)
}

// withDefaults fills in zero values.
func (c Config) withDefaults() (Config, error) {
	if c.Prefix == "" {
		c.Prefix = defaultPrefix
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if !prefixForm.MatchString(c.Prefix) {
		return c, &docent.Error{Code: docent.CodeInvalid, Message: "the prefix of Qdrant's collections is not a name",
			Hint: "use up to 60 letters, digits, - and _"}
	}
	return c, nil
}

func (o IndexOptions) withDefaults() IndexOptions {
	if o.KeepReleases == 0 {
		o.KeepReleases = defaultKeep
	}
	if o.Beat == 0 {
		o.Beat = defaultBeat
	}
	return o
}
