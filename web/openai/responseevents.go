package openai

import (
	"errors"

	"docent"
	"docent/web"
)

// responseEvent is an event of a response's stream. Its type decides which of the
// other fields it has.
type responseEvent struct {
	Type         string              `json:"type"`
	Sequence     int                 `json:"sequence_number"`
	Response     *response           `json:"response,omitempty"`
	ItemID       string              `json:"item_id,omitempty"`
	OutputIndex  *int                `json:"output_index,omitempty"`
	ContentIndex *int                `json:"content_index,omitempty"`
	Item         *outputItem         `json:"item,omitempty"`
	Part         *outputText         `json:"part,omitempty"`
	Delta        *string             `json:"delta,omitempty"`
	Text         *string             `json:"text,omitempty"`
	Logprobs     *[]struct{}         `json:"logprobs,omitempty"`
	AnnotationAt *int                `json:"annotation_index,omitempty"`
	Annotation   *responseAnnotation `json:"annotation,omitempty"`

	withinItem, withinItemPart bool // what its place is told of
}

// responseEvents writes the events of a response.
type responseEvents struct {
	stream   *web.Stream
	response *response
	sequence int
}

// streamResponse answers with the events of a response as it is made. What fails then
// is told by the last of them.
func (s *service) streamResponse(c *web.Call, b begun, r *response) error {
	w := responseEvents{stream: c.Stream(), response: r}
	defer w.stream.Close()
	item, empty := r.message(stateInProgress), r.text("", nil)
	_ = w.send( // what fails here fails again
		responseEvent{Type: "response.created", Response: r},
		responseEvent{Type: "response.in_progress", Response: r},
		responseEvent{Type: "response.output_item.added", Item: &item, withinItem: true},
		responseEvent{Type: "response.content_part.added", Part: &empty, withinItemPart: true},
	)
	a, err := s.follow(c, b, w.say)
	if err != nil {
		r.fail(err)
		return errors.Join(err, w.send(responseEvent{Type: "response.failed", Response: r}))
	}
	r.complete(a)
	return w.send(w.ending()...)
}

// say writes pieces of the text, an event each.
func (w *responseEvents) say(text []string) error {
	events := make([]responseEvent, len(text))
	for i, piece := range text {
		events[i] = responseEvent{Type: "response.output_text.delta", Delta: &piece, Logprobs: &[]struct{}{}, withinItemPart: true}
	}
	return w.send(events...)
}

// ending are the events of a response that is complete.
func (w *responseEvents) ending() []responseEvent {
	item := &w.response.Output[0]
	part := &item.Content[0]
	var events []responseEvent
	for i := range part.Annotations {
		events = append(events, responseEvent{Type: "response.output_text.annotation.added", AnnotationAt: &i, Annotation: &part.Annotations[i], withinItemPart: true})
	}
	return append(events,
		responseEvent{Type: "response.output_text.done", Text: &part.Text, Logprobs: &[]struct{}{}, withinItemPart: true},
		responseEvent{Type: "response.content_part.done", Part: part, withinItemPart: true},
		responseEvent{Type: "response.output_item.done", Item: item, withinItem: true},
		responseEvent{Type: "response." + w.response.Status, Response: w.response},
	)
}

// send numbers events and writes them.
func (w *responseEvents) send(events ...responseEvent) error {
	first := 0
	out := make([]docent.Event, len(events))
	for i, e := range events {
		e.Sequence = w.sequence
		w.sequence++
		if e.withinItem || e.withinItemPart {
			e.OutputIndex = &first
		}
		if e.withinItemPart {
			e.ContentIndex, e.ItemID = &first, w.response.item
		}
		out[i] = docent.Event{Name: e.Type, Data: encode(e)}
	}
	return w.stream.Send(out...)
}
