package server

import (
	"context"
	"errors"
	"testing"

	"docent"
	"docent/access"
	"docent/chat/hook"
)

// TestActionsGoToGoCodeThenToTheHook: unless the code began to answer.
func TestActionsGoToGoCodeThenToTheHook(t *testing.T) {
	says := func(text string, then error) hook.Act {
		return func(_ context.Context, _ access.Principal, _ docent.Action, emit func(docent.ActionStep) error) error {
			if text == "" {
				return then
			}
			return errors.Join(emit(docent.ActionStep{Text: text}), then)
		}
	}
	unsupported := docent.Errorf(docent.CodeUnsupported, "not mine")
	for _, tt := range []struct {
		all  actions
		want string
		code docent.Code
	}{
		{nil, "", docent.CodeUnsupported},
		{actions{says("code", nil), says("hook", nil)}, "code", ""},
		{actions{says("", unsupported), says("hook", nil)}, "hook", ""},
		{actions{says("code", unsupported), says("hook", nil)}, "code", docent.CodeUnsupported},
		{actions{says("", docent.Errorf(docent.CodeInvalid, "bad")), says("hook", nil)}, "", docent.CodeInvalid},
	} {
		got := ""
		err := tt.all.Act(t.Context(), access.Local(), docent.Action{}, func(s docent.ActionStep) error {
			got += s.Text
			return nil
		})
		if got != tt.want || err != nil && docent.CodeOf(err) != tt.code || (err == nil) != (tt.code == "") {
			t.Errorf("%q, %v; want %q, %q", got, err, tt.want, tt.code)
		}
	}
}
