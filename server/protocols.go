package server

import "docent/web"

// openProtocols makes the ways to speak to the server beside its API. Which of them a
// caller without credentials reaches is each site's public list.
func (s *Server) openProtocols() ([]web.Protocol, error) {
	var all []web.Protocol
	for _, open := range []func() ([]web.Protocol, error){s.openChatKit, s.openOpenAI, s.openMCP} {
		some, err := open()
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}
