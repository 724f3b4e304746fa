package chatkit

import (
	"encoding/json"

	"docent"
	"docent/web"
)

type threadEvent struct {
	Type   string `json:"type"`
	Thread thread `json:"thread"`
}

func threadCreated(t thread) any { return threadEvent{"thread.created", t} }

func threadUpdated(t thread) any { return threadEvent{"thread.updated", t} }

type itemEvent struct {
	Type string `json:"type"`
	Item item   `json:"item"`
}

func itemAdded(i item) any { return itemEvent{"thread.item.added", i} }

func itemDone(i item) any { return itemEvent{"thread.item.done", i} }

func itemReplaced(i item) any { return itemEvent{"thread.item.replaced", i} }

type itemUpdate struct {
	Type   string `json:"type"`
	ItemID string `json:"item_id"`
	Update any    `json:"update"`
}

func itemUpdated(id string, update any) any { return itemUpdate{"thread.item.updated", id, update} }

type itemRemoval struct {
	Type   string `json:"type"`
	ItemID string `json:"item_id"`
}

func itemRemoved(id string) any { return itemRemoval{"thread.item.removed", id} }

// partUpdate begins or ends a part of an assistant's message.
type partUpdate struct {
	Type         string `json:"type"`
	ContentIndex int    `json:"content_index"`
	Content      output `json:"content"`
}

type textDelta struct {
	Type         string `json:"type"`
	ContentIndex int    `json:"content_index"`
	Delta        string `json:"delta"`
}

type annotationAdded struct {
	Type            string     `json:"type"`
	ContentIndex    int        `json:"content_index"`
	AnnotationIndex int        `json:"annotation_index"`
	Annotation      annotation `json:"annotation"`
}

type streamOptions struct {
	Type    string `json:"type"`
	Options struct {
		AllowCancel bool `json:"allow_cancel"`
	} `json:"stream_options"`
}

// cancellable is the event that lets readers stop an answer.
func cancellable() any {
	e := streamOptions{Type: "stream_options"}
	e.Options.AllowCancel = true
	return e
}

type progressUpdate struct {
	Type string `json:"type"`
	Icon string `json:"icon,omitempty"`
	Text string `json:"text"`
}

func progress(icon, text string) any { return progressUpdate{"progress_update", icon, text} }

type errorEvent struct {
	Type       string `json:"type"`
	Code       string `json:"code"`
	Message    string `json:"message,omitempty"`
	AllowRetry bool   `json:"allow_retry"`
}

// failed is the event of an error in a stream. The client has words of its own for what
// may be tried again; what may not needs ours.
func failed(d docent.ErrorData) any {
	if d.Retryable {
		return errorEvent{Type: "error", Code: "stream.error", AllowRetry: true}
	}
	return errorEvent{Type: "error", Code: "custom", Message: d.Message}
}

type noticeEvent struct {
	Type string `json:"type"`
	docent.Notice
}

func notice(n docent.Notice) any { return noticeEvent{"notice", n} }

type effectEvent struct {
	Type string `json:"type"`
	docent.Effect
}

func effect(e docent.Effect) any { return effectEvent{"client_effect", e} }

// openStream begins a stream, under the name that the reference gives it.
func openStream(c *web.Call) *web.Stream {
	c.Writer.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	return c.Stream()
}

// encoded are events as a stream takes them: data alone.
func encoded(events []any) ([]docent.Event, error) {
	list := make([]docent.Event, len(events))
	for i, e := range events {
		data, err := json.Marshal(e)
		if err != nil {
			return nil, err
		}
		list[i] = docent.Event{Data: data}
	}
	return list, nil
}
