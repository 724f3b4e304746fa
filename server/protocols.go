package server

import (
	"docent/web"
	"docent/web/chatkit"
)

// openProtocols makes the ways to speak to the server beside its API. Which of them a
// caller without credentials reaches is each site's public list.
func (s *Server) openProtocols() ([]web.Protocol, error) {
	var all []web.Protocol
	for _, open := range []func() ([]web.Protocol, error){s.openChatKit, s.openMCP} {
		some, err := open()
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

func (s *Server) openChatKit() ([]web.Protocol, error) {
	if !s.cfg.ChatKit.Enabled {
		return nil, nil
	}
	cfg := s.cfg.ChatKit
	cfg.MaxMessageBytes = s.cfg.Chat.MaxMessageBytes
	if s.cfg.Attachments.Enabled {
		cfg.MaxFiles = s.cfg.Attachments.MaxFiles
	}
	p, err := chatkit.New(cfg, chatkit.Ports{Threads: s.conversations, Actions: s.openActions()})
	return []web.Protocol{p}, err
}
