package llm

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"docent"
	"docent/llm/llmtest"
)

// TestEmbeddingFaults holds what each misbehaviour of a server becomes for its
// operator, and how often it is asked with two retries.
func TestEmbeddingFaults(t *testing.T) {
	instead := llmtest.Instead
	broken := llmtest.Reply{ContentType: "application/json", Body: `{"data":[{"index":0,`}
	for name, tc := range map[string]struct {
		answer func(llmtest.EmbeddingRequest) llmtest.Reply
		code   docent.Code
		says   string // in the message
		hints  string // in the hint
		asked  int
	}{
		"401":                     {instead(llmtest.Unauthorized()), docent.CodeModelAuth, "the embedding server refused the key", "embedding.api_key", 1},
		"404":                     {instead(llmtest.Fail(404, "model_not_found", "No.")), docent.CodeModelFailed, "does not know the address or the model", "embedding.model", 1},
		"402":                     {instead(llmtest.Fail(402, "payment", "Pay.")), docent.CodeModelLimited, "used up", "billing", 1},
		"quota spent":             {instead(llmtest.QuotaSpent()), docent.CodeModelLimited, "used up", "embedding.api_key", 1},
		"429":                     {instead(llmtest.Limited("1")), docent.CodeModelLimited, "too many requests", "", 3},
		"500":                     {instead(llmtest.Broken()), docent.CodeModelFailed, "the embedding server failed", "", 3},
		"500 in HTML":             {instead(llmtest.Reply{Status: 502, ContentType: "text/html", Body: "<h1>bad gateway"}), docent.CodeModelFailed, "failed", "", 3},
		"HTML with 200":           {instead(llmtest.HTML()), docent.CodeModelFailed, "did not answer as one does", "embedding.base_url", 1},
		"broken JSON":             {instead(broken), docent.CodeModelFailed, "did not answer as one does", "embedding.base_url", 1},
		"a chat's answer":         {instead(llmtest.Whole("Hello.")), docent.CodeModelFailed, "gave 0 vectors for 3 texts", "embedding.batch_texts", 1},
		"an error with 200":       {instead(llmtest.Reply{ContentType: "application/json", Body: `{"error":"loading"}`}), docent.CodeModelFailed, "failed", "", 3},
		"cut":                     {instead(cutOff), docent.CodeModelCut, "broke off", "", 3},
		"too few vectors":         {llmtest.TooFew, docent.CodeModelFailed, "gave 2 vectors for 3 texts", "embedding.batch_texts", 1},
		"all numbered 0":          {llmtest.Misnumbered, docent.CodeModelFailed, "numbered its vectors wrongly", "embedding.batch_texts", 1},
		"other dimensions":        {llmtest.Dimensions(16), docent.CodeModelFailed, "a vector of 16 dimensions instead of 32", "set embedding.dimensions to 16", 1},
		"no dimensions":           {instead(llmtest.Reply{ContentType: "application/json", Body: `{"data":[{"embedding":[]},{"embedding":[]},{"embedding":[]}]}`}), docent.CodeModelFailed, "a vector of 0 dimensions", "embedding.dimensions", 1},
		"NaN in base64":           {llmtest.NotANumber, docent.CodeModelFailed, "a vector that can't be used", "embedding.model", 1},
		"NaN in lists":            {inLists(llmtest.NotANumber), docent.CodeModelFailed, "a vector that can't be used", "embedding.model", 1},
		"zeros":                   {llmtest.Zeros, docent.CodeModelFailed, "a vector that can't be used", "embedding.model", 1},
		"a refusal without cause": {instead(llmtest.Fail(400, "invalid_request_error", "Not so.")), docent.CodeModelFailed, "refused the request", "", 3},
	} {
		t.Run(name, func(t *testing.T) {
			s := llmtest.For(t)
			s.AnswerEmbeddings(tc.answer)
			e, _ := newEmbedder(t, s, func(c *EmbeddingConfig) { c.Dimensions = 32 })
			got, err := passages(t, e, someTexts(3))
			wantError(t, err, tc.code)
			var told *docent.Error
			errors.As(err, &told)
			if !strings.Contains(told.Message, tc.says) || !strings.Contains(told.Hint, tc.hints) {
				t.Errorf("message %q, hint %q; want %q and %q", told.Message, told.Hint, tc.says, tc.hints)
			}
			if n := len(s.EmbeddingRequests()); n != tc.asked || len(got) > 0 {
				t.Errorf("asked %d times, want %d; %d vectors", n, tc.asked, len(got))
			}
		})
	}
}

// cutOff is an answer that breaks off.
var cutOff = llmtest.Reply{ContentType: "application/json", Body: `{"data"`, Steps: []llmtest.Step{llmtest.Cut()}}

