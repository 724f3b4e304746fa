package chat

import (
	"context"
	"slices"

	"docent"
)

// maxCallArguments is how long the arguments of a call may be that the model is
// shown again, in bytes.
const maxCallArguments = 16 << 10

// converse asks the model, makes the calls of tools that it wants, and asks again
// with what they gave, until it answers without a call or calls the reader's page. After the last round it is
// asked not to call; if it does all the same and says nothing, it is asked without
// tools. The result's usage is of all rounds.
func (a *answering) converse(model Model, front textFilter, f *refusalFilter) (docent.ModelResult, error) {
	var used docent.Usage
	for round := 0; ; round++ {
		asked, before := a.request(round), len(a.text)
		may, must := len(asked.Tools) > 0, asked.NoCalls
		result, err := model.Stream(a.ctx, asked, func(text string) error {
			err := front.Write(text)
			a.tell(false)
			return err
		})
		used = sum(used, result.Usage)
		result.Usage = used
		a.trace.answered(result.Model)
		switch {
		case err != nil, len(result.Calls) == 0, !may, must && len(a.text) > before:
			return result, err
		case must:
			a.trace.step("the model called tools where it was to answer", "")
			continue
		}
		if err := a.round(result.Calls, before, f); err != nil {
			return result, err
		}
		if a.done.ClientCall != nil {
			result.FinishReason = docent.FinishClientTool
			return result, nil
		}
	}
}

// request is what the model is asked in a round, from 0. The caller lets go of it
// before the model answers, since a stream takes long.
func (a *answering) request(round int) docent.ModelRequest {
	if a.prompt.messages == nil {
		a.prompt.assemble() // it was let go of with the first word
	}
	r := docent.ModelRequest{Model: a.ask.Model, Messages: a.prompt.messages}
	b := a.tools
	if b == nil {
		return r
	}
	r.Messages = slices.Concat(r.Messages, b.said)
	if round <= b.bounds.Rounds {
		r.Tools, r.NoCalls = b.tools, round == b.bounds.Rounds
	}
	return r
}

// round makes the calls that end a round of which the text begins at a place, and
// notes them with their results for the next request. Where one is the page's, the
// answer ends with it, and with what the others showed.
func (a *answering) round(calls []docent.ModelCall, from int, f *refusalFilter) error {
	if err := f.paragraph(); err != nil {
		return err
	}
	a.support.announced(len(a.text))
	said := string(a.text[from:])
	all := a.tools.take(calls)
	page, calls := a.tools.forPage(a.ctx, all)
	made := a.callAll(calls)
	if err := a.ctx.Err(); err != nil {
		return err
	}
	if page != nil {
		a.done.ClientCall = page
		a.rounds = append(a.rounds, a.tools.ending(said, all, page.ID))
		return nil
	}
	if len(a.tools.page) > 0 {
		a.rounds = append(a.rounds, round{said, calls, made})
	}
	a.tools.say(docent.ModelMessage{Role: docent.RoleAssistant, Text: said, Calls: shownAgain(calls)})
	f.next = restored(a.results(calls, made), f.next)
	return nil
}

// shownAgain gives calls as the model sees them with their results.
func shownAgain(calls []docent.ModelCall) []docent.ModelCall {
	calls = slices.Clone(calls)
	for i := range calls {
		if len(calls[i].Arguments) > maxCallArguments {
			calls[i].Arguments = "{}"
		}
	}
	return calls
}

// callAll makes calls, and tells of each when it begins and when it has ended. One
// that equals another is answered from that.
func (a *answering) callAll(calls []docent.ModelCall) []*called {
	b := a.tools
	var fresh, again []docent.ModelCall
	for _, c := range calls {
		a.emit(docent.EventTool, docent.ToolData{ID: c.ID, Name: c.Name, State: docent.ToolStarted, Summary: c.Name})
		key := keyOf(c)
		if _, made := b.made[key]; made {
			again = append(again, c)
			continue
		}
		b.made[key] = nil
		fresh = append(fresh, c)
	}
	b.callEach(a.ctx, fresh, func(c docent.ModelCall, made *called) {
		b.made[keyOf(c)] = made
		a.ended(c, made, made.took)
	})
	for _, c := range again {
		a.ended(c, b.made[keyOf(c)], 0)
	}
	all := make([]*called, len(calls))
	for i, c := range calls {
		all[i] = b.made[keyOf(c)]
	}
	return all
}

// callEach makes calls, so many at once as may be, and gives ended each when it has
// ended.
func (b *toolbox) callEach(ctx context.Context, calls []docent.ModelCall, ended func(docent.ModelCall, *called)) {
	type result struct {
		call docent.ModelCall
		made *called
	}
	results, places := make(chan result, len(calls)), make(chan struct{}, max(b.bounds.Parallel, 1))
	for i, c := range calls {
		if i >= maxRoundCalls {
			results <- result{c, &called{err: docent.Errorf(docent.CodeInvalid, "more than %d calls at once", maxRoundCalls)}}
			continue
		}
		go func() {
			places <- struct{}{} // each call gives its place back within its time
			defer func() { <-places }()
			results <- result{c, b.call(ctx, c)}
		}()
	}
	for range calls {
		r := <-results
		ended(r.call, r.made)
	}
}
