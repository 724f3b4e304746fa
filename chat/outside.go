package chat

import (
	"docent"
	"docent/analysis"
)

// absent answers a question that the documentation does not answer: from what
// the model knows where the configuration lets it, else with a refusal.
func (s *Service) absent(a *answering, u understood) error {
	if s.cfg.Answer.OutsideKnowledge && s.model != nil {
		a.trace.step("answered from what the model knows", "answer.outside_knowledge")
		if said, err := s.fromOutside(a, u); said {
			a.answer.Gap = &a.gap
			return err
		}
	}
	return a.refuse()
}

// fromOutside lets the model write from what it knows, behind a sentence that
// says so, and without citations: nothing that it says can be checked. said is
// false where it said nothing, because it does not know or failed before its
// first word.
func (s *Service) fromOutside(a *answering, u understood) (said bool, err error) {
	added, err := s.instructions(a, u, docent.Unit{})
	if err != nil {
		return true, err
	}
	data := promptData{
		Instructions: added,
		Language:     languageName(u.lang),
		Question:     a.turn.User.Text,
		About:        a.about,
		Refusal:      newRefusalWord(),
	}
	p := prompt{system: render("outside", data), part: "outside question", history: u.history, data: data}
	p.history = latest(p.history, s.cfg.ContextTokens-analysis.Tokens(p.system)-analysis.Tokens(render(p.part, data)))
	p.assemble()
	a.tools = nil
	a.prompt, a.support, a.label = p, nil, wordingIn(a.lang).outside+"\n\n"
	a.trace.sent(p, s.cfg.ContextTokens)
	a.spent, a.done.Usage = sum(a.spent, a.done.Usage), docent.Usage{}
	err = s.write(a)
	if len(a.text) > 0 || a.ctx.Err() != nil {
		a.done.Certain, a.done.Cause = "uncertain", docent.CauseOutside
		return true, err
	}
	if err != nil {
		s.logger(a).Info("the model does not know what the documentation does not say", "reason", err)
	}
	a.label = ""
	return false, nil
}
