package llm

import (
	"fmt"
	"strings"
	"time"

	"docent/analysis"
)

// The providers of embeddings.
const (
	EmbeddingNone    = "none"    // lexical search only
	EmbeddingBuiltin = "builtin" // the program's own model; no server is asked
	EmbeddingOpenAI  = "openai"  // OpenAI, or any server that speaks its embeddings
)

// EmbeddingConfig is embedding: of config.yaml. Only Provider chooses: a key or a
// base URL alone does not.
type EmbeddingConfig struct {
	Provider              string        `yaml:"provider"`                 // EmbeddingNone, EmbeddingBuiltin, EmbeddingOpenAI; "" is none
	BaseURL               string        `yaml:"base_url"`                 // "" is OpenAI's
	APIKey                string        `yaml:"api_key"`                  // "" sends none; see Sharing
	Model                 string        `yaml:"model"`                    // required
	Dimensions            int           `yaml:"dimensions"`               // of vectors; 0 is as the model gives
	QueryPrefix           string        `yaml:"query_prefix"`             // put before each question
	PassagePrefix         string        `yaml:"passage_prefix"`           // put before each passage
	BatchTokens           int           `yaml:"batch_tokens"`             // estimated tokens of a request, unless one text has more
	BatchTexts            int           `yaml:"batch_texts"`              // texts of a request
	Concurrency           int           `yaml:"concurrency"`              // requests at the same time
	MaxInputTokens        int           `yaml:"max_input_tokens"`         // the model's limit for one text, estimated; longer ones are divided
	Retries               int           `yaml:"retries"`                  // further tries of a request
	Timeout               time.Duration `yaml:"timeout"`                  // of one request; 0 waits for ever
	PricePerMillionTokens float64       `yaml:"price_per_million_tokens"` // in US dollars, for estimates; 0 is unknown

	like Place // how a model is asked on the same server; see Sharing
}

// minInputTokens is the smallest limit for a text, beside the prefixes.
const minInputTokens = 32

// Builtin reports whether the program's own model is to be used.
func (c EmbeddingConfig) Builtin() bool { return strings.TrimSpace(c.Provider) == EmbeddingBuiltin }

// Remote reports whether a server is to be asked for vectors.
func (c EmbeddingConfig) Remote() bool {
	p := strings.TrimSpace(c.Provider)
	return p != "" && p != EmbeddingNone && p != EmbeddingBuiltin
}

// Validate says which key is wrong, with its value and what would be right.
// Where no server is asked, the other keys are not looked at.
func (c EmbeddingConfig) Validate() error {
	_, err := c.checked()
	return err
}

// Sharing gives c with what m says of the server, where both lead to the same
// base URL: its key, where c has none, its headers and certificates, and how
// Azure is asked. One key for OpenAI is enough, and it is sent nowhere else.
func (c EmbeddingConfig) Sharing(m Config) EmbeddingConfig {
	if !c.Remote() || !sameBase(c.BaseURL, m.BaseURL) {
		return c
	}
	if blank(c.APIKey) {
		c.APIKey = m.APIKey
	}
	c.like = Place{KeyHeader: m.KeyHeader, APIVersion: m.APIVersion, Headers: m.Headers, CAFile: m.CAFile}.trimmed()
	return c
}

// sameBase reports whether requests to the two go to the same address.
func sameBase(a, b string) bool {
	clean := func(s string) string {
		if s = strings.TrimSpace(s); s == "" {
			s = openAI
		}
		return strings.TrimRight(s, "/")
	}
	return clean(a) == clean(b)
}

// checked gives c with defaults filled in and blanks around values removed, or
// an error of Validate. Prefixes keep their blanks. The API key is never in it.
func (c EmbeddingConfig) checked() (EmbeddingConfig, error) {
	for _, s := range []*string{&c.Provider, &c.BaseURL, &c.APIKey, &c.Model} {
		*s = strings.TrimSpace(*s)
	}
	switch c.Provider {
	case "", EmbeddingNone, EmbeddingBuiltin:
		return c, nil
	case EmbeddingOpenAI:
	default:
		return c, fmt.Errorf("embedding.provider %q: must be builtin, none, or openai (OpenAI or any server that speaks its embeddings)", c.Provider)
	}
	if c.BaseURL == "" {
		c.BaseURL = openAI
	}
	if err := checkBaseURL("embedding", c.BaseURL); err != nil {
		return c, err
	}
	return c, c.checkValues()
}

func (c EmbeddingConfig) checkValues() error {
	prefix := max(analysis.Tokens(c.QueryPrefix), analysis.Tokens(c.PassagePrefix))
	switch {
	case !headerSafe(c.APIKey):
		return fmt.Errorf("embedding.api_key: must be printable ASCII without blanks")
	case c.Model == "":
		return fmt.Errorf("embedding.model: must name a model, such as text-embedding-3-small")
	case c.Dimensions < 0 || c.Dimensions > maxDimensions:
		return fmt.Errorf("embedding.dimensions %d: must be from 1 to %d, or 0 for what the model gives", c.Dimensions, maxDimensions)
	case c.BatchTokens < 1:
		return fmt.Errorf("embedding.batch_tokens %d: must be above 0", c.BatchTokens)
	case c.BatchTexts < 1:
		return fmt.Errorf("embedding.batch_texts %d: must be above 0", c.BatchTexts)
	case c.Concurrency < 1:
		return fmt.Errorf("embedding.concurrency %d: must be above 0", c.Concurrency)
	case c.MaxInputTokens < minInputTokens+prefix:
		return fmt.Errorf("embedding.max_input_tokens %d: must be at least %d with these prefixes", c.MaxInputTokens, minInputTokens+prefix)
	case c.Retries < 0:
		return fmt.Errorf("embedding.retries %d: must be 0 or more", c.Retries)
	case c.Timeout < 0:
		return fmt.Errorf("embedding.timeout %v: must be 0 or more", c.Timeout)
	case !(c.PricePerMillionTokens >= 0): // a NaN too
		return fmt.Errorf("embedding.price_per_million_tokens %v: must be 0 or more", c.PricePerMillionTokens)
	}
	return nil
}

func (c EmbeddingConfig) endpoint() endpoint {
	p := c.like
	p.Name, p.BaseURL, p.APIKey = c.Model, c.BaseURL, c.APIKey
	return endpoint{p, jsonType}
}
