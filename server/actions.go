package server

import (
	"context"

	"docent"
	"docent/access"
	"docent/chat/hook"
)

// WithAction lets Go code say what follows when a reader did something with an item,
// as with a button of a widget: act gives emit the steps, in order. An action that it
// answers with docent.CodeUnsupported, before any step, goes to hooks.action.
func WithAction(act hook.Act) Option { return func(s *Server) { s.act = act } }

// actions follow what readers do: by Go code, then by hooks.action.
type actions []hook.Act

// openActions joins what is configured.
func (s *Server) openActions() actions {
	var all actions
	for _, act := range []hook.Act{s.act, hook.Action(s.cfg.Hooks.Action, s.log)} {
		if act != nil {
			all = append(all, act)
		}
	}
	return all
}

// Act gives emit the steps that follow an action, see chatkit.Actions.
func (all actions) Act(ctx context.Context, p access.Principal, a docent.Action, emit func(docent.ActionStep) error) error {
	for _, act := range all {
		begun := false
		err := act(ctx, p, a, func(step docent.ActionStep) error {
			begun = true
			return emit(step)
		})
		if docent.CodeOf(err) != docent.CodeUnsupported || begun {
			return err
		}
	}
	return &docent.Error{
		Code: docent.CodeUnsupported, Message: "nothing follows this action on this server", Hint: "whoever runs it can set hooks.action.url",
	}
}
