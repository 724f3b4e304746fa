package chat

import (
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"docent"
)

// ToolBounds is what the calls of one answer may cost. Every bound is above 0.
type ToolBounds struct {
	Rounds   int           // how often the model may call tools before it has to answer
	Parallel int           // calls at once
	Timeout  time.Duration // of a call whose tool has none of its own
	MaxBytes int           // of a result, likewise
}

// WithTools lets the model call tools while it answers. They check their
// arguments themselves, and may be called by many goroutines.
func WithTools(tools []docent.Tool, b ToolBounds) Option {
	return func(s *Service) { s.tools, s.toolBounds = tools, b }
}

// WithMoreTools lets the model call those that more gives, too: by then, without
// waiting. Of two with one name the other counts.
func WithMoreTools(more func() []docent.Tool) Option {
	return func(s *Service) { s.moreTools = more }
}

// allTools are those there are now.
func (s *Service) allTools() []docent.Tool {
	if s.moreTools == nil {
		return s.tools
	}
	all := slices.Clone(s.tools)
	for _, t := range s.moreTools() {
		if !slices.ContainsFunc(all, func(other docent.Tool) bool { return other.Name == t.Name }) {
			all = append(all, t)
		}
	}
	return all
}

// toolbox is what the model may call for one answer, and what came of it.
type toolbox struct {
	tools   []docent.Tool
	page    map[string]bool // names of those that the reader's page runs
	bounds  ToolBounds
	who     docent.ToolCaller
	filters docent.Filters
	budget  int // of tokens, for all that the model is told
	log     *slog.Logger

	made     map[string]*called // what was called, by tool and arguments
	ids      map[string]bool    // of the calls
	said     []docent.ModelMessage
	tokens   int              // of said, and of what the tools are described by
	passages []docent.Passage // that sentences are held against: all numbered ones, and what other tools told, with N 0
	first    int              // passages of the first search
	gone     map[int]bool     // numbers of those that were taken out of the prompt
	given    map[string]bool  // addresses that the model was given
}

// tooled gives an answer the tools of its site; nil where there are none and nothing
// came of any before, or no model to call them.
func (s *Service) tooled(a *answering) *toolbox {
	if s.model == nil {
		return nil
	}
	var tools []docent.Tool
	for _, t := range s.allTools() {
		if t.Docs && s.cfg.Mode(a.who.Site) == ModeChat {
			continue
		}
		if len(t.Sites) == 0 || slices.Contains(t.Sites, a.who.Site) {
			tools = append(tools, t)
		}
	}
	own := s.pageTools(a, tools)
	page := make(map[string]bool, len(own))
	for _, t := range own {
		page[t.Name] = true
	}
	if tools = append(tools, own...); len(tools) == 0 && !a.learned() {
		return nil
	}
	return &toolbox{
		page: page, given: map[string]bool{},
		tools: tools, bounds: s.toolBounds, who: a.caller(), filters: a.ask.Filters, budget: s.cfg.ContextTokens,
		log: s.logger(a), made: map[string]*called{}, ids: map[string]bool{}, gone: map[int]bool{}, tokens: described(tools),
	}
}

// caller is whose question it is, as tools are told.
func (a *answering) caller() docent.ToolCaller {
	return docent.ToolCaller{Site: a.who.Site, Subject: a.who.Subject, Claims: maps.Clone(a.who.Claims), Metadata: maps.Clone(a.ask.Metadata)}
}

// any reports whether the model may call something.
func (b *toolbox) any() bool { return b != nil && len(b.tools) > 0 }

// beyondDocs reports whether a tool may know what the documentation does not.
func (b *toolbox) beyondDocs() bool {
	return b != nil && slices.ContainsFunc(b.tools, func(t docent.Tool) bool { return !t.Docs })
}

// named gives a tool by its name.
func (b *toolbox) named(name string) (docent.Tool, bool) {
	i := slices.IndexFunc(b.tools, func(t docent.Tool) bool { return t.Name == name })
	if i < 0 {
		return docent.Tool{}, false
	}
	return b.tools[i], true
}

// names lists the tools for a model that called another.
func (b *toolbox) names() string {
	var names []string
	for _, t := range b.tools {
		names = append(names, t.Name)
	}
	return strings.Join(names, ", ")
}

// opened begins with what the prompt holds, of which so many are passages.
func (b *toolbox) opened(passages []docent.Passage, first int) {
	if b != nil {
		b.first, b.passages = first, slices.Clone(passages)
	}
}