// inLists lets an answer come as lists of numbers, whatever was asked for.
func inLists(answer func(llmtest.EmbeddingRequest) llmtest.Reply) func(llmtest.EmbeddingRequest) llmtest.Reply {
	return func(r llmtest.EmbeddingRequest) llmtest.Reply {
		r.EncodingFormat = ""
		return answer(r)
	}
}

func TestVectorsOfOneModelHaveOneLength(t *testing.T) {
	s := llmtest.For(t)
	s.ScriptEmbeddings(llmtest.Dimensions(32), llmtest.Dimensions(48))
	e, _ := newEmbedder(t, s, nil)
	_, err := passages(t, e, someTexts(8))
	wantError(t, err, docent.CodeModelFailed)
	if !strings.Contains(err.Error(), "48 dimensions, and before of 32") {
		t.Errorf("error %v", err)
	}
}

// TestAModelThatChangedBehindItsNameIsNoticed holds that an index is asked only
// with vectors of its own number of dimensions.
func TestAModelThatChangedBehindItsNameIsNoticed(t *testing.T) {
	s := llmtest.For(t)
	e, _ := newEmbedder(t, s, nil)
	e.Expect(48)
	e.Expect(64) // too late
	_, err := e.Query(t.Context(), "what?")
	wantError(t, err, docent.CodeModelFailed)
	if !strings.Contains(err.Error(), "64 dimensions, and before of 48") || e.Dimensions() != 48 {
		t.Errorf("error %v, dimensions %d", err, e.Dimensions())
	}
}

func TestAFailedRequestIsRepeatedAlone(t *testing.T) {
	s := llmtest.For(t)
	s.ScriptEmbeddings(llmtest.Embed, llmtest.Instead(llmtest.Broken()), llmtest.Instead(cutOff), llmtest.Embed)
	e, fake := newEmbedder(t, s, nil)
	texts := someTexts(12)
	got, err := passages(t, e, texts)
	if err != nil {
		t.Fatal(err)
	}
	wantVectors(t, got, texts)
	for text, n := range s.Embedded() {
		if n > 1 && text != texts[4] && text != texts[5] && text != texts[6] && text != texts[7] {
			t.Errorf("%q was embedded %d times", text, n)
		}
	}
	if waits := fake.slept(); !slices.Equal(waits, []time.Duration{second / 2, second}) {
		t.Errorf("waits %v", waits)
	}
}

// TestOnePauseHoldsForAllWorkers holds that workers share the pause, and that
// no batch is lost in it.
func TestOnePauseHoldsForAllWorkers(t *testing.T) {
	s := llmtest.For(t)
	s.ScriptEmbeddings(times(2, llmtest.Instead(llmtest.Limited("7")))...)
	e, fake := newEmbedder(t, s, func(c *EmbeddingConfig) { c.BatchTexts = 1 })
	texts := someTexts(6)
	got, err := passages(t, e, texts)
	if err != nil {
		t.Fatal(err)
	}
	wantVectors(t, got, texts)
	if waits := fake.slept(); !slices.Equal(waits, []time.Duration{7 * second, 7 * second}) {
		t.Errorf("waits %v, want 7s twice", waits)
	}
	s.ScriptEmbeddings(llmtest.Instead(llmtest.Limited("90")))
	other, _ := newEmbedder(t, s, func(c *EmbeddingConfig) { c.Retries = 0 })
	if _, err := passages(t, other, texts); docent.CodeOf(err) != docent.CodeModelLimited {
		t.Fatalf("without retries: %v", err)
	}
	if left := other.pause.left(other.clock.now()); left != 90*second {
		t.Errorf("the others wait %v, want 90s", left)
	}
}

func TestAnIngestWaitsLongerThanAReader(t *testing.T) {
	s := llmtest.For(t)
	s.ScriptEmbeddings(times(2, llmtest.Instead(llmtest.Limited("60")))...)
	e, fake := newEmbedder(t, s, nil)
	_, err := e.Query(t.Context(), "what?")
	wantError(t, err, docent.CodeModelLimited)
	if len(fake.slept()) != 0 {
		t.Errorf("a reader waited %v", fake.slept())
	}
	if _, err := passages(t, e, someTexts(1)); err != nil || len(fake.slept()) != 2 {
		t.Errorf("error %v after %v", err, fake.slept())
	}
}

func TestASlowAnswerIsAskedForAgain(t *testing.T) {
	s := llmtest.For(t)
	arrived := make(chan struct{})
	stalls := func(r llmtest.EmbeddingRequest) llmtest.Reply {
		arrived <- struct{}{}
		return llmtest.Held(nil)(r)
	}
	s.ScriptEmbeddings(stalls, llmtest.Embed, stalls)
	e, fake := newEmbedder(t, s, func(c *EmbeddingConfig) { c.Timeout, c.Retries = 40*second, 1 })
	ring := func(want time.Duration) {
		<-arrived
		if sets := fake.ring(); !slices.Equal(sets, []time.Duration{want}) {
			t.Errorf("the time for an answer was %v, want %v", sets, want)
		}
	}
	go ring(40 * second)
	texts := someTexts(2)
	got, err := passages(t, e, texts)
	if err != nil {
		t.Fatal(err)
	}
	wantVectors(t, got, texts)

	e.cfg.Retries = 0
	go ring(queryTime)
	_, err = e.Query(context.Background(), "what?")
	wantError(t, err, docent.CodeModelStalled)
}

