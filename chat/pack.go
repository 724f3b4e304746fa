package chat

import (
	_ "embed"
	"slices"
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
	refusal  string           // the word by which the model says that the passages do not hold the answer
}

// promptData is what prompt.tmpl can use.
type promptData struct {
	Instructions string
	Boundary     string
	Passages     []docent.Passage
	Page         docent.PageContext
	Question     string
	Refusal      string // the word by which the model refuses
	Uncertain    bool   // the passages may well not hold the answer
}

// pack numbers the passages, takes as many as the token budget holds beside
// the history and the question, and at least the best one, and makes the
// prompt. question is as it was searched for. An error is one of the configured instructions.
func (s *Service) pack(a *answering, question string, history []docent.ModelMessage, passages []docent.Passage) (prompt, error) {
	added, err := instructions(s.cfg.Instructions, a.who.Claims, a.ask.Metadata)
	if err != nil {
		return prompt{}, err
	}
	data := promptData{
		Instructions: added,
		Boundary:     access.NewID("passages-"),
		Page:         a.ask.Page,
		Question:     a.turn.User.Text,
		Refusal:      newRefusalWord(),
		Uncertain:    a.done.Certain != "yes",
	}
	system := render("system", data)
	tokens := analysis.Tokens(system) + analysis.Tokens(render("question", data))
	for _, m := range history {
		tokens += messageTokens(m)
	}
	data.Passages = number(fitting(question, passages, s.cfg.ContextTokens-tokens))
	for _, p := range data.Passages {
		tokens += p.Tokens + passageOverhead
	}
	messages := append([]docent.ModelMessage{{Role: docent.RoleSystem, Text: system}}, history...)
	messages = append(messages, docent.ModelMessage{Role: docent.RoleUser, Text: render("question", data)})
	return prompt{messages: messages, passages: data.Passages, tokens: tokens, refusal: data.Refusal}, nil
}

// passageOverhead is what the lines around a passage cost in prompt.tmpl.
const passageOverhead = 40

// pageShare is how much of the budget the passages of one page may take, so that
// a long page leaves room for others.
const pageShare = 0.5

// fitting gives the best passages that the budget holds, skipping one that is
// too large for those after it, and those of a page beyond its share unless the
// question is about that page; the first always stays.
func fitting(question string, passages []docent.Passage, budget int) []docent.Passage {
	type page struct {
		unit docent.Unit
		path string
	}
	var taken []docent.Passage
	used, share := map[page]int{}, int(pageShare*float64(budget))
	for _, p := range passages {
		cost, at := p.Tokens+passageOverhead, page{p.Unit, p.Path}
		if len(taken) > 0 && (cost > budget || used[at]+cost > share && !isAbout(question, p)) {
			continue
		}
		taken = append(taken, p)
		budget -= cost
		used[at] += cost
	}
	return taken
}

// isAbout reports whether a question has all words of the title of a passage's page.
func isAbout(question string, p docent.Passage) bool {
	asked, title := analysis.QueryTerms(question, p.Unit.Lang), analysis.QueryTerms(p.Title, p.Unit.Lang)
	return len(title) > 0 && !slices.ContainsFunc(title, func(t string) bool { return !slices.Contains(asked, t) })
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
