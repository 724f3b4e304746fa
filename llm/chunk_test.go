package llm

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// delta is a chunk as OpenAI sends it.
const delta = `{"id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT","object":"chat.completion.chunk","created":1741569952,"model":"gpt-4o-2024-08-06",` +
	`"service_tier":"default","system_fingerprint":"fp_b376dfbbd5","choices":[{"index":0,"delta":{"content":" word"},"logprobs":null,"finish_reason":null}],` +
	`"usage":null,"obfuscation":"x2Ab"}`

// chunks are seeds and cases: what servers send, what is broken, and what looks
// like one of both.
var chunks = []string{
	delta,
	strings.ReplaceAll(delta, " word", `\n\n- \"caf\u00e9\" \ud83d\ude00 \\`),
	strings.ReplaceAll(delta, " word", "naïve 日本語 \u2028"),
	strings.ReplaceAll(delta, " word", "broken \xff\xc3"),
	strings.ReplaceAll(delta, `"finish_reason":null`, `"finish_reason":"stop"`),
	strings.ReplaceAll(delta, `"usage":null`, `"usage":{"prompt_tokens":7,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":2}}`),
	`{"choices":[{"delta":{"role":"assistant","content":null,"refusal":null}}]}`,
	`{"choices":[],"usage":{"prompt_tokens":1}}`,
	`{"choices":[{"message":{"content":"whole"},"finish_reason":"stop"}]}`,
	`{"choices":[{"delta":{"content":"a"}},{"delta":{"content":"b"}}]}`,
	`{"error":{"message":"no","code":"x"}}`,
	` { "model" : "m" , "choices" : [ { "delta" : { "content" : "spaced" } } ] } ` + "\r\n",
	`{"choices":[{"delta":{"Content":"a","content":"b"}}]}`,
	`{"choices":[{"delta":{"content":"a","CONTENT":"b"}}]}`,
	`{"choices":[{"delta":{"content":"a","content":null,"content":"c"}}],"model":"a","model":"b"}`,
	`{"choices":[{"delta":{"c\u006fntent":"a"}}]}`,
	`{"choices":[{"delta":{"reasoning_content":"\ud800 \q"}}]}`,
	`{"choices":[{"delta":{"content":"a"},"x":[1,-0.5e+3,{"y":[true,false,null,""]}]}]}`,
	`{"a":01}`, `{"a":-}`, `{"a":1.}`, `{"a":1e}`, `{"a":.5}`, `{"a":nul}`, `{"a":"` + "\n" + `"}`, `{"a":"\u12g4"}`,
	`{"a":1,}`, `{"a":[1,]}`, `{,}`, `{"a"}`, `{"a":1}}`, `{"a":1} x`, `{"a":"`, `{"a":"\`, `{"a":"\u1`, `{`, ``, `null`, `[]`, `"text"`,
	`{"choices":[{"delta":{"content":null,"tool_calls":null}}]}`,
	`{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"a\":"}},{"function":{"arguments":{"b":1}}}]}}]}`,
	`{"choices":[{"delta":{"tool_calls":[{"index":"0"}]}}]}`, `{"choices":[{"delta":{"tool_calls":{}}}]}`,
	`{"choices":[{"delta":{"content":[{"type":"thinking","thinking":[]},{"type":"text","text":"a"}]}}]}`,
	`{"model":5}`, `{"choices":{}}`, `{"choices":[null]}`, `{"choices":null}`, `{"choices":[{"delta":null}]}`, `{"usage":0}`,
	strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40),
}

// holdToReference checks that a chunk is read as encoding/json reads it, also
// after another one.
func holdToReference(t *testing.T, data string) {
	t.Helper()
	var want chunk
	wrong := json.Unmarshal([]byte(data), &want)
	for _, before := range []chunk{{}, {Model: "gpt-4o-2024-08-06", Choices: [1]choice{{FinishReason: "stop"}}, Usage: &usage{Prompt: 1}}} {
		got := before
		err := got.decode([]byte(data))
		if (err == nil) != (wrong == nil) {
			t.Fatalf("%q: %v, encoding/json says %v", data, err, wrong)
		}
		if diff := cmp.Diff(want, got); err == nil && diff != "" {
			t.Errorf("%q: %s", data, diff)
		}
	}
}

func TestChunksAreReadAsEncodingJSONReadsThem(t *testing.T) {
	for _, data := range chunks {
		holdToReference(t, data)
	}
}

func FuzzChunk(f *testing.F) {
	for _, data := range chunks {
		f.Add(data)
	}
	f.Fuzz(holdToReference)
}

func TestADeltaIsReadWithoutEncodingJSON(t *testing.T) {
	for _, data := range chunks[:5] {
		r := chunkReader{jsonReader: jsonReader{data: []byte(data)}}
		if !r.whole() {
			t.Errorf("left to encoding/json: %s", data)
		}
	}
	c, data := chunk{}, []byte(delta)
	if n := testing.AllocsPerRun(100, func() { _ = c.decode(data) }); n > 1 {
		t.Errorf("a delta takes %v allocations beside its text's", n-1)
	}
}

func BenchmarkDecodeDelta(b *testing.B) {
	b.ReportAllocs()
	var c chunk
	data := []byte(delta)
	for b.Loop() {
		if err := c.decode(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeDeltaByEncodingJSON(b *testing.B) {
	b.ReportAllocs()
	data := []byte(delta)
	for b.Loop() {
		var c chunk
		if err := json.Unmarshal(data, &c); err != nil {
			b.Fatal(err)
		}
	}
}
