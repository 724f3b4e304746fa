package chat

import (
	"context"
	"runtime"
	"testing"
	"weak"

	"docent"
)

// letter is a Model that keeps nothing of what it is asked, and holds its
// answer after the first word.
type letter struct{ gate chan struct{} }

func (l letter) Stream(ctx context.Context, _ docent.ModelRequest, onDelta func(string) error) (docent.ModelResult, error) {
	if err := onDelta("One "); err != nil {
		return docent.ModelResult{}, err
	}
	select {
	case <-l.gate:
	case <-ctx.Done():
		return docent.ModelResult{}, ctx.Err()
	}
	return docent.ModelResult{FinishReason: docent.FinishStop}, onDelta("[1].")
}

// TestAnAnswerLetsGoOfItsPassagesWithTheFirstWord holds what a thousand answers
// at once take: their passages and prompts would be most of it.
func TestAnAnswerLetsGoOfItsPassagesWithTheFirstWord(t *testing.T) {
	var block weak.Pointer[docent.Block]
	retrieve := func(context.Context, docent.Query) (docent.Found, error) {
		f := docent.Found{Passages: installPassages(), Answerable: .9}
		block = weak.Make(&f.Passages[0].Blocks[0])
		return f, nil
	}
	model := letter{make(chan struct{})}
	c := testConfig()
	c.Detach = 1 << 40
	s := service(t, c, newMemory(), retrieve, model)
	started, err := s.Start(context.Background(), reader, docent.Ask{Message: "How do I install it on Linux?"})
	if err != nil {
		t.Fatal(err)
	}
	waitForDelta(t, s, started.MessageID)
	runtime.GC()
	if block.Value() != nil {
		t.Error("a passage is still held")
	}
	close(model.gate)
	events := followAll(t, s, started.MessageID, 0)
	done := decode[docent.DoneData](t, last(events))
	if said(t, events) != "One [1]." || len(done.Citations) != 1 || done.Citations[0].Heading != "Linux" {
		t.Errorf("%q cites %+v", said(t, events), done.Citations)
	}
	if done.Usage.InputTokens == 0 || done.Usage.OutputTokens == 0 {
		t.Errorf("usage was not estimated: %+v", done.Usage)
	}
}
