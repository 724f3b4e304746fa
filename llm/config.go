package llm

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// openAI is the base URL where the configuration names none.
const openAI = "https://api.openai.com/v1"

// Config is model: of config.yaml.
type Config struct {
	APIKey            string        `yaml:"api_key"`             // "" sends none
	BaseURL           string        `yaml:"base_url"`            // "" is OpenAI's
	Name              string        `yaml:"name"`                // the model that answers; required
	Also              []string      `yaml:"also"`                // other models that a request may name
	Organization      string        `yaml:"organization"`        // "" sends none
	Project           string        `yaml:"project"`             // "" sends none
	MaxTokens         int           `yaml:"max_tokens"`          // of an answer; 0 leaves it to the server
	Temperature       *float64      `yaml:"temperature"`         // 0 to 2; nil is not sent
	FirstTokenTimeout time.Duration `yaml:"first_token_timeout"` // from the question to the first text, all tries and pauses included; 0 waits for ever
	StallTimeout      time.Duration `yaml:"stall_timeout"`       // between two pieces of text; 0 waits for ever
	Retries           int           `yaml:"retries"`             // further tries before the first text; 0 is none
}

// Enabled reports whether a model is configured at all: a key or a base URL.
func (c Config) Enabled() bool {
	return strings.TrimSpace(c.APIKey) != "" || strings.TrimSpace(c.BaseURL) != ""
}

// Validate checks what can't be asked with. Without a model nothing is looked at.
func (c Config) Validate() error {
	if !c.Enabled() {
		return nil
	}
	_, err := c.checked()
	return err
}

// checked gives c with defaults filled in and blanks around values removed, or
// an error that names the key, the value and what would be right. The API key
// itself is never in it.
func (c Config) checked() (Config, error) {
	for _, s := range []*string{&c.APIKey, &c.BaseURL, &c.Name, &c.Organization, &c.Project} {
		*s = strings.TrimSpace(*s)
	}
	if c.BaseURL == "" {
		c.BaseURL = openAI
	}
	if err := checkBaseURL("model", c.BaseURL); err != nil {
		return c, err
	}
	return c, c.checkValues()
}

func (c Config) checkValues() error {
	switch {
	case !headerSafe(c.APIKey):
		return fmt.Errorf("model.api_key: must be printable ASCII without blanks")
	case !headerSafe(c.Organization):
		return fmt.Errorf("model.organization %q: must be printable ASCII without blanks", c.Organization)
	case !headerSafe(c.Project):
		return fmt.Errorf("model.project %q: must be printable ASCII without blanks", c.Project)
	case c.Name == "":
		return fmt.Errorf("model.name: must name a model, such as gpt-4o")
	case slices.ContainsFunc(c.Also, func(s string) bool { return strings.TrimSpace(s) == "" }):
		return fmt.Errorf("model.also: must not hold an empty name")
	case c.MaxTokens < 0:
		return fmt.Errorf("model.max_tokens %d: must be 0 or more", c.MaxTokens)
	case c.Temperature != nil && !(*c.Temperature >= 0 && *c.Temperature <= 2): // a NaN too
		return fmt.Errorf("model.temperature %v: must be between 0 and 2", *c.Temperature)
	case c.FirstTokenTimeout < 0:
		return fmt.Errorf("model.first_token_timeout %v: must be 0 or more", c.FirstTokenTimeout)
	case c.StallTimeout < 0:
		return fmt.Errorf("model.stall_timeout %v: must be 0 or more", c.StallTimeout)
	case c.Retries < 0:
		return fmt.Errorf("model.retries %d: must be 0 or more", c.Retries)
	}
	return nil
}

// checkBaseURL refuses what requests can't be built on. What stands in the
// place of a user and password is not repeated.
func checkBaseURL(section, base string) error {
	u, err := url.Parse(base)
	switch {
	case err != nil && strings.Contains(base, "@"):
		return fmt.Errorf("%s.base_url: is not a URL", section)
	case err != nil:
		return fmt.Errorf("%s.base_url %q: is not a URL", section, base)
	case u.User != nil:
		return fmt.Errorf("%s.base_url: must hold no user or password; the key belongs into %s.api_key", section, section)
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("%s.base_url %q: must be http:// or https://", section, base)
	case u.Hostname() == "":
		return fmt.Errorf("%s.base_url %q: must name a host, such as http://localhost:11434/v1", section, base)
	case u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("%s.base_url %q: must have no ? or # part", section, base)
	}
	return nil
}

// models lists Name and Also, each once.
func (c Config) models() []string {
	list := []string{c.Name}
	for _, name := range c.Also {
		if name = strings.TrimSpace(name); !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// isOpenAI reports whether base, already checked, is one of OpenAI's own hosts
// (the regional ones included).
func isOpenAI(base string) bool {
	u, err := url.Parse(base)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return host == "api.openai.com" || strings.HasSuffix(host, ".api.openai.com")
}

// headerSafe reports whether s can stand in a header as it is.
func headerSafe(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}
