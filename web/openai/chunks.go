package openai

import (
	"encoding/json"
	"errors"

	"docent"
	"docent/web"
)

// chunk is a piece of an answer as it comes.
type chunk struct {
	ID          string        `json:"id"`
	Object      string        `json:"object"`
	Created     int64         `json:"created"`
	Model       string        `json:"model"`
	Choices     []chunkChoice `json:"choices"`
	Usage       any           `json:"usage,omitempty"` // null in all chunks but the last, where it was asked for
	ServiceTier string        `json:"service_tier"`
	Fingerprint string        `json:"system_fingerprint"`
}

type chunkChoice struct {
	Index        int                  `json:"index"`
	Delta        delta                `json:"delta"`
	Logprobs     *struct{}            `json:"logprobs"`
	FinishReason *docent.FinishReason `json:"finish_reason"`
}

// delta is what a chunk adds to the message.
type delta struct {
	Role        string       `json:"role,omitempty"`
	Content     *string      `json:"content,omitempty"`
	Annotations []annotation `json:"annotations,omitempty"`
}

// chunks writes an answer's chunks.
type chunks struct {
	stream *web.Stream
	head   chunk
}

// streamCompletion answers with the chunks of an answer as they come. What fails then
// is told by an event.
func (s *service) streamCompletion(c *web.Call, b begun, head chunk, withUsage bool) error {
	head.Object, head.ServiceTier = "chat.completion.chunk", "default"
	if withUsage {
		head.Usage = json.RawMessage("null")
	}
	w := chunks{c.Stream(), head}
	defer w.stream.Close()
	_ = w.stream.Send(w.of(delta{Role: docent.RoleAssistant, Content: new("")}, nil)) // what fails here fails again
	a, err := s.follow(c, b, w.say)
	if err != nil {
		return errors.Join(err, w.stream.Send(docent.Event{Data: encode(errorBody{wire(500, failure(err))})}))
	}
	var last []docent.Event
	if len(a.annotations) > 0 {
		last = append(last, w.of(delta{Annotations: newAnnotations(a.annotations)}, nil))
	}
	last = append(last, w.of(delta{}, &a.finish))
	if withUsage {
		w.head.Usage = newUsage(a.usage)
		w.head.Choices = []chunkChoice{}
		last = append(last, docent.Event{Data: encode(w.head)})
	}
	return w.stream.Send(append(last, docent.Event{Data: json.RawMessage("[DONE]")})...)
}

// say writes pieces of the text, a chunk each.
func (w *chunks) say(text []string) error {
	events := make([]docent.Event, len(text))
	for i, piece := range text {
		events[i] = w.of(delta{Content: &piece}, nil)
	}
	return w.stream.Send(events...)
}

// of is the event of a chunk.
func (w *chunks) of(d delta, finish *docent.FinishReason) docent.Event {
	w.head.Choices = []chunkChoice{{Delta: d, FinishReason: finish}}
	return docent.Event{Data: encode(w.head)}
}

// encode is JSON of a value that always has some.
func encode(v any) json.RawMessage {
	encoded, err := json.Marshal(v)
	if err != nil { // only a type that JSON does not know can do that
		panic("openai: " + err.Error())
	}
	return encoded
}
