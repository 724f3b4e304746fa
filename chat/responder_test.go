package chat

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"docent"
)

// answered asks a service whose answers wrap makes, and gives the events and the
// stored answer.
func answered(t *testing.T, model Model, find Retrieve, wrap func(next Responder) Responder) ([]docent.Event, docent.Message) {
	t.Helper()
	store := newMemory()
	s := New(testConfig(), store, find, model, quotes, nil, slog.New(slog.DiscardHandler), WithResponder(wrap))
	started, err := s.Start(context.Background(), reader, docent.Ask{Message: "How do I install it?"})
	if err != nil {
		t.Fatal(err)
	}
	var events []docent.Event
	if err := s.Follow(context.Background(), reader, started.MessageID, 0, func(e []docent.Event) error {
		events = append(events, e...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	s.Shutdown(context.Background())
	return events, store.message(started.MessageID)
}

// named gives the data of the events with a name.
func named(events []docent.Event, name string) string {
	var all []string
	for _, e := range events {
		if e.Name == name {
			all = append(all, string(e.Data))
		}
	}
	return strings.Join(all, "\n")
}

func page(url string) docent.Passage {
	return docent.Passage{Chunk: docent.Chunk{Title: "Order 7", URL: url}}
}

func TestAResponderSeesWhatAnAnswerGoesOnWith(t *testing.T) {
	var saw []*docent.Continuation
	store := newMemory()
	s := New(testConfig(), store, finds(found), &scripted{deltas: []string{"Here."}}, quotes, nil, slog.New(slog.DiscardHandler), WithResponder(func(next Responder) Responder {
		return func(ctx context.Context, q *Question, w *Writer) error {
			saw = append(saw, q.Continues)
			return next(ctx, q, w)
		}
	}))
	first, _ := ask(t, s, docent.Ask{Message: "How do I install it?"})
	_, events := ask(t, s, goOn(first.MessageID, "", "The reader chose Windows."))
	s.Shutdown(t.Context())
	if len(saw) != 2 || saw[0] != nil || saw[1].AnswerID != first.MessageID || saw[1].Note != "The reader chose Windows." || said(t, events) != "Here." {
		t.Errorf("it saw %+v, and the answer is %q", saw, said(t, events))
	}
}

func TestWhatAResponderWritesIsCheckedAndStored(t *testing.T) {
	model := &scripted{deltas: []string{"never"}}
	events, stored := answered(t, model, finds(found), func(Responder) Responder {
		return func(ctx context.Context, q *Question, w *Writer) error {
			if err := w.Tool(docent.ToolData{ID: "1", Name: "orders", State: docent.ToolDone}); err != nil {
				return err
			}
			if n, err := w.Sources(page("https://shop.example.com/7")); err != nil || n[0] != 1 {
				t.Errorf("%v, %v", n, err)
			}
			for _, text := range []string{"Left on Mon", "\u202e\x1bday [1][2], see [here](https://evil.example/?q=x)", " and [it](https://shop.example.com/7)."} {
				if err := w.Text(text); err != nil {
					return err
				}
			}
			return w.Followups("When  will it\narrive?")
		}
	})
	if want := "Left on Monday [1], see here and [it](https://shop.example.com/7)."; stored.Text != want || stored.FinishReason != docent.FinishStop {
		t.Errorf("%q, %s", stored.Text, stored.FinishReason)
	}
	if len(stored.Citations) != 1 || stored.Citations[0].URL != "https://shop.example.com/7" || stored.Citations[0].Start != 15 {
		t.Errorf("%+v", stored.Citations)
	}
	if got := named(events, docent.EventFollowups); got != `{"questions":["When will it arrive?"]}` {
		t.Error(got)
	}
	if named(events, docent.EventTool) == "" || len(stored.Sources) != 1 || model.seen.Messages != nil {
		t.Error("no tool, no source, or the model was asked")
	}
}

func TestAResponderChangesTheQuestionForTheDefault(t *testing.T) {
	model := &scripted{deltas: []string{"Use the archive [2]."}}
	var asked []docent.Query
	find := func(_ context.Context, q docent.Query) (docent.Found, error) {
		asked = append(asked, q)
		return found, nil
	}
	_, stored := answered(t, model, find, func(next Responder) Responder {
		return func(ctx context.Context, q *Question, w *Writer) error {
			q.Text, q.Filters.Source = "How do I install it on Windows?", "manual"
			q.Instructions, q.Context = "Be kind.", "The reader's plan is pro."
			if f, err := q.Found(ctx); err != nil || len(f.Passages) != 2 {
				t.Errorf("%+v, %v", f, err)
			}
			if err := next(ctx, q, w); err != nil {
				return err
			}
			return w.Text("\n\nStill stuck? See [2], [1].")
		}
	})
	if len(asked) != 1 || asked[0].Text != "How do I install it on Windows?" || asked[0].Filters.Source != "manual" {
		t.Errorf("searched for %+v", asked)
	}
	system, question := model.seen.Messages[0].Text, model.seen.Messages[len(model.seen.Messages)-1].Text
	if !strings.Contains(system, "Be kind.") || !strings.Contains(question, "The reader's plan is pro.") || !strings.Contains(question, "on Windows?") {
		t.Errorf("the model saw %s\n%s", system, question)
	}
	if stored.Text != "Use the archive [2].\n\nStill stuck? See [2], [1]." || len(stored.Citations) != 2 || stored.Citations[1].Start != 44 {
		t.Errorf("%q, %+v", stored.Text, stored.Citations)
	}
}

func TestDataOfAResponderIsAskedAboutWhateverWasFound(t *testing.T) {
	model := &scripted{deltas: []string{"Your plan is pro."}}
	_, stored := answered(t, model, finds(docent.Found{Refuse: true}), func(next Responder) Responder {
		return func(ctx context.Context, q *Question, w *Writer) error {
			q.Context = "The reader's plan is pro."
			return next(ctx, q, w)
		}
	})
	if stored.Text != "Your plan is pro." || stored.FinishReason != docent.FinishStop {
		t.Errorf("%q, %s", stored.Text, stored.FinishReason)
	}
}

func TestAResponderThatFailsFailsItsAnswer(t *testing.T) {
	secret := errors.New("password of the database")
	for name, c := range map[string]struct {
		respond func(ctx context.Context, next Responder, q *Question, w *Writer) error
		says    string
		said    string
	}{
		"an error": {func(context.Context, Responder, *Question, *Writer) error { return secret }, "could not be made", ""},
		"a panic":  {func(context.Context, Responder, *Question, *Writer) error { panic(secret) }, "could not be made", ""},
		"told": {func(context.Context, Responder, *Question, *Writer) error {
			return docent.Errorf(docent.CodeInvalid, "no orders")
		}, "no orders", ""},
		"nothing": {func(context.Context, Responder, *Question, *Writer) error { return nil }, "answered with nothing", ""},
		"too early": {func(ctx context.Context, next Responder, q *Question, w *Writer) error {
			return errors.Join(w.Text("Hello."), next(ctx, q, w))
		}, "could not be made", "Hello."},
		"half": {func(_ context.Context, _ Responder, _ *Question, w *Writer) error {
			return errors.Join(w.Text("Half [1"), secret)
		}, "could not be made", "Half [1"},
		"its time": {func(ctx context.Context, next Responder, q *Question, w *Writer) error {
			ctx, cancel := context.WithTimeout(ctx, 0)
			defer cancel()
			return next(ctx, q, w)
		}, "took too long", ""},
		"no source": {func(_ context.Context, _ Responder, _ *Question, w *Writer) error {
			_, err := w.Sources(page("javascript:alert(1)"))
			return err
		}, "an address that begins", ""},
	} {
		events, stored := answered(t, nil, func(ctx context.Context, _ docent.Query) (docent.Found, error) { return docent.Found{}, ctx.Err() }, func(next Responder) Responder {
			return func(ctx context.Context, q *Question, w *Writer) error { return c.respond(ctx, next, q, w) }
		})
		if got := named(events, docent.EventError); !strings.Contains(got, c.says) || strings.Contains(got, "password") || stored.FinishReason != docent.FinishFailed || stored.Text != c.said {
			t.Errorf("%s: %s, %q, %s", name, got, stored.Text, stored.FinishReason)
		}
	}
}

func TestARefusalOfAResponderIsNoGap(t *testing.T) {
	events, stored := answered(t, nil, finds(found), func(Responder) Responder {
		return func(_ context.Context, _ *Question, w *Writer) error { return w.Refuse("Ask legal.") }
	})
	var done docent.DoneData
	if err := json.Unmarshal(events[len(events)-1].Data, &done); err != nil || done.FinishReason != docent.FinishRefused || stored.Text != "Ask legal." || stored.Gap != nil {
		t.Errorf("%+v, %q, %v, %v", done, stored.Text, stored.Gap, err)
	}
}

func TestAResponderEndsWhenTheReaderStopsIt(t *testing.T) {
	store, wrote := newMemory(), make(chan struct{})
	s := New(testConfig(), store, finds(found), nil, quotes, nil, slog.New(slog.DiscardHandler), WithResponder(func(Responder) Responder {
		return func(ctx context.Context, _ *Question, w *Writer) error {
			if err := w.Text("One. "); err != nil {
				return err
			}
			close(wrote)
			<-ctx.Done()
			if w.Text("Two.") == nil || w.Followups("x") == nil || w.Tool(docent.ToolData{}) == nil {
				t.Error("an answer that has ended takes more")
			}
			return ctx.Err()
		}
	}))
	started, err := s.Start(context.Background(), reader, docent.Ask{Message: "How do I install it?"})
	if err != nil {
		t.Fatal(err)
	}
	<-wrote
	if err := s.Cancel(context.Background(), reader, started.MessageID); err != nil {
		t.Fatal(err)
	}
	if m := store.message(started.MessageID); m.Text != "One. " || m.FinishReason != docent.FinishCancelled {
		t.Errorf("%q, %s", m.Text, m.FinishReason)
	}
}
