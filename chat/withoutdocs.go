package chat

import (
	"docent"
	"docent/analysis"
)

// Where a site's answers come from.
const (
	ModeDocs = "docs" // its documentation
	ModeChat = "chat" // the model, with its instructions, tools and the conversation
)

// Modes are the modes there are.
func Modes() []string { return []string{ModeDocs, ModeChat} }

// Mode gives the mode of a site's answers.
func (c Config) Mode(site string) string {
	if mode := c.ModeOfSites[site]; mode != "" {
		return mode
	}
	return c.Answer.Mode
}

// withoutDocs answers without documentation: nothing is searched for, cited,
// checked or refused, and no gap is noted.
func (s *Service) withoutDocs(a *answering) error {
	if s.model == nil {
		return docent.Errorf(docent.CodeNotReady, "no model is configured that could answer")
	}
	u, err := s.conversing(a)
	if err != nil {
		return err
	}
	added, err := s.instructions(a, u, docent.Unit{})
	if err != nil {
		return err
	}
	if err := s.readFormerFiles(a); err != nil {
		return err
	}
	a.tools = s.tooled(a)
	data := s.beside(a, u, added) // of which the model is not told the refusal
	p := prompt{system: render("chat", data), part: "chat question", history: u.history, data: data, images: a.images()}
	p.history = latest(p.history, s.cfg.ContextTokens-analysis.Tokens(p.system)-analysis.Tokens(render(p.part, data))-imageTokens*len(p.images))
	p.assemble()
	a.prompt, a.free = p, true
	a.tools.opened(nil, 0)
	s.resume(a)
	a.trace.step("answered without documentation", "answer.mode")
	a.trace.sent(p, s.cfg.ContextTokens)
	return s.write(a)
}

// conversing reads the message with its history.
func (s *Service) conversing(a *answering) (understood, error) {
	history, err := s.history(a.ctx, a.run)
	if err != nil {
		return understood{}, err
	}
	a.lang = readersLanguage(a.turn.User.Text, readersWords(history), a.ask.Filters.Lang, a.ask.Lang)
	return understood{history: history, lang: a.lang}, nil
}
