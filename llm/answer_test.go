package llm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"docent"
)

// FuzzAnswer holds that whatever a server streams becomes a finish, or a
// failure with a model's code, that a finished answer has text or calls, and
// that each call has an ID of its own.
func FuzzAnswer(f *testing.F) {
	for _, in := range []string{
		`{"choices":[{"delta":{"content":"a"}}]}`, `{"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}],"usage":null}`,
		`{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":1}}}`,
		`{"choices":null}`, `{"choices":[{"delta":null,"finish_reason":null}]}`, `{"error":{"message":"m","code":429}}`, `{"error":[1]}`,
		`[DONE]`, `{`, `[]`, `null`, `{"choices":[{"delta":{"content":"\ud800"}}]}`, `{"choices":[1]}`, `{"choices":[{"delta":{"content":7}}]}`,
		`{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{"}},{"id":"x"},{"id":"x","index":-1}]},"finish_reason":"tool_calls"}]}`,
		`{"choices":[{"delta":{"content":"<think>a"},"finish_reason":"stop"}]}`,
	} {
		f.Add([]byte("data: " + in + "\n\n"))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var text strings.Builder
		a := &answer{events: newEvents(bytes.NewReader(in)), target: &target{server: &server{}}, onDelta: func(s string) error {
			if s == "" {
				t.Error("an empty delta")
			}
			text.WriteString(s)
			return nil
		}}
		a.watch = watchdog{clock: newFakeClock().clock(), cancel: func(error) {}}
		err := a.readStream(context.Background())
		var f *failure
		switch {
		case err == nil && (text.Len() == 0 && len(a.result.Calls) == 0 || a.result.FinishReason == ""):
			t.Errorf("finish %q with text %q", a.result.FinishReason, &text)
		case err != nil && (!errors.As(err, &f) || !strings.HasPrefix(string(f.err.Code), "model_")):
			t.Errorf("error %v", err)
		}
		ids := map[string]bool{"": true}
		for _, call := range a.result.Calls {
			if ids[call.ID] {
				t.Errorf("calls %+v", a.result.Calls)
			}
			ids[call.ID] = true
		}
	})
}

func TestANullContentAndOtherChoicesAreNoText(t *testing.T) {
	stream := `data: {"choices":[{"delta":{"role":"assistant","content":null}}]}

data: {"choices":[{"index":0,"delta":{"content":"a"}},{"index":1,"delta":{"content":"b"}}]}

data: {"choices":[]}

data: {"choices":[{"delta":{},"finish_reason":"length"}],"model":"m-1"}

`
	var text string
	a := &answer{events: newEvents(strings.NewReader(stream)), target: &target{server: &server{}}, onDelta: func(s string) error { text += s; return nil }}
	a.watch = watchdog{clock: newFakeClock().clock()}
	if err := a.readStream(context.Background()); err != nil {
		t.Fatal(err)
	}
	if text != "a" || a.result.FinishReason != docent.FinishLength || a.result.Model != "m-1" {
		t.Errorf("text %q, result %+v", text, a.result)
	}
}

// BenchmarkDelta is the cost of one delta between the connection and the
// caller. Each operation is one delta.
func BenchmarkDelta(b *testing.B) {
	var stream bytes.Buffer
	for i := range b.N {
		fmt.Fprintf(&stream, `data: {"id":"chatcmpl-ABCDEFGHIJKLMNOPQRSTUVWXYZ123","object":"chat.completion.chunk","created":1740000000,`+
			`"model":"gpt-4o-2024-08-06","service_tier":"default","system_fingerprint":"fp_0123456789",`+
			`"choices":[{"index":0,"delta":{"content":" word%d"},"logprobs":null,"finish_reason":null}],"usage":null}`+"\n\n", i)
	}
	stream.WriteString(`data: {"choices":[{"delta":{},"finish_reason":"stop"}]}` + "\n\ndata: [DONE]\n\n")
	a := &answer{events: newEvents(&stream), target: &target{server: &server{}}, onDelta: func(string) error { return nil }, stall: second}
	a.watch = watchdog{clock: realClock(), cancel: func(error) {}}
	defer a.watch.stop()
	b.SetBytes(int64(stream.Len() / b.N))
	b.ReportAllocs()
	b.ResetTimer()
	if err := a.readStream(context.Background()); err != nil {
		b.Fatal(err)
	}
}
