package hook

import (
	"cmp"
	"net/url"
	"time"

	"docent"
)

// Config is the hooks section of config.yaml.
type Config struct {
	Before  Hook `yaml:"before"`
	Respond Hook `yaml:"respond"`
	Action  Hook `yaml:"action"`
}

// Hook is a program of the site's owner that is asked by HTTP.
type Hook struct {
	URL          string        `yaml:"url"`     // "": there is none
	Secret       string        `yaml:"secret"`  // signs what is sent
	Timeout      time.Duration `yaml:"timeout"` // of a call, its answer included
	Fail         string        `yaml:"fail"`    // FailOpen or FailClosed
	AllowPrivate bool          `yaml:"allow_private"`
}

// What becomes of a question, or an action, whose hook fails.
const (
	FailOpen   = "open"   // it is answered as if there were no hook; nothing more follows an action
	FailClosed = "closed" // its answer fails
)

// minSecret is the least length of a secret that nobody guesses.
const minSecret = 16

// Validate checks what can be checked without asking anyone; the error is a
// *docent.SettingError.
func (c Config) Validate() error {
	return cmp.Or(c.Before.validate("hooks.before"), c.Respond.validate("hooks.respond"), c.Action.validate("hooks.action"))
}

func (h Hook) validate(key string) error {
	return docent.CheckSettings(
		docent.SettingCheck{OK: h.URL == "" || h.address(), Key: key + ".url", Right: "empty, or an address such as https://logic.example.com/hook, without a user and a password in it"},
		docent.SettingCheck{OK: h.URL == "" || len(h.Secret) >= minSecret, Key: key + ".secret", Right: "a text of 16 or more characters, by which the hook knows who calls"},
		docent.SettingCheck{OK: h.Timeout > 0, Key: key + ".timeout", Right: "above 0"},
		docent.SettingCheck{OK: h.Fail == FailOpen || h.Fail == FailClosed, Key: key + ".fail", Right: "open or closed"},
	)
}

func (h Hook) address() bool {
	u, err := url.Parse(h.URL)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}
