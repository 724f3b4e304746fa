package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// secretKeys are never printed, and can be read from files. Of an address what
// stands before its host is the secret, and of a list of entries the fields in
// secretFields.
var secretKeys = map[string]bool{
	"model.api_key": true, "embedding.api_key": true, "qdrant.api_key": true, "database_url": true,
	"auth.secret": true, "auth.issuers": true, "sources": true, "tools.databases": true, "tools.requests": true, "tools.mcp": true, "hooks.before.secret": true, "hooks.respond.secret": true, "chatkit.transcribe.api_key": true, "hooks.action.secret": true, "model.fallbacks": true, "model.headers": true,
}

// secretFields are the fields of entries that are never printed.
var secretFields = []string{"secret", "token", "api_key", "headers", "env", "value"}

const mask = "********"

// credentials are what an address may hold before its host.
var credentials = regexp.MustCompile(`//[^/@]*@`)

// public is a value as people and programs may see it.
func public(key string, value any) any {
	switch {
	case value == nil:
		return nil
	case !secretKeys[key] || key == "database_url":
		if text, is := value.(string); is {
			return credentials.ReplaceAllString(text, "//***@") // in any address, where it may be wrong, too
		}
		return value
	}
	if list, is := value.([]any); is && slices.ContainsFunc(list, isEntry) {
		return publicEntries(list)
	}
	if v := reflect.ValueOf(value); (v.Kind() == reflect.Slice || v.Kind() == reflect.String) && v.Len() == 0 {
		return value
	}
	return mask
}

func publicEntries(list []any) []any {
	shown := make([]any, len(list))
	for i, entry := range list {
		fields, is := entry.(map[string]any)
		if !is {
			shown[i] = mask
			continue
		}
		fields = maps.Clone(fields)
		for name, field := range fields {
			if text, is := field.(string); is {
				fields[name] = credentials.ReplaceAllString(text, "//***@")
			}
		}
		for _, name := range secretFields {
			if fields[name] != nil {
				fields[name] = mask
			}
		}
		shown[i] = fields
	}
	return shown
}

// shown is a value in one line.
func shown(key string, value any) string {
	switch v := public(key, value).(type) {
	case nil:
		return ""
	case []any:
		if line, err := json.Marshal(v); err == nil && slices.ContainsFunc(v, isEntry) {
			return string(line)
		}
		return fmt.Sprint(v)
	default:
		return fmt.Sprint(v)
	}
}

func isEntry(item any) bool {
	_, is := item.(map[string]any)
	return is
}

// minSecret is the length below which a key is none: "ollama", "none", "x".
const minSecret = 8

// masked is a text without what is secret in the configuration. Nothing of ours
// puts a secret into a text; what a server or a library says in an error may.
func (s *settings) masked(text string) string {
	for key := range secretKeys {
		if key == "database_url" {
			continue
		}
		for _, secret := range secretTexts(s.facts[key].value) {
			if len(secret) >= minSecret {
				text = strings.ReplaceAll(text, secret, mask)
			}
		}
	}
	return credentials.ReplaceAllString(text, "//***@")
}

// secretTexts are the secrets in the value of a secret key, the longest first:
// one may be a part of another.
func secretTexts(value any) []string {
	var texts []string
	switch v := value.(type) {
	case nil:
	case []any:
		for _, item := range v {
			texts = append(texts, secretTexts(item)...)
		}
	case map[string]any:
		for _, name := range secretFields {
			texts = append(texts, secretTexts(v[name])...)
		}
	default:
		whole := strings.TrimSpace(fmt.Sprint(v))
		texts = append(append(texts, whole), words(whole)...)
	}
	slices.SortFunc(texts, func(a, b string) int { return len(b) - len(a) })
	return texts
}
