package chatkit

import "docent/web"

// customAction answers threads.custom_action.
func (s *service) customAction(*web.Call, object) error {
	return unsupported("this server follows no actions", "set hooks.action")
}

// syncCustomAction answers threads.sync_custom_action.
func (s *service) syncCustomAction(*web.Call, object) error {
	return unsupported("this server follows no actions", "set hooks.action")
}
