package server

import (
	"encoding/json"
	"fmt"
	"runtime/debug"

	"docent/chat"
	"docent/llm"
	"docent/retrieval"
	"docent/tools"
)

// revision names what decides answers beside the settings of chat: the program,
// the search and the models. Answers that were kept under another one are not given.
func (c *Config) revision(model chat.Model) (string, error) {
	m := c.Model
	m.APIKey, m.Headers, m.Prices = "", nil, nil
	var asked []string
	for _, f := range m.Fallbacks {
		asked = append(asked, f.BaseURL, f.Name)
	}
	m.Fallbacks = nil
	encoded, err := json.Marshal(struct {
		Program   string
		Search    retrieval.Config
		Embedding []string
		Type      string
		Model     llm.Config
		Fallbacks []string
		Tools     tools.Config
	}{program(), c.Retrieval, []string{c.Embedding.Provider, c.Embedding.BaseURL, c.Embedding.Model}, fmt.Sprintf("%T", model), m, asked, tools.Config{Docs: c.Tools.Docs, Rounds: c.Tools.Rounds}})
	return string(encoded), err
}

// program names the code that runs, as far as it was built from a known state.
func program() string {
	info, known := debug.ReadBuildInfo()
	if !known {
		return ""
	}
	name := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" || s.Key == "vcs.time" {
			name += " " + s.Value
		}
	}
	return name
}
