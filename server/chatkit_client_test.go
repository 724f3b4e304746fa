package server

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// frontEnd is a ChatKit client: it holds all that comes to the shapes of the protocol.
type frontEnd struct {
	t   *testing.T
	url string
}

func (f *fixture) frontEnd(t *testing.T) frontEnd { return frontEnd{t, f.url + "/chatkit"} }

// object is JSON as a client has it.
type object = map[string]any

func (k frontEnd) post(ctx context.Context, body string) *http.Response {
	k.t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, k.url, strings.NewReader(body))
	if err != nil {
		k.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		k.t.Fatal(err)
	}
	return answer
}

// body is a request; params are JSON without their braces, with args in their places.
func body(op, params string, args ...any) string {
	return `{"type":"` + op + `","params":{` + fmt.Sprintf(params, args...) + `}}`
}

// one sends an operation that answers at once, and holds the answer to a kind.
func (k frontEnd) one(kind, op, params string, args ...any) object {
	k.t.Helper()
	answer, status := k.raw(body(op, params, args...))
	if status != http.StatusOK {
		k.t.Fatalf("%s: %d %v", op, status, answer)
	}
	shaped(k.t, kind, answer)
	return answer
}

// raw sends a body that is answered at once.
func (k frontEnd) raw(body string) (answer object, status int) {
	k.t.Helper()
	r := k.post(k.t.Context(), body)
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		k.t.Fatal(err)
	}
	if err := json.Unmarshal(text, &answer); err != nil || r.Header.Get("Content-Type") != "application/json" {
		k.t.Fatalf("%s is answered with %s %s", body, r.Header.Get("Content-Type"), text)
	}
	return answer, r.StatusCode
}

// refused sends a body that must be refused, and gives what was said.
func (k frontEnd) refused(status int, body string) string {
	k.t.Helper()
	answer, got := k.raw(body)
	if got != status {
		k.t.Errorf("%.200s: %d %v, want %d", body, got, answer, status)
		return ""
	}
	shaped(k.t, "Refusal", answer)
	return answer["error"].(object)["message"].(string)
}

// stream sends an operation that streams, and reads its events to the end.
func (k frontEnd) stream(op, params string, args ...any) []object {
	k.t.Helper()
	s := k.open(k.t.Context(), op, params, args...)
	defer s.Body.Close()
	var all []object
	for e := s.next(); e != nil; e = s.next() {
		all = append(all, e)
	}
	return all
}

// opened is a stream that is read event by event.
type opened struct {
	*http.Response
	t     *testing.T
	lines *bufio.Reader
}

func (k frontEnd) open(ctx context.Context, op, params string, args ...any) *opened {
	k.t.Helper()
	answer := k.post(ctx, body(op, params, args...))
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/event-stream; charset=utf-8" {
		text, _ := io.ReadAll(answer.Body)
		k.t.Fatalf("%s: %s %s", op, answer.Status, text)
	}
	return &opened{answer, k.t, bufio.NewReader(answer.Body)}
}

// next reads an event: one line of data, and a blank one. nil is the end.
func (s *opened) next() object {
	s.t.Helper()
	line, err := s.lines.ReadString('\n')
	if err == io.EOF && line == "" {
		return nil
	}
	blank, _ := s.lines.ReadString('\n')
	if strings.HasPrefix(line, ":") && blank == "\n" {
		return s.next()
	}
	data, is := strings.CutPrefix(line, "data: ")
	var e object
	if err != nil || !is || blank != "\n" || json.Unmarshal([]byte(data), &e) != nil {
		s.t.Fatalf("a stream has %q, %q, %v", line, blank, err)
	}
	shaped(s.t, "Event", e)
	return e
}

// create begins a thread by a question, and gives its events.
func (k frontEnd) create(text string) (thread string, events []object) {
	k.t.Helper()
	events = k.stream("threads.create", wrote, text, "")
	if len(events) == 0 || events[0]["type"] != "thread.created" {
		k.t.Fatalf("a thread begins with %v", events)
	}
	return events[0]["thread"].(object)["id"].(string), events
}

// wrote is a UserMessageInput with a text, and attachments.
const wrote = `"input":{"content":[{"type":"input_text","text":%q}],"attachments":[%s],"inference_options":{}}`

// items are a thread's, oldest first.
func (k frontEnd) items(thread string) []any {
	k.t.Helper()
	return k.one("Items", "items.list", `"thread_id":%q,"order":"asc","limit":100`, thread)["data"].([]any)
}

// types are those of events; progress, which may come any time, is left out.
func types(events []object) string {
	var all []string
	for _, e := range events {
		if e["type"] != "progress_update" {
			all = append(all, strings.TrimPrefix(e["type"].(string), "thread."))
		}
	}
	return strings.Join(all, " ")
}

// shown are the items that a client has after events: it adds, updates and takes them
// away as they say, and never sees in the end what it was not told.
func shown(t *testing.T, events []object) []any {
	t.Helper()
	items := []any{}
	at := func(id any) int {
		for i, it := range items {
			if it.(object)["id"] == id {
				return i
			}
		}
		return -1
	}
	for _, e := range events {
		item, _ := e["item"].(object)
		i := at(item["id"])
		switch e["type"] {
		case "thread.item.updated":
			update(t, items[at(e["item_id"])].(object), e["update"].(object))
		case "thread.item.removed":
			i = at(e["item_id"])
			items = append(items[:i], items[i+1:]...)
		case "thread.item.added", "thread.item.done", "thread.item.replaced":
			if i < 0 {
				items = append(items, item)
				continue
			}
			if diff := cmp.Diff(items[i], item); diff != "" && item["type"] == "assistant_message" {
				t.Errorf("what is done is not what was streamed: %s", diff)
			}
			items[i] = item
		}
	}
	return items
}

// update changes an item as an update says.
func update(t *testing.T, item, u object) {
	t.Helper()
	if tasks, is := strings.CutPrefix(u["type"].(string), "workflow.task."); is {
		work := item["workflow"].(object)
		if tasks == "added" {
			work["tasks"] = append(work["tasks"].([]any), u["task"])
			return
		}
		work["tasks"].([]any)[int(u["task_index"].(float64))] = u["task"]
		return
	}
	content := item["content"].([]any)
	if u["type"] == "assistant_message.content_part.added" {
		item["content"] = append(content, u["content"])
		return
	}
	part := content[int(u["content_index"].(float64))].(object)
	switch u["type"] {
	case "assistant_message.content_part.text_delta":
		part["text"] = part["text"].(string) + u["delta"].(string)
	case "assistant_message.content_part.annotation_added":
		notes := part["annotations"].([]any)
		if len(notes) != int(u["annotation_index"].(float64)) {
			t.Errorf("annotation %v comes as number %d", u["annotation_index"], len(notes))
		}
		part["annotations"] = append(notes, u["annotation"])
	case "assistant_message.content_part.done":
		if diff := cmp.Diff(part, u["content"]); diff != "" {
			t.Errorf("a part is done otherwise than it was streamed: %s", diff)
		}
	}
}
