package chatkit

import "docent/web"

// transcribe answers input.transcribe.
func (s *service) transcribe(*web.Call, object) error {
	return unsupported("this server writes down no recordings", "")
}
