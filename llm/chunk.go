package llm

import (
	"encoding/json"
	"unicode/utf8"
)

// chunk is the part of a chat.completion.chunk, or of a whole chat.completion,
// that is used. Only one choice is ever asked for: an array of one costs no
// allocation, drops others and is cleared where there is none.
type chunk struct {
	Model   string         `json:"model"`
	Choices [1]choice      `json:"choices"`
	Usage   *usage         `json:"usage"`
	Error   *providerError `json:"error"`
}

type choice struct {
	Delta        content `json:"delta"`
	Message      content `json:"message"`
	FinishReason string  `json:"finish_reason"`
}

// content is what the reader gets to read. A reasoning_content beside it is not.
type content struct {
	Content   words      `json:"content"`
	ToolCalls []toolCall `json:"tool_calls"`
}

// words are a text, or the texts in a list of parts, of which some models' other
// kinds are what they think. They may hold halves of characters, see halves.
type words string

// UnmarshalJSON takes both forms.
func (w *words) UnmarshalJSON(data []byte) error {
	if len(data) == 0 || data[0] != '[' {
		return unquote(data, (*string)(w))
	}
	var parts []struct {
		Type string `json:"type"`
		Text words  `json:"text"`
	}
	if err := json.Unmarshal(data, &parts); err != nil {
		return err
	}
	*w = ""
	for _, p := range parts {
		if p.Type == "text" {
			*w += p.Text
		}
	}
	return nil
}

type usage struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
	Details    struct {
		Cached int `json:"cached_tokens"`
	} `json:"prompt_tokens_details"`
}

// decode reads a chunk as encoding/json does, with the same result. A chunk
// with a delta, of which an answer has hundreds, is read by chunkReader, in
// about a sixth of the time; what is unusual in any way, or wrong, is left to
// encoding/json.
func (c *chunk) decode(data []byte) error {
	r := chunkReader{jsonReader: jsonReader{data: data}, chunk: chunk{Model: c.Model}}
	if r.whole() {
		*c = r.chunk
		return nil
	}
	*c = chunk{}
	return json.Unmarshal(data, c)
}

// chunkReader reads a chunk that has neither usage nor calls nor error. Its methods
// report false for whatever is left to encoding/json.
type chunkReader struct {
	jsonReader
	chunk chunk // Model is at first that of the chunk before: mostly the same
	seen  seenNames
}

// seenNames are names that were read: encoding/json takes the last value of
// one that comes twice.
type seenNames uint8

const (
	seenModel seenNames = 1 << iota
	seenChoices
	seenDelta
	seenFinish
	seenContent
)

// first reports whether the name was not seen before.
func (s *seenNames) first(name seenNames) bool {
	before := *s
	*s |= name
	return before&name == 0
}

func (r *chunkReader) whole() bool {
	if !r.object(r.field) || !r.ended() {
		return false
	}
	if r.seen&seenModel == 0 {
		r.chunk.Model = ""
	}
	return true
}

func (r *chunkReader) field(name []byte) bool {
	switch string(name) {
	case "model":
		return r.seen.first(seenModel) && r.text(&r.chunk.Model, unmarshal)
	case "choices":
		return r.seen.first(seenChoices) && r.choices()
	case "usage", "error":
		return r.literal("null")
	}
	return r.skip()
}

// choices reads an array of none or one.
func (r *chunkReader) choices() bool {
	if !r.take('[') {
		return false
	}
	if r.take(']') {
		return true
	}
	return r.object(r.choice) && r.take(']')
}

func (r *chunkReader) choice(name []byte) bool {
	switch string(name) {
	case "delta":
		return r.seen.first(seenDelta) && r.object(r.delta)
	case "message":
		return r.literal("null")
	case "finish_reason":
		return r.seen.first(seenFinish) && (r.literal("null") || r.text(&r.chunk.Choices[0].FinishReason, unmarshal))
	}
	return r.skip()
}

func (r *chunkReader) delta(name []byte) bool {
	switch string(name) {
	case "content":
		return r.seen.first(seenContent) && (r.literal("null") || r.text((*string)(&r.chunk.Choices[0].Delta.Content), unquote))
	case "tool_calls":
		return r.literal("null")
	}
	return r.skip()
}

func unmarshal(quoted []byte, into *string) error { return json.Unmarshal(quoted, into) }

// text reads a string; decode is for one that is not as it stands. One that is equal
// to what into holds costs no memory.
func (r *chunkReader) text(into *string, decode func(quoted []byte, into *string) error) bool {
	raw, escaped, ok := r.str()
	switch {
	case !ok:
		return false
	case escaped || !utf8.Valid(raw):
		var decoded string
		err := decode(r.data[r.at-len(raw)-2:r.at], &decoded)
		*into = decoded
		return err == nil
	case string(raw) != *into:
		*into = string(raw)
	}
	return true
}
