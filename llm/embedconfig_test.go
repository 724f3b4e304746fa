package llm

import (
	"math"
	"strings"
	"testing"
)

// embedding is a configuration that is right.
func embedding() EmbeddingConfig {
	return EmbeddingConfig{Provider: EmbeddingOpenAI, Model: "m", BatchTokens: 1, BatchTexts: 1, Concurrency: 1, MaxInputTokens: 512}
}

func TestEmbeddingErrorsNameTheKeyAndWhatWouldBeRight(t *testing.T) {
	for _, tc := range []struct {
		change func(*EmbeddingConfig)
		want   string
	}{
		{func(c *EmbeddingConfig) { c.Provider = "local" }, `embedding.provider "local": must be builtin, none, or openai (OpenAI or any server that speaks its embeddings)`},
		{func(c *EmbeddingConfig) { c.BaseURL = "ftp://x" }, `embedding.base_url "ftp://x": must be http:// or https://`},
		{func(c *EmbeddingConfig) { c.BaseURL = "http://me:pw@h" }, `embedding.base_url: must hold no user or password; the key belongs into embedding.api_key`},
		{func(c *EmbeddingConfig) { c.APIKey = "two words" }, `embedding.api_key: must be printable ASCII without blanks`},
		{func(c *EmbeddingConfig) { c.Model = " " }, `embedding.model: must name a model, such as text-embedding-3-small`},
		{func(c *EmbeddingConfig) { c.Dimensions = -1 }, `embedding.dimensions -1: must be from 1 to 16384, or 0 for what the model gives`},
		{func(c *EmbeddingConfig) { c.Dimensions = 20000 }, `embedding.dimensions 20000: must be from 1 to 16384, or 0 for what the model gives`},
		{func(c *EmbeddingConfig) { c.BatchTokens = 0 }, `embedding.batch_tokens 0: must be above 0`},
		{func(c *EmbeddingConfig) { c.BatchTexts = 0 }, `embedding.batch_texts 0: must be above 0`},
		{func(c *EmbeddingConfig) { c.Concurrency = 0 }, `embedding.concurrency 0: must be above 0`},
		{func(c *EmbeddingConfig) { c.MaxInputTokens = 31 }, `embedding.max_input_tokens 31: must be at least 32 with these prefixes`},
		{func(c *EmbeddingConfig) { c.MaxInputTokens, c.QueryPrefix = 33, "query: " }, `embedding.max_input_tokens 33: must be at least 35 with these prefixes`},
		{func(c *EmbeddingConfig) { c.Retries = -1 }, `embedding.retries -1: must be 0 or more`},
		{func(c *EmbeddingConfig) { c.Timeout = -1 }, `embedding.timeout -1ns: must be 0 or more`},
		{func(c *EmbeddingConfig) { c.PricePerMillionTokens = math.NaN() }, `embedding.price_per_million_tokens NaN: must be 0 or more`},
	} {
		cfg := embedding()
		tc.change(&cfg)
		_, err := NewEmbedder(cfg)
		if err == nil || err.Error() != tc.want || cfg.Validate() == nil {
			t.Errorf("error %v, want %s", err, tc.want)
		}
	}
}

func TestOnlyAProviderTurnsEmbeddingsOn(t *testing.T) {
	for _, off := range []EmbeddingConfig{{}, {Provider: " none "}, {Provider: "builtin"}, {APIKey: "k", BaseURL: "http://h", Model: "m"}} {
		if off.Remote() || off.Validate() != nil {
			t.Errorf("%+v: remote %v, %v", off, off.Remote(), off.Validate())
		}
		if _, err := NewEmbedder(off); err == nil || !strings.Contains(err.Error(), "there is no server to embed with") {
			t.Errorf("error %v", err)
		}
	}
	if cfg := embedding(); !cfg.Remote() || cfg.Validate() != nil {
		t.Errorf("%+v: %v", cfg, cfg.Validate())
	}
}

// TestAKeyIsSharedOnlyWithItsOwnServer holds that a model's key reaches no
// other address.
func TestAKeyIsSharedOnlyWithItsOwnServer(t *testing.T) {
	for _, tc := range []struct{ base, key, modelBase, want string }{
		{"", "", "", "theirs"},
		{"https://api.openai.com/v1/", "", "", "theirs"},
		{"http://h/v1", "", "http://h/v1/ ", "theirs"},
		{"", "mine", "", "mine"},
		{"http://h/v1", "", "", ""},
		{"", "", "http://h/v1", ""},
		{"http://h/v1", "", "https://h/v1", ""},
	} {
		cfg := embedding()
		cfg.BaseURL, cfg.APIKey = tc.base, tc.key
		if got := cfg.Sharing(Config{BaseURL: tc.modelBase, APIKey: "theirs"}).APIKey; got != tc.want {
			t.Errorf("%+v: key %q", tc, got)
		}
	}
	off := EmbeddingConfig{}.Sharing(Config{APIKey: "theirs"})
	if off.APIKey != "" {
		t.Errorf("without a provider the key is %q", off.APIKey)
	}
}

// TestEmbeddingsAreAskedAsTheModelIsOnItsServer holds that what a gateway, or
// Azure, wants of requests is configured once, and goes nowhere else.
func TestEmbeddingsAreAskedAsTheModelIsOnItsServer(t *testing.T) {
	model := Config{
		BaseURL: "https://r.openai.azure.com", APIKey: "k", APIVersion: "2024-10-21", CAFile: " ca.pem ",
		Headers: []Header{{"X-Team", "docs"}},
	}
	e := EmbeddingConfig{Provider: EmbeddingOpenAI, Model: "small", BaseURL: model.BaseURL}.Sharing(model).endpoint()
	if got := e.base(); got != "https://r.openai.azure.com/openai/deployments/small" {
		t.Errorf("asked at %s", got)
	}
	if name, value := e.keyHeader(); name != azureKey || value != "k" || e.CAFile != "ca.pem" || len(e.Headers) != 1 {
		t.Errorf("%s %s, %+v", name, value, e)
	}
	elsewhere := EmbeddingConfig{Provider: EmbeddingOpenAI, Model: "small", BaseURL: "http://h/v1"}.Sharing(model).endpoint()
	if elsewhere.APIKey != "" || len(elsewhere.Headers) > 0 || elsewhere.CAFile != "" {
		t.Errorf("elsewhere: %+v", elsewhere)
	}
}
