package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/joho/godotenv"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// wellKnown are the variables that others use, too, and the keys they set. A
// DOCENT_ variable for the same key beats them.
var wellKnown = []struct{ name, key string }{
	{"OPENAI_API_KEY", "model.api_key"},
	{"OPENAI_BASE_URL", "model.base_url"},
	{"OPENAI_MODEL", "model.name"},
	{"OPENAI_ORG_ID", "model.organization"},
	{"OPENAI_PROJECT_ID", "model.project"},
	{"DATABASE_URL", "database_url"},
	{"QDRANT_URL", "qdrant.url"},
	{"QDRANT_API_KEY", "qdrant.api_key"},
	{"HOST", "server.host"},
	{"PORT", "server.port"},
	{"ALLOWED_ORIGINS", "cors.allowed_origins"},
	{"RATE_LIMIT_PER_MINUTE", "limits.requests_per_minute"},
	{"LOG_LEVEL", "log_level"},
}

// otherNames are DOCENT_ variables that are not keys.
var otherNames = []string{"DOCENT_CONFIG", pushKeyVariable, pushKeyVariable + "_FILE", serverVariable, keyVariable, keyVariable + "_FILE"}

// environment gives the process's variables, and those of .env in the current
// folder for which the process has none, nor a file (NAME_FILE). Empty is unset.
func environment() (map[string]string, error) {
	vars := map[string]string{}
	for _, pair := range os.Environ() {
		if name, value, _ := strings.Cut(pair, "="); value != "" {
			vars[name] = value
		}
	}
	file, err := godotenv.Read(".env")
	var unread *os.PathError
	switch {
	case errors.Is(err, os.ErrNotExist):
	case errors.As(err, &unread):
		return nil, usageErrorf(".env: %w", err)
	case err != nil: // its text would repeat what may be secret
		return nil, usageErrorf(".env must hold lines of NAME=value, with # before comments and quotes that are closed")
	}
	behind := map[string]string{}
	for name, value := range file {
		plain := strings.TrimSuffix(name, "_FILE")
		if value != "" && vars[plain] == "" && vars[plain+"_FILE"] == "" {
			behind[name] = value
		}
	}
	maps.Copy(vars, behind)
	return vars, nil
}

// envLayer gives what the environment sets, and warnings about DOCENT_
// variables that set nothing.
func envLayer(vars map[string]string) (layer, []string, error) {
	l := layer{}
	for _, w := range wellKnown {
		if err := l.take(vars, w.name, w.key); err != nil {
			return nil, nil, err
		}
	}
	var known []string
	for _, key := range allKeys() {
		name := envName(key)
		known = append(known, name)
		if err := l.take(vars, name, key); err != nil {
			return nil, nil, err
		}
	}
	return l, unknownVariables(vars, known), nil
}

// envName is the variable that sets a key.
func envName(key string) string {
	return "DOCENT_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// take sets key from the variable, or for a secret from the file that
// NAME_FILE names.
func (l layer) take(vars map[string]string, name, key string) error {
	if v := vars[name]; v != "" {
		l[key] = setting{v, name}
		return nil
	}
	file := vars[name+"_FILE"]
	if file == "" || !secretKeys[key] {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return usageErrorf("%s_FILE: %w", name, err)
	}
	l[key] = setting{strings.TrimSpace(string(text)), name + "_FILE"}
	return nil
}

func unknownVariables(vars map[string]string, known []string) []string {
	var warnings []string
	for name := range vars {
		secret := strings.TrimSuffix(name, "_FILE")
		if !strings.HasPrefix(name, "DOCENT_") || slices.Contains(known, secret) || slices.Contains(otherNames, name) {
			continue
		}
		warnings = append(warnings, fmt.Sprintf("%s sets nothing; did you mean %s?", name, nearest(name, known)))
	}
	slices.Sort(warnings)
	return warnings
}

// changedFlags gives the flags that the command line has set.
func changedFlags(c *cobra.Command) []*pflag.Flag {
	var changed []*pflag.Flag
	c.Flags().Visit(func(f *pflag.Flag) { changed = append(changed, f) })
	return changed
}
