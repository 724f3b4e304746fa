package chatkit

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"docent"
)

// closing shows what stands behind an answer: it is told after the answer's item.
func (a *answer) closing(d docent.DoneData) error {
	if d.FinishReason == docent.FinishCancelled {
		return nil // whoever stopped it wants no more
	}
	w := wordsIn(a.call.Language())
	if pages, title := a.pages(d); a.cfg.Sources && len(pages) > 0 {
		if err := a.show(sourcesCard(cmp.Or(title, w.sources), pages)); err != nil {
			return err
		}
	}
	if a.cfg.Followups && len(a.followups) > 0 {
		return a.show(followupsCard(w.followups, a.followups))
	}
	return nil
}

// show stores a widget behind the answer, and tells it.
func (a *answer) show(w widget) error {
	body, err := json.Marshal(w)
	if err != nil {
		return err
	}
	put, _, err := a.stored(a.call, a.message.SessionID, docent.Item{Type: typeWidget, Body: body})
	for _, shown := range storedItem(put) {
		a.say(itemDone(shown))
	}
	return err
}

// numbered is a page with the number that the answer cites it by.
type numbered struct {
	n int
	urlSource
}

// pages are those that an answer cites, by number; or with a title of their own the
// nearest ones, where the documentation does not hold what was asked.
func (a *answer) pages(d docent.DoneData) (pages []numbered, title string) {
	add := func(n int, title, heading, url string) {
		if !slices.ContainsFunc(pages, func(p numbered) bool { return p.n == n }) {
			pages = append(pages, numbered{n, a.urlOf(title, heading, url)})
		}
	}
	if d.FinishReason == docent.FinishRefused {
		title = wordsIn(a.call.Language()).nearest
		for _, s := range a.sources {
			add(s.N, s.Title, s.Heading, s.URL)
		}
	}
	for _, c := range d.Citations {
		add(c.N, c.Title, c.Heading, c.URL)
	}
	slices.SortFunc(pages, func(x, y numbered) int { return x.n - y.n })
	return pages, title
}

// urlOf is a section of a page as ChatKit has sources.
func (a *answer) urlOf(title, heading, url string) urlSource {
	s := urlSource{Type: "url", URL: a.call.Link(url)}
	s.Title = cmp.Or(title, heading, s.URL)
	if heading != s.Title {
		s.Description = heading
	}
	return s
}

// widget is what a widget has beside its head.
type widget struct {
	Widget   card   `json:"widget"`
	CopyText string `json:"copy_text,omitempty"`
}

type card struct {
	Type     string      `json:"type"`
	Children []component `json:"children"`
}

// component is a part of a widget, of those kinds that are made here.
type component struct {
	Type     string        `json:"type"`
	Value    string        `json:"value,omitempty"`
	Label    string        `json:"label,omitempty"`
	OnClick  *widgetAction `json:"onClickAction,omitempty"`
	Variant  string        `json:"variant,omitempty"`
	Block    bool          `json:"block,omitempty"`
	Gap      int           `json:"gap,omitempty"`
	Children []component   `json:"children,omitempty"`
}

// widgetAction is what a click sends to the server, as threads.custom_action.
type widgetAction struct {
	Type    string            `json:"type"`
	Payload map[string]string `json:"payload"`
	Handler string            `json:"handler"`
	Loading string            `json:"loadingBehavior"`
	Stream  bool              `json:"streaming"`
}

// sourcesCard is a list of links, which every front end follows without more ado.
func sourcesCard(title string, pages []numbered) widget {
	var links, plain []string
	for _, p := range pages {
		name := p.Title
		if p.Description != "" {
			name += ": " + p.Description
		}
		links = append(links, fmt.Sprintf("- \\[%d\\] [%s](%s)", p.n, plainMarkdown(name), linkTarget(p.URL)))
		plain = append(plain, fmt.Sprintf("[%d] %s: %s", p.n, name, p.URL))
	}
	return widget{card{"Card", []component{
		{Type: "Caption", Value: title}, {Type: "Markdown", Value: strings.Join(links, "\n")},
	}}, strings.Join(plain, "\n")}
}

// followupsCard has a button for each question, which asks it.
func followupsCard(title string, questions []string) widget {
	var buttons []component
	for _, q := range questions {
		buttons = append(buttons, component{Type: "Button", Label: q, Variant: "outline", Block: true, OnClick: &widgetAction{
			Type: actionAsk, Payload: map[string]string{"question": q}, Handler: "server", Loading: "auto", Stream: true,
		}})
	}
	return widget{Widget: card{"Card", []component{
		{Type: "Caption", Value: title}, {Type: "Col", Gap: 2, Children: buttons},
	}}}
}

// plainMarkdown writes a text so that Markdown makes nothing of it.
func plainMarkdown(text string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(text), " ") {
		if strings.ContainsRune("\\`*_{}[]()<>#~|!&$", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// linkTarget writes an address so that it ends where it ends.
func linkTarget(url string) string {
	var b strings.Builder
	for i := range len(url) {
		if c := url[i]; c <= ' ' || c == 0x7f || strings.IndexByte("()<>\\", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
