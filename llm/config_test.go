package llm

import (
	"math"
	"strings"
	"testing"
)

func TestConfigErrorsNameTheKeyAndWhatWouldBeRight(t *testing.T) {
	nan := math.NaN()
	for _, tc := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.BaseURL = "ftp://x" }, `model.base_url "ftp://x": must be http:// or https://`},
		{func(c *Config) { c.BaseURL = "localhost:11434" }, `model.base_url "localhost:11434": must be http:// or https://`},
		{func(c *Config) { c.BaseURL = "127.0.0.1:11434" }, `model.base_url "127.0.0.1:11434": is not a URL`},
		{func(c *Config) { c.BaseURL = "http://" }, `model.base_url "http://": must name a host, such as http://localhost:11434/v1`},
		{func(c *Config) { c.BaseURL = "http://:80" }, `model.base_url "http://:80": must name a host, such as http://localhost:11434/v1`},
		{func(c *Config) { c.BaseURL = "http://h/v1?a=b" }, `model.base_url "http://h/v1?a=b": must have no ? or # part`},
		{func(c *Config) { c.BaseURL = "http://me:pw@h/v1" }, `model.base_url: must hold no user or password; the key belongs into model.api_key`},
		{func(c *Config) { c.BaseURL = "http://me:pw@h:x/v1" }, `model.base_url: is not a URL`},
		{func(c *Config) { c.APIKey = "two words" }, `model.api_key: must be printable ASCII without blanks`},
		{func(c *Config) { c.Organization = "a b" }, `model.organization "a b": must be printable ASCII without blanks`},
		{func(c *Config) { c.Project = "ä" }, `model.project "ä": must be printable ASCII without blanks`},
		{func(c *Config) { c.Name = " " }, `model.name: must name a model, such as gpt-4o`},
		{func(c *Config) { c.Also = []string{"a", ""} }, `model.also: must not hold an empty name`},
		{func(c *Config) { c.MaxTokens = -1 }, `model.max_tokens -1: must be 0 or more`},
		{func(c *Config) { c.Temperature = &nan }, `model.temperature NaN: must be between 0 and 2`},
		{func(c *Config) { c.FirstTokenTimeout = -1 }, `model.first_token_timeout -1ns: must be 0 or more`},
		{func(c *Config) { c.StallTimeout = -1 }, `model.stall_timeout -1ns: must be 0 or more`},
		{func(c *Config) { c.Retries = -1 }, `model.retries -1: must be 0 or more`},
	} {
		cfg := Config{Name: "m"}
		tc.change(&cfg)
		_, err := New(cfg)
		if err == nil || err.Error() != tc.want {
			t.Errorf("error %v, want %s", err, tc.want)
		}
	}
}

func TestConfigTakesBlanksAroundValues(t *testing.T) {
	cfg, err := Config{Name: "m", APIKey: "key\n", BaseURL: " http://h/v1 "}.checked()
	if err != nil || cfg.APIKey != "key" || cfg.BaseURL != "http://h/v1" {
		t.Errorf("config %+v, error %v", cfg, err)
	}
}

func TestAKeyOrABaseURLTurnsTheModelOn(t *testing.T) {
	for cfg, want := range map[*Config]bool{
		{Name: "m"}: false, {APIKey: "k"}: true, {BaseURL: "http://h"}: true, {APIKey: " \n"}: false,
	} {
		if cfg.Enabled() != want {
			t.Errorf("%+v: enabled %v", cfg, !want)
		}
	}
}

func TestOnlyOpenAIsHostsAreOpenAI(t *testing.T) {
	for base, want := range map[string]bool{
		openAI: true, "https://EU.api.openai.com/v1": true, "https://api.openai.com.evil.example/v1": false,
		"https://notapi.openai.com/v1": false, "http://localhost:11434/v1": false,
	} {
		if isOpenAI(base) != want {
			t.Errorf("isOpenAI(%q) = %v", base, !want)
		}
	}
	cfg, err := Config{Name: "m"}.checked()
	if err != nil || !strings.HasPrefix(cfg.BaseURL, "https://api.openai.com/") {
		t.Errorf("default base URL %q, error %v", cfg.BaseURL, err)
	}
}
