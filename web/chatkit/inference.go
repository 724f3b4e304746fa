package chatkit

import "docent"

// inference are the choices of a reader for one answer.
type inference struct {
	ToolChoice *struct {
		ID string `json:"id"`
	} `json:"tool_choice,omitempty"`
	Model string `json:"model,omitempty"`
}

// inference reads inference_options.
func (s *service) inference(o object) inference {
	i := inference{Model: o.optionalText("model")}
	if o.has("tool_choice") {
		i.ToolChoice = &struct {
			ID string `json:"id"`
		}{o.object("tool_choice").text("id")}
	}
	return i
}

// inferred is a question with what was chosen for its answer.
func (s *service) inferred(a docent.Ask, i inference) docent.Ask {
	a.Model = i.Model
	return a
}
