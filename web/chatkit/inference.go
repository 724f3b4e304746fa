package chatkit

import (
	"slices"

	"docent"
)

// inference are the choices of a reader for one answer.
type inference struct {
	ToolChoice *toolID `json:"tool_choice,omitempty"`
	Model      string  `json:"model,omitempty"`
}

type toolID struct {
	ID string `json:"id"`
}

// toolMetadata is what prompts, tools and hooks know a ToolChoice by.
const toolMetadata = "tool_choice"

// inference reads inference_options. What is not configured is refused.
func (s *service) inference(o object) inference {
	i := inference{Model: o.optionalText("model")}
	if _, known := s.modelOf(i.Model); o.has("model") && !known {
		o.refuse("model", "is none of those that this server offers")
	}
	if o.has("tool_choice") {
		choice := o.object("tool_choice")
		i.ToolChoice = &toolID{choice.text("id")}
		if _, known := s.toolChoiceOf(i.ToolChoice.ID); !known {
			choice.refuse("id", "is none of those that this server offers")
		}
	}
	return i
}

func (s *service) modelOf(id string) (name string, known bool) {
	at := slices.IndexFunc(s.cfg.Models, func(c Choice) bool { return c.ID == id })
	if at < 0 {
		return "", false
	}
	return s.cfg.Models[at].Name(), true
}

func (s *service) toolChoiceOf(id string) (t ToolChoice, known bool) {
	at := slices.IndexFunc(s.cfg.ToolChoices, func(t ToolChoice) bool { return t.ID == id })
	if at < 0 {
		return t, false
	}
	return s.cfg.ToolChoices[at], true
}

// inferred is a question with what was chosen for its answer. Of what was chosen once
// and is offered no more nothing is left.
func (s *service) inferred(a docent.Ask, i inference) docent.Ask {
	a.Model, _ = s.modelOf(i.Model)
	if i.ToolChoice == nil {
		return a
	}
	t, known := s.toolChoiceOf(i.ToolChoice.ID)
	if !known {
		return a
	}
	a.Filters.Source, a.Filters.Version, a.Filters.PathPrefix = t.Source, t.Version, t.PathPrefix
	if a.Metadata == nil {
		a.Metadata = map[string]string{}
	}
	a.Metadata[toolMetadata] = t.ID
	return a
}
