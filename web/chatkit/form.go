package chatkit

import "docent/web"

// addStructuredInput answers threads.add_structured_input.
func (s *service) addStructuredInput(*web.Call, object) error {
	return unsupported("this server takes no structured input", "")
}
