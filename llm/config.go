package llm

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Config is model: of config.yaml.
type Config struct {
	APIKey            string        `yaml:"api_key"`             // "" sends none
	BaseURL           string        `yaml:"base_url"`            // "" is OpenAI's
	Name              string        `yaml:"name"`                // the model that answers; required
	Also              []string      `yaml:"also"`                // other models of the same server that a request may name
	Fallbacks         []Place       `yaml:"fallbacks"`           // asked in order where the model gives no answer; see Place
	KeyHeader         string        `yaml:"key_header"`          // see Place
	APIVersion        string        `yaml:"api_version"`         // see Place
	Headers           []Header      `yaml:"headers"`             // sent along with each request
	CAFile            string        `yaml:"ca_file"`             // see Place
	Organization      string        `yaml:"organization"`        // "" sends none
	Project           string        `yaml:"project"`             // "" sends none
	MaxTokens         int           `yaml:"max_tokens"`          // of an answer; 0 leaves it to the server
	Temperature       *float64      `yaml:"temperature"`         // 0 to 2; nil is not sent
	TopP              *float64      `yaml:"top_p"`               // 0 to 1; nil is not sent
	Stop              []string      `yaml:"stop"`                // texts before which an answer ends; none is not sent
	ReasoningEffort   string        `yaml:"reasoning_effort"`    // in the server's words; "" is not sent
	Prices            []Price       `yaml:"prices"`              // of models; one without a price costs 0
	FirstTokenTimeout time.Duration `yaml:"first_token_timeout"` // from the question to the first text, all tries and pauses included; each fallback has as long again; 0 waits for ever
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

// checked gives c with defaults filled in, in its fallbacks too, and blanks
// around values removed, or an error that names the key, the value and what
// would be right. No key and no header's value is ever in it.
func (c Config) checked() (Config, error) {
	main := c.place().trimmed()
	if main.BaseURL == "" {
		main.BaseURL = openAI
	}
	if err := main.check("model"); err != nil {
		return c, err
	}
	c.APIKey, c.BaseURL, c.Name, c.KeyHeader, c.APIVersion = main.APIKey, main.BaseURL, main.Name, main.KeyHeader, main.APIVersion
	c.CAFile, c.Organization, c.Project = main.CAFile, main.Organization, main.Project
	c.Fallbacks = slices.Clone(c.Fallbacks)
	for i, f := range c.Fallbacks {
		section := fmt.Sprintf("model.fallbacks[%d]", i)
		f = f.trimmed().orAs(main)
		if err := f.check(section); err != nil {
			return c, err
		}
		if f.Name == main.Name && f.sameServer(main) {
			return c, fmt.Errorf("%s: must differ from model in its name, base_url or api_key", section)
		}
		c.Fallbacks[i] = f
	}
	return c, c.checkValues()
}

func (c Config) checkValues() error {
	for i, p := range c.Prices {
		if err := p.check(i); err != nil {
			return err
		}
	}
	switch {
	case slices.ContainsFunc(c.Also, blank):
		return fmt.Errorf("model.also: must not hold an empty name")
	case c.MaxTokens < 0:
		return fmt.Errorf("model.max_tokens %d: must be 0 or more", c.MaxTokens)
	case c.Temperature != nil && !(*c.Temperature >= 0 && *c.Temperature <= 2): // a NaN too
		return fmt.Errorf("model.temperature %v: must be between 0 and 2", *c.Temperature)
	case c.TopP != nil && !(*c.TopP >= 0 && *c.TopP <= 1):
		return fmt.Errorf("model.top_p %v: must be between 0 and 1", *c.TopP)
	case slices.Contains(c.Stop, ""):
		return fmt.Errorf("model.stop: must not hold an empty text")
	case c.FirstTokenTimeout < 0:
		return fmt.Errorf("model.first_token_timeout %v: must be 0 or more", c.FirstTokenTimeout)
	case c.StallTimeout < 0:
		return fmt.Errorf("model.stall_timeout %v: must be 0 or more", c.StallTimeout)
	case c.Retries < 0:
		return fmt.Errorf("model.retries %d: must be 0 or more", c.Retries)
	}
	return nil
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// place is where the model itself is.
func (c Config) place() Place {
	return Place{
		Name: c.Name, BaseURL: c.BaseURL, APIKey: c.APIKey, KeyHeader: c.KeyHeader, APIVersion: c.APIVersion,
		Headers: c.Headers, CAFile: c.CAFile, Organization: c.Organization, Project: c.Project,
	}
}

// models lists all models that a request may name, each once: Name and Also,
// then those of fallbacks.
func (c Config) models() []string {
	var list []string
	add := func(name string) {
		if name = strings.TrimSpace(name); !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	add(c.Name)
	for _, name := range c.Also {
		add(name)
	}
	for _, f := range c.Fallbacks {
		add(f.Name)
	}
	return list
}
