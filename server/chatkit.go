package server

import (
	"context"
	"fmt"
	"slices"

	"docent"
	"docent/llm"
	"docent/tools"
	"docent/web"
	"docent/web/chatkit"
)

// ChatKit is the chatkit section of config.yaml: what the protocol needs, and who
// writes down what readers say.
type ChatKit struct {
	chatkit.Config `yaml:",inline"`
	Transcribe     llm.TranscriptionConfig `yaml:"transcribe"`
}

// checkChatKit is of the chatkit section.
func (c *Config) checkChatKit() error {
	if err := c.ChatKit.Options.Validate(); err != nil {
		return err
	}
	if _, err := c.clientTools(); err != nil {
		return err
	}
	return c.transcription().Validate()
}

// transcription has the key of model: where both are the same server.
func (c *Config) transcription() llm.TranscriptionConfig {
	return c.ChatKit.Transcribe.Sharing(c.Model)
}

// clientTools are those that run in readers' pages. Their arguments are checked before
// a page is asked.
func (c *Config) clientTools() ([]docent.Tool, error) {
	list, err := c.ChatKit.Tools()
	if err != nil {
		return nil, err
	}
	for i, t := range list {
		t.Call = func(context.Context, docent.ToolCall) (docent.ToolResult, error) { return docent.ToolResult{}, nil }
		if list[i], err = tools.Checked(t); err != nil {
			return nil, &docent.SettingError{Key: "chatkit.client_tools", Right: "entries whose parameters are a JSON Schema of an object: " + err.Error()}
		}
	}
	return list, nil
}

// openClientTools makes the tools that run in readers' pages, none with the name of
// one that runs here.
func (s *Server) openClientTools() ([]docent.Tool, error) {
	if !s.cfg.ChatKit.Enabled {
		return nil, nil
	}
	list, err := s.cfg.clientTools()
	for _, t := range list {
		if slices.ContainsFunc(s.tools.all, func(other docent.Tool) bool { return other.Name == t.Name }) {
			return nil, &docent.SettingError{Key: "chatkit.client_tools", Right: "tools with names that no other tool has, unlike " + t.Name}
		}
	}
	return list, err
}

// openChatKit makes the ChatKit protocol.
func (s *Server) openChatKit() ([]web.Protocol, error) {
	if !s.cfg.ChatKit.Enabled {
		return nil, nil
	}
	cfg := s.cfg.ChatKit.Config
	cfg.MaxMessageBytes = s.cfg.Chat.MaxMessageBytes
	ports := chatkit.Ports{Threads: s.conversations, Actions: s.openActions(), Secrets: s.gate.Secrets()}
	if s.files != nil {
		cfg.MaxFiles, cfg.MaxFileBytes, ports.Attachments = s.cfg.Attachments.MaxFiles, s.cfg.Attachments.MaxBytes, s.files
	}
	if known := s.cfg.Chat.Models; len(known) > 0 {
		for i, m := range cfg.Models {
			if !slices.Contains(known, m.Name()) {
				return nil, &docent.SettingError{Key: "chatkit.models", Right: fmt.Sprintf("entries whose model is model.name, one of model.also or a fallback's, unlike entry %d", i+1)}
			}
		}
	}
	if t := s.cfg.transcription(); t.Enabled() {
		transcriber, err := llm.NewTranscriber(t)
		if err != nil {
			return nil, err
		}
		cfg.MaxAudioBytes, ports.Transcribe = t.MaxBytes, transcriber.Transcribe
	}
	p, err := chatkit.New(cfg, ports)
	return []web.Protocol{p}, err
}
