package chat

import (
	_ "embed"
	"strings"
	"text/template"

	"docent"
	"docent/access"
	"docent/analysis"
)

//go:embed prompt.tmpl
var promptText string

// promptTemplate has two parts: "system", and "question", which holds the
// passages as data between two lines that a document can't know.
var promptTemplate = template.Must(template.New("prompt").Parse(promptText))

// prompt is what a model is asked, and the passages that it may cite.
type prompt struct {
	messages []docent.ModelMessage
	passages []docent.Passage // numbered from 1
	tokens   int              // of messages, estimated
}

// promptData is what prompt.tmpl can use.
type promptData struct {
	Instructions string
	Boundary     string
	Passages     []docent.Passage
	Page         docent.PageContext
	Question     string
}

// pack numbers the passages, takes as many as the token budget holds beside
// the history and the question, and at least the best one, and makes the
// prompt. An error is one of the configured instructions.
func (s *Service) pack(r *run, history []docent.ModelMessage, passages []docent.Passage) (prompt, error) {
	added, err := instructions(s.cfg.Instructions, r.who.Claims, r.ask.Metadata)
	if err != nil {
		return prompt{}, err
	}
	data := promptData{
		Instructions: added,
		Boundary:     access.NewID("passages-"),
		Page:         r.ask.Page,
		Question:     r.turn.User.Text,
	}
	system := render("system", data)
	tokens := analysis.Tokens(system) + analysis.Tokens(render("question", data))
	for _, m := range history {
		tokens += messageTokens(m)
	}
	data.Passages = number(fitting(passages, s.cfg.ContextTokens-tokens))
	for _, p := range data.Passages {
		tokens += p.Tokens + passageOverhead
	}
	messages := append([]docent.ModelMessage{{Role: docent.RoleSystem, Text: system}}, history...)
	messages = append(messages, docent.ModelMessage{Role: docent.RoleUser, Text: render("question", data)})
	return prompt{messages: messages, passages: data.Passages, tokens: tokens}, nil
}

// passageOverhead is what the lines around a passage cost in prompt.tmpl.
const passageOverhead = 40

// fitting gives the best passages that the budget holds, skipping one that is
// too large for those after it; the first always stays.
func fitting(passages []docent.Passage, budget int) []docent.Passage {
	var taken []docent.Passage
	for _, p := range passages {
		cost := p.Tokens + passageOverhead
		if cost <= budget || len(taken) == 0 {
			taken = append(taken, p)
			budget -= cost
		}
	}
	return taken
}

// number gives the passages, in order, the numbers they are cited by.
func number(passages []docent.Passage) []docent.Passage {
	numbered := make([]docent.Passage, len(passages))
	for i, p := range passages {
		p.N = i + 1
		numbered[i] = p
	}
	return numbered
}

// messageTokens is a message's cost, with the few tokens that its role takes.
func messageTokens(m docent.ModelMessage) int { return analysis.Tokens(m.Text) + 4 }

func render(part string, data promptData) string {
	var b strings.Builder
	if err := promptTemplate.ExecuteTemplate(&b, part, data); err != nil { // only a broken template can do that
		panic("chat: prompt.tmpl: " + err.Error())
	}
	return strings.TrimSpace(b.String())
}
