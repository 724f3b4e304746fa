package mcp

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"docent"
	"docent/access"
)

var askTool = &mcp.Tool{
	Name: "ask_docs", Title: "Ask the documentation", Annotations: asksOnce,
	Description: "Answers a question from the documentation, in words, with numbered citations that were checked, or says that the documentation does not hold it. Takes seconds; search_docs is faster where sections will do.",
	InputSchema: json.RawMessage(`{"type":"object","properties":{
"question":{"type":"string","minLength":1,"maxLength":4000,"description":"A whole question, which can be understood by itself."},` +
		chosenProperties + `},"required":["question"],"additionalProperties":false}`),
}

type askArguments struct {
	Question string `json:"question"`
	chosen
}

type askResult struct {
	Answer       string   `json:"answer" jsonschema:"Markdown; [1] cites the citation with n 1"`
	FinishReason string   `json:"finish_reason" jsonschema:"stop; length; refused: the documentation does not hold it; extractive: in the documentation's own words"`
	Cause        string   `json:"cause,omitempty" jsonschema:"why the answer is extractive, or that it is not the documentation's"`
	Certain      string   `json:"certain" jsonschema:"yes or uncertain"`
	Grounded     *float64 `json:"grounded" jsonschema:"how much of it the cited sections bear out, from 0 to 1; null where that was not checked"`
	Citations    []cited  `json:"citations"`
	Nearest      []cited  `json:"nearest,omitempty" jsonschema:"the nearest sections, where the documentation does not hold it"`
	Note         string   `json:"note,omitempty"`
}

// cited is a section that an answer leans on.
type cited struct {
	N       int    `json:"n"`
	Title   string `json:"title"`
	Heading string `json:"heading"`
	URL     string `json:"url"`
}

// ask is ask_docs. A client that cancels the call stops the answer.
func (f *features) ask(ctx context.Context, c call, in askArguments) (string, askResult, error) {
	if err := c.Principal.Need(access.ScopeChat); err != nil {
		return "", askResult{}, err
	}
	started, err := c.Asker.Start(ctx, docent.Ask{Message: in.Question, Filters: in.filters(), Lang: c.Lang})
	if err != nil {
		return "", askResult{}, err
	}
	a := answer{progress: progress{call: c}}
	if err := c.Asker.Follow(ctx, started.MessageID, func(events []docent.Event) error { return a.take(ctx, events) }); err != nil {
		return "", askResult{}, err
	}
	if a.failed != nil {
		return "", askResult{}, a.failed
	}
	out := a.result(c.Base)
	return out.text(), out, nil
}

// answer is an answer in the making.
type answer struct {
	text     strings.Builder
	sources  []docent.Source
	note     string
	done     docent.DoneData
	failed   error
	progress progress
}

// take takes events that came together.
func (a *answer) take(ctx context.Context, events []docent.Event) error {
	for _, e := range events {
		if err := a.one(e); err != nil {
			return err
		}
	}
	switch {
	case events[len(events)-1].Last(): // the result follows at once
	case a.text.Len() > 0:
		a.progress.tell(ctx, fmt.Sprintf("writing: %d characters", a.text.Len()))
	case len(a.sources) > 0:
		a.progress.tell(ctx, fmt.Sprintf("found %d sections", len(a.sources)))
	default:
		a.progress.tell(ctx, "searching")
	}
	return nil
}

func (a *answer) one(e docent.Event) error {
	switch e.Name {
	case docent.EventSources:
		var d docent.SourcesData
		if err := json.Unmarshal(e.Data, &d); err != nil {
			return err
		}
		a.sources, a.note = append(a.sources, d.Sources...), joined("; ", a.note, d.Note)
	case docent.EventDelta:
		var d docent.DeltaData
		if err := json.Unmarshal(e.Data, &d); err != nil {
			return err
		}
		a.text.WriteString(d.Text)
	case docent.EventDone:
		return json.Unmarshal(e.Data, &a.done)
	case docent.EventError:
		var d docent.ErrorData
		if err := json.Unmarshal(e.Data, &d); err != nil {
			return err
		}
		a.failed = d.Err()
	}
	return nil
}

func (a *answer) result(base string) askResult {
	out := askResult{
		Answer: a.text.String(), FinishReason: string(a.done.FinishReason), Cause: string(a.done.Cause),
		Certain: a.done.Certain, Grounded: a.done.Grounded, Citations: []cited{}, Note: a.note,
	}
	seen := map[int]bool{}
	for _, x := range a.done.Citations {
		if !seen[x.N] {
			seen[x.N] = true
			out.Citations = append(out.Citations, cited{x.N, x.Title, x.Heading, whole(base, x.URL)})
		}
	}
	if a.done.FinishReason == docent.FinishRefused {
		for _, x := range a.sources {
			out.Nearest = append(out.Nearest, cited{x.N, x.Title, x.Heading, whole(base, x.URL)})
		}
	}
	return out
}

// text is the result as a model reads it.
func (r askResult) text() string {
	var b strings.Builder
	b.WriteString(strings.TrimSpace(r.Answer) + "\n")
	if r.FinishReason == string(docent.FinishExtractive) {
		b.WriteString("\n(in the documentation's own words)\n")
	}
	if r.Certain == "uncertain" && r.FinishReason != string(docent.FinishRefused) {
		b.WriteString("\n(uncertain: look at the sources)\n")
	}
	for _, list := range []struct {
		title string
		cited []cited
	}{{"Sources", r.Citations}, {"Nearest sections", r.Nearest}} {
		if len(list.cited) == 0 {
			continue
		}
		b.WriteString("\n" + list.title + ":\n")
		for _, x := range list.cited {
			fmt.Fprintf(&b, "[%d] %s: %s\n", x.N, named(x.Title, x.Heading), x.URL)
		}
	}
	if r.Note != "" {
		b.WriteString("\nNote: " + r.Note + "\n")
	}
	return strings.TrimSpace(b.String())
}

// progress tells a client that wants to know how far a call is.
type progress struct {
	call call
	n    float64
	last string
}

func (p *progress) tell(ctx context.Context, message string) {
	token := p.call.request.Params.GetProgressToken()
	if token == nil || message == p.last {
		return
	}
	p.n++
	p.last = message
	// A client that is gone learns nothing; it may come back for the result.
	_ = p.call.request.Session.NotifyProgress(ctx, &mcp.ProgressNotificationParams{ProgressToken: token, Progress: p.n, Message: message})
}
