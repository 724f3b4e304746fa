package chat

import (
	_ "embed"
	"slices"
	"strings"
	"text/template"
	"unicode/utf8"

	"docent"
	"docent/analysis"
)

//go:embed prompt.tmpl
var promptText string

// promptTemplate has two parts: "system", and "question", which holds the
// passages as data, see newBoundary. Where there are none to answer from, these
// are "outside" and "outside question".
var promptTemplate = template.Must(template.New("prompt").Funcs(dataFuncs).Parse(promptText))

// prompt is what a model is asked, and the passages that it may cite.
type prompt struct {
	messages []docent.ModelMessage
	passages []docent.Passage // numbered from 1
	tokens   int              // of messages, estimated
	refusal  string           // the word by which the model says that the passages do not hold the answer

	system  string // the parts that messages are made of
	part    string // of prompt.tmpl, that asks
	history []docent.ModelMessage
	images  []docent.ModelImage
	data    promptData
}

// promptData is what prompt.tmpl can use.
type promptData struct {
	Instructions string
	Language     string // the reader's, in English; "" where it is not known
	Boundary     string // see newBoundary
	Passages     []docent.Passage
	Context      string // see furtherData
	Page         docent.PageContext
	Program      string // what the reader's program asks for, see Ask
	Question     string
	About        string // the question whose answer Question is about; "" mostly
	Refusal      string // the word by which the model refuses
	Uncertain    bool   // the passages may well not hold the answer
	Tools        bool   // the model may call some
	Note         string // what the reader did since the answer before, see answering.resume
}

// beside is what a prompt holds beside passages: the question, and what the reader
// and the configuration give with it.
func (s *Service) beside(a *answering, u understood, instructions string) promptData {
	return promptData{
		Instructions: instructions,
		Language:     languageName(u.lang),
		Boundary:     newBoundary(),
		Page:         bounded(a.ask.Page, s.cfg.ContextTokens/selectionShare),
		Program:      cutTokens(a.ask.Program, s.cfg.ContextTokens/programShare),
		Context:      s.furtherData(a),
		Question:     a.turn.User.Text,
		Refusal:      newRefusalWord(),
	}
}

// pack makes the prompt. Of the token budget, the question and the best passage
// have their share first, whatever it is, then the history, and what is left is
// for the other passages. question is as it was searched for. An error is one of
// the configured instructions.
func (s *Service) pack(a *answering, question string, u understood, passages []docent.Passage) (prompt, error) {
	var best docent.Passage
	if len(passages) > 0 {
		best = passages[0]
	}
	added, err := s.instructions(a, u, best.Unit)
	if err != nil {
		return prompt{}, err
	}
	data := s.beside(a, u, added)
	data.About, data.Tools = a.about, a.tools.any()
	data.Uncertain = a.done.Certain != "yes" && !a.hasData()
	p := prompt{system: render("system", data), part: "question", history: u.history, data: data, images: a.images()}
	budget := s.cfg.ContextTokens - analysis.Tokens(p.system) - analysis.Tokens(render("question", data)) - imageTokens*len(p.images)
	if room := budget - cost(best); tokensOf(p.history) > room {
		p.history = latest(p.history, room)
	}
	p.data.Passages = number(fitting(question, passages, budget-tokensOf(p.history)))
	p.assemble()
	return p, nil
}

// assemble makes the messages of their parts.
func (p *prompt) assemble() {
	p.passages, p.refusal = p.data.Passages, p.data.Refusal
	question := p.data
	question.Passages = nil
	p.tokens = analysis.Tokens(p.system) + analysis.Tokens(render(p.part, question)) + tokensOf(p.history) + imageTokens*len(p.images)
	for _, passage := range p.passages {
		p.tokens += cost(passage)
	}
	p.messages = append([]docent.ModelMessage{{Role: docent.RoleSystem, Text: p.system}}, spoken(p.history)...)
	p.messages = append(p.messages, docent.ModelMessage{Role: docent.RoleUser, Text: render(p.part, p.data), Images: p.images})
}

// shorten makes the prompt anew with half of the passages and of the history,
// since estimates of tokens can be wrong; false where there is nothing to leave
// out. The numbers of passages stay.
func (a *answering) shorten() bool {
	p := &a.prompt
	if len(p.passages) <= 1 && len(p.history) == 0 {
		return false
	}
	p.data.Passages = p.passages[:(len(p.passages)+1)/2]
	p.history = latest(p.history, tokensOf(p.history)/2)
	p.assemble()
	return true
}

// selectionShare is the part of the context that a marked text may take.
const selectionShare = 8

// programShare is the part of the context that the wishes of a program may take.
const programShare = 8

// contextShare is the part of the context that a responder's data may take.
const contextShare = 4

// maxPlace is how much of a page's address and title a model sees, in bytes.
const maxPlace = 500

// bounded cuts what a page says of itself to what a prompt has room for.
func bounded(p docent.PageContext, tokens int) docent.PageContext {
	return docent.PageContext{URL: cut(p.URL, maxPlace), Title: cut(p.Title, maxPlace), Selection: cutTokens(p.Selection, tokens)}
}

// cutTokens gives the beginning of a text that is about so many tokens long.
func cutTokens(text string, tokens int) string {
	if has := analysis.Tokens(text); has > tokens {
		return cut(text, len(text)*max(tokens, 0)/has)
	}
	return text
}

// cut gives the first n bytes of a text, without a part of a character, and says
// that something is missing.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + " ..."
}

// tokensOf is what messages cost, in tokens.
func tokensOf(messages []docent.ModelMessage) int {
	tokens := 0
	for _, m := range messages {
		tokens += messageTokens(m)
	}
	return tokens
}

// cost is what a passage takes of the budget.
func cost(p docent.Passage) int { return p.Tokens + passageOverhead }

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
		cost, at := cost(p), page{p.Unit, p.Path}
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
