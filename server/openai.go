package server

import (
	"crypto/sha256"
	"encoding/hex"

	"docent/web"
	"docent/web/openai"
)

// openOpenAI makes OpenAI's API.
func (s *Server) openOpenAI() ([]web.Protocol, error) {
	revision := sha256.Sum256([]byte(s.cfg.Chat.Revision))
	cfg := openai.Config{
		MaxBodyBytes: s.cfg.Server.MaxBodyBytes, MaxMessageBytes: s.cfg.Chat.MaxMessageBytes,
		Fingerprint: "fp_" + hex.EncodeToString(revision[:5]),
	}
	ports := openai.Ports{Sources: &s.search, Messages: s.conversations}
	if files := s.openAttachments(); files != nil {
		ports.Attachments = files
		cfg.MaxFiles, cfg.MaxFileBytes = s.cfg.Attachments.MaxFiles, s.cfg.Attachments.MaxBytes
	}
	return []web.Protocol{openai.New(cfg, ports)}, nil
}