func TestWhatAServerRefusesIsLeftOutAndRemembered(t *testing.T) {
	s := llmtest.For(t)
	s.Refuse("encoding_format", "dimensions")
	s.AnswerEmbeddings(llmtest.Dimensions(32))
	e, _ := newEmbedder(t, s, func(c *EmbeddingConfig) { c.Dimensions, c.Retries = 32, 0 })
	texts := someTexts(8)
	got, err := passages(t, e, texts)
	if err != nil {
		t.Fatal(err)
	}
	wantVectors(t, got, texts)
	var sent []string
	for _, r := range s.EmbeddingRequests() {
		sent = append(sent, fmt.Sprintf("%s %d", r.EncodingFormat, r.Dimensions))
	}
	if want := []string{"base64 32", " 32", " 0", " 0"}; !slices.Equal(sent, want) {
		t.Errorf("sent %q, want %q", sent, want)
	}
}

func TestABatchThatIsTooLargeIsHalvedAndRemembered(t *testing.T) {
	s := llmtest.For(t)
	s.AnswerEmbeddings(llmtest.AtMost(4))
	e, _ := newEmbedder(t, s, func(c *EmbeddingConfig) { c.BatchTexts = 16 })
	texts := someTexts(48)
	got, err := passages(t, e, texts)
	if err != nil {
		t.Fatal(err)
	}
	wantVectors(t, got, texts)
	for text, n := range s.Embedded() {
		if n != 1 {
			t.Errorf("%q was embedded %d times", text, n)
		}
	}
	if n := len(s.EmbeddingRequests()); n != 12+2 { // 16 and 8 are refused once
		t.Errorf("%d requests, want 14", n)
	}
}

func TestTextsAboveTheLimitAreDividedNotCutOff(t *testing.T) {
	long := "The first part speaks of apples. " + strings.Repeat("Apples are red. ", 30) + "\n\n" +
		strings.Repeat("Pears are green. ", 30) + "The last part speaks of quinces."
	for name, tc := range map[string]struct {
		limit  int // configured
		answer func(llmtest.EmbeddingRequest) llmtest.Reply
	}{
		"as configured":      {60, llmtest.Embed},
		"as the server says": {1000, llmtest.WordsAtMost(50)},
		"as it says without words": {1000, func(r llmtest.EmbeddingRequest) llmtest.Reply {
			if reply := llmtest.WordsAtMost(50)(r); reply.Status == 0 {
				return reply
			}
			return llmtest.Reply{Status: http.StatusRequestEntityTooLarge}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := llmtest.For(t)
			s.AnswerEmbeddings(tc.answer)
			e, _ := newEmbedder(t, s, func(c *EmbeddingConfig) { c.MaxInputTokens, c.PassagePrefix = tc.limit, "p: " })
			got, err := passages(t, e, []string{"short", long, "also short"})
			if err != nil || len(got) != 3 {
				t.Fatalf("%d vectors, %v", len(got), err)
			}
			if n := cosine(got[1], got[1]); math.Abs(n-1) > 1e-5 {
				t.Errorf("length² %v", n)
			}
			for _, word := range []string{"quinces", "pears", "apples"} {
				if cosine(got[1], llmtest.Vector(word, 64)) < 0.01 {
					t.Errorf("nothing of %q is in the vector", word)
				}
			}
			pears := 0
			for text, n := range s.Embedded() {
				if !strings.HasPrefix(text, "p: ") {
					t.Errorf("%q has no prefix", text)
				}
				pears += n * strings.Count(text, "Pears")
			}
			if pears != 30 {
				t.Errorf("%d pears were embedded, want 30", pears)
			}
		})
	}
}

func TestATextThatIsRefusedHoweverShortEndsInAnError(t *testing.T) {
	for status, message := range map[int]string{
		http.StatusRequestEntityTooLarge: "", 400: "too many tokens", 500: "input is too large to process", 422: "no",
	} {
		s := llmtest.For(t)
		s.AnswerEmbeddings(llmtest.Instead(llmtest.Fail(status, "refused", message)))
		e, _ := newEmbedder(t, s, func(c *EmbeddingConfig) { c.PassagePrefix = strings.Repeat("prefix ", 40) })
		_, err := passages(t, e, []string{strings.Repeat("word ", 300)})
		wantError(t, err, docent.CodeModelFailed)
		if n := len(s.EmbeddingRequests()); n > 10 {
			t.Errorf("status %d: %d requests", status, n)
		}
	}
}
