package retrieval

import (
	"context"
	"math"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// talk is a conversation of the reader's questions, with an answer to each.
func talk(questions ...string) []docent.ModelMessage {
	var history []docent.ModelMessage
	for _, q := range questions {
		history = append(history, docent.ModelMessage{Role: docent.RoleUser, Text: q}, docent.ModelMessage{Role: docent.RoleAssistant, Text: "Use the lantern."})
	}
	return history
}

func TestAQuestionLeansOnTheOneBeforeWhereItSaysSoOrSaysLittle(t *testing.T) {
	for _, question := range []string{
		"and how do I turn it off?", "And on Windows?", "what about docker", "why?", "how do I change that?", "only for two of them please",
		"without a key", "can it do more?", "on Windows?", "timeout", "und auf Windows?", "et avec docker ?", "", "?!",
	} {
		if got := leans(question, fewWeight); got <= 0 || got >= 1 {
			t.Errorf("%q leans with %v, want between 0 and 1", question, got)
		}
	}
	for _, question := range []string{
		"How do I change the port that the server listens on?", "Which folder holds the conversations of readers?",
		"by the way, how do I read a csv?", "different topic: can it log?", "Übrigens, wo liegt das?", "Another question. Ports?",
	} {
		if got := leans(question, fewWeight); got != 0 {
			t.Errorf("%q leans with %v, want 0", question, got)
		}
	}
}

func TestTheMoreAQuestionSaysTheLessItTakesFromTheOneBefore(t *testing.T) {
	short, long := leans("does it rotate?", fewWeight), leans("does it rotate access logs by size and keep ten compressed files?", fewWeight)
	if !(short > long && long > 0) {
		t.Errorf("a short one leans with %v, a long one with %v", short, long)
	}
}

func TestAQuestionLeansOnTwoFormerOnesAtMost(t *testing.T) {
	weight := leans("and then?", fewWeight)
	got := formerOf("and then?", talk("Where is the log?", "and on Linux?", "and on Windows?"))
	want := []former{{"and on Windows?", weight}, {"and on Linux?", weight * leans("and on Windows?", fewWeight)}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(former{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := formerOf("and then?", talk("and on Linux?", "How do I change the port that the server listens on?")); len(got) != 1 {
		t.Errorf("beyond a question that stands on its own it leans on %v", got[1:])
	}
	if got := formerOf("and then?", nil); got != nil {
		t.Errorf("without history it leans on %v", got)
	}
}

// rooms are two subjects with the same things to do.
func rooms() *Searcher {
	m := published(map[docent.Unit][]docent.Chunk{unit: append(
		page("cellar.md", "The cellar", "heat", "Heat the cellar with the stove.", "light", "Light the cellar with the lantern.", "store", "Store apples there."),
		page("attic.md", "The attic", "heat", "Heat the attic with a brazier.", "light", "Light the attic with candles.", "sleep", "Sleep on straw.")...)})
	return New(m, standard())
}

func TestAFollowUpFindsItsSubjectAndAChangeOfSubjectLeavesIt(t *testing.T) {
	s := rooms()
	for _, tt := range []struct{ before, then, want, asked string }{
		{"How do I heat the cellar?", "and light it?", "cellar.md#light", "and light it?\nHow do I heat the cellar?"},
		{"How do I heat the attic?", "and light it?", "attic.md#light", "and light it?\nHow do I heat the attic?"},
		{"How do I heat the attic?", "what about the cellar", "cellar.md#heat", "what about the cellar\nHow do I heat the attic?"},
		{"How do I light the attic?", "by the way, store apples where?", "cellar.md#store", "by the way, store apples where?"},
	} {
		found := search(t, s, docent.Query{Text: tt.then, History: talk(tt.before)})
		if got := anchors(found); len(got) == 0 || got[0] != tt.want || found.Asked != tt.asked {
			t.Errorf("%s %s: found %v for %q", tt.before, tt.then, got, found.Asked)
		}
		if found.Refuse {
			t.Errorf("%s %s: refused with %.2f", tt.before, tt.then, found.Answerable)
		}
	}
}

func TestAnswersBeforeAreNotSearchedFor(t *testing.T) {
	found := search(t, rooms(), docent.Query{Text: "and heat?", History: talk("What is in the attic?")})
	if got := anchors(found); got[0] != "attic.md#heat" {
		t.Errorf("found %v", got)
	}
}

func TestTheVectorIsTheWeightedMeanOfTheQuestionsVectors(t *testing.T) {
	var mu sync.Mutex
	asked := map[string]int{}
	s := New(published(nil), standard(), WithEmbed(func(_ context.Context, text string) ([]float32, error) {
		mu.Lock()
		defer mu.Unlock()
		asked[text]++
		if text == "and then?" {
			return []float32{1, 0}, nil
		}
		return []float32{0, 1}, nil
	}))
	a, err := s.asked(t.Context(), docent.Query{Text: "and then?", History: talk("Where is the log?")})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"and then?": 1, "Where is the log?": 1}, asked); diff != "" {
		t.Errorf("embedded (-want +got):\n%s", diff)
	}
	x, y := float64(a.vector[0]), float64(a.vector[1])
	if math.Abs(math.Hypot(x, y)-1) > 1e-6 || math.Abs(y/x-leans("and then?", fewWeight)) > 1e-6 {
		t.Errorf("the vector is %v", a.vector)
	}
}
