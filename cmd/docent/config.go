package main

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"
	"unicode"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"docent"
	"docent/server"
	"docent/store/qdrant"
)

// setting is one key's value and the fact that decided it.
type setting struct {
	value any
	from  string // "default", "config.yaml line 12", "OPENAI_API_KEY", "--port"
}

// layer is what one place says: settings by key.
type layer map[string]setting

// settings is the configuration that counts, and where it comes from.
type settings struct {
	server.Config
	facts    layer    // every key
	warnings []string // told on stderr by every command that starts something
}

// loadSettings joins, each beating the one before: the defaults, config.yaml,
// the environment (with .env behind it), the command's flags.
func loadSettings(c *cobra.Command) (*settings, error) {
	defaults, err := yamlLayer("the defaults", docent.DefaultConfig)
	if err != nil {
		return nil, err
	}
	for key, s := range defaults {
		s.from = "default"
		defaults[key] = s
	}
	file, err := fileLayer(c)
	if err != nil {
		return nil, err
	}
	vars, err := environment()
	if err != nil {
		return nil, err
	}
	env, warnings, err := envLayer(vars)
	if err != nil {
		return nil, err
	}
	s := &settings{facts: layer{}, warnings: warnings}
	for _, l := range []layer{defaults, file, env, flagLayer(c)} {
		for key, v := range l {
			s.facts[key] = v
		}
	}
	if err := s.decode(); err != nil {
		return s, err
	}
	if s.Qdrant.URL != "" {
		if _, note, _ := qdrant.ParseURL(s.Qdrant.URL, s.Qdrant.APIKey); note != "" {
			s.warnings = append(s.warnings, note)
		}
	}
	return s, nil
}

// decode fills Config from the facts and checks it.
func (s *settings) decode() error {
	values := map[string]any{}
	for key, f := range s.facts {
		v, right := parseValue(keyTypes[key], f.value)
		if right != "" {
			return s.wrong(key, right)
		}
		values[key] = v
		if list, is := v.([]any); is {
			s.facts[key] = setting{list, f.from} // however it was written
		}
	}
	k := koanf.New(".")
	if err := k.Load(confmap.Provider(values, "."), nil); err != nil {
		return usageErrorf("configuration: %w", err)
	}
	into := &mapstructure.DecoderConfig{Result: &s.Config, TagName: "yaml", SquashTagOption: "inline", ErrorUnused: true, DecodeHook: mapstructure.StringToTimeDurationHookFunc()}
	if err := k.UnmarshalWithConf("", &s.Config, koanf.UnmarshalConf{DecoderConfig: into}); err != nil {
		return usageErrorf("configuration: %s", s.masked(err.Error()))
	}
	err := s.Config.Validate()
	var unfit *docent.SettingError
	if errors.As(err, &unfit) {
		return s.wrong(unfit.Key, unfit.Right)
	}
	if err != nil {
		return &exitError{exitUsage, err}
	}
	return nil
}

// wrong says which key, which value, who set it and what would be right.
func (s *settings) wrong(key, right string) error {
	f := s.facts[key]
	return usageErrorf("%s is %q (from %s): must be %s", key, shown(key, f.value), f.from, right)
}

// keyTypes are the keys of config.yaml with the types of their values.
var keyTypes = func() map[string]reflect.Type {
	types := map[string]reflect.Type{}
	collectKeys("", reflect.TypeFor[server.Config](), types)
	return types
}()

func collectKeys(prefix string, t reflect.Type, into map[string]reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case name == "-":
		case name == "" && f.Anonymous, strings.HasSuffix(f.Tag.Get("yaml"), ",inline"):
			collectKeys(prefix, f.Type, into)
		case f.Type.Kind() == reflect.Struct:
			collectKeys(prefix+name+".", f.Type, into)
		default:
			into[prefix+name] = f.Type
		}
	}
}

// parseValue turns what a file, a variable or a flag says into a value of the
// key's type. right is "" when that went well, else what would be right.
func parseValue(t reflect.Type, raw any) (value any, right string) {
	text := strings.TrimSpace(fmt.Sprint(raw))
	switch {
	case t == reflect.TypeFor[time.Duration]():
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 {
			return nil, "a duration such as 30s or 2m"
		}
		return d, ""
	case t.Kind() == reflect.Pointer:
		if raw == nil {
			return nil, ""
		}
		return parseValue(t.Elem(), raw)
	case t == reflect.TypeFor[[]string]():
		return parseList(raw)
	case t.Kind() == reflect.Slice:
		return parseEntries(raw)
	case t.Kind() == reflect.String:
		if raw == nil {
			return "", ""
		}
		return fmt.Sprint(raw), ""
	}
	return parseScalar(t, text)
}

func parseScalar(t reflect.Type, text string) (any, string) {
	v := reflect.New(t)
	if _, err := fmt.Sscan(text, v.Interface()); err == nil && len(strings.Fields(text)) == 1 {
		if t.Kind() != reflect.Int || isInteger(text) {
			return v.Elem().Interface(), ""
		}
	}
	switch t.Kind() {
	case reflect.Bool:
		return nil, "true or false"
	case reflect.Float64:
		return nil, "a number"
	}
	return nil, "a whole number"
}

func isInteger(text string) bool { return strings.Trim(text, "+-0123456789_") == "" }

// parseList takes a list, or words between commas and spaces.
func parseList(raw any) (any, string) {
	switch raw := raw.(type) {
	case nil:
		return []string{}, ""
	case []string:
		return raw, ""
	case string:
		return words(raw), ""
	case []any:
		list := make([]string, len(raw))
		for i, item := range raw {
			text, is := item.(string)
			if !is {
				return nil, "a list of texts"
			}
			list[i] = text
		}
		return list, ""
	}
	return nil, "a list of texts"
}

// words are what stands between commas and white space.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
}

// parseEntries takes a list of entries, or the same written as a text.
func parseEntries(raw any) (any, string) {
	if text, is := raw.(string); is {
		var list any
		if yaml.Unmarshal([]byte(text), &list) != nil {
			list = nil // the error would repeat what may be secret
		}
		raw = list
	}
	list, is := raw.([]any)
	if !is {
		return nil, "a list: in config.yaml, or the same written as YAML or JSON"
	}
	return list, ""
}

// keyOfFlag marks a flag as another way to set a key.
const keyOfFlag = "docent_key"

// bindFlag makes a flag set a key of the configuration.
func bindFlag(flags *pflag.FlagSet, flag, key string) {
	if err := flags.SetAnnotation(flag, keyOfFlag, []string{key}); err != nil {
		panic(err) // the flag does not exist: a defect of the command
	}
}

func flagLayer(c *cobra.Command) layer {
	l := layer{}
	for _, f := range changedFlags(c) {
		if key := f.Annotations[keyOfFlag]; key != nil {
			l[key[0]] = setting{f.Value.String(), "--" + f.Name}
		}
	}
	return l
}

// fileLayer reads the file named by --config or DOCENT_CONFIG, which must be
// there, or else config.yaml in the current folder, which may be.
func fileLayer(c *cobra.Command) (layer, error) {
	name, named := configFile(c)
	text, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) && !named {
		return nil, nil
	}
	if err != nil {
		return nil, usageErrorf("configuration file: %w", err)
	}
	return yamlLayer(name, text)
}

// configFile gives the configuration file's name, and whether it was named.
func configFile(c *cobra.Command) (name string, named bool) {
	if name, _ = c.Flags().GetString("config"); name == "" {
		name = os.Getenv("DOCENT_CONFIG")
	}
	if name == "" {
		return "config.yaml", false
	}
	return name, true
}
