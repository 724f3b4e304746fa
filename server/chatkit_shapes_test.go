package server

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// shapes are the objects of ChatKit: their fields in any order, "?" of those that may be
// left out, each a string unless its kind stands behind it. "Kind/type" is a Kind by its
// type, "[Kind]" a list. What has no field here is not sent, and null is never.
var shapes = map[string]string{
	"Thread":          "id title? created_at:time status:Status allowed_image_domains?:[string] metadata:Empty items:Items",
	"Empty":           "",
	"Status/active":   "type",
	"Status/locked":   "type reason?",
	"Status/closed":   "type reason?",
	"Items":           "data:[Item] has_more:bool after?",
	"Threads":         "data:[Thread] has_more:bool after?",
	"Transcript":      "text",
	"Synced":          "updated_item?:Item",
	"Refusal":         "error:RefusalOf",
	"RefusalOf":       "message code errors?:[RefusedField]",
	"RefusedField":    "field message",
	"Inference":       "tool_choice?:Choice model?",
	"Choice":          "id",
	"Output":          "type text annotations:[Annotation]",
	"UploadTo":        "url method headers:object",
	"Annotation":      "type source:Source index?:int",
	"Source/url":      "type title description? timestamp? group? url attribution?",
	"Source/file":     "type title description? timestamp? group? filename",
	"Workflow":        "type tasks:[Task] summary?:Summary expanded:bool",
	"Summary":         "title icon?",
	"Task/custom":     "type status_indicator title? icon? content?",
	"Task/file":       "type status_indicator title? sources:[Source]",
	"Task/thought":    "type status_indicator title? content",
	"Options":         "allow_cancel:bool",
	"Widget":          "type children:[any]",
	"Task/web_search": "type status_indicator title? title_query? queries:[string] sources:[Source]",

	"Content/input_text": "type text",
	"Content/input_tag":  "type id text data:object group? interactive:bool",

	"Attachment/file":  "id name mime_type upload_descriptor?:UploadTo thread_id? type",
	"Attachment/image": "id name mime_type upload_descriptor?:UploadTo thread_id? type preview_url",

	"Item/user_message":      itemHead + "content:[Content] attachments:[Attachment] quoted_text? inference_options:Inference",
	"Item/assistant_message": itemHead + "content:[Output]",
	"Item/client_tool_call":  itemHead + "status call_id name arguments:object output?:any",
	"Item/widget":            itemHead + "widget:Widget copy_text?",
	"Item/structured_input":  itemHead + "status inputs:[any]",
	"Item/workflow":          itemHead + "workflow:Workflow",
	"Item/end_of_turn":       itemHead,

	"Event/thread.created":       "type thread:Thread",
	"Event/thread.updated":       "type thread:Thread",
	"Event/thread.item.added":    "type item:Item",
	"Event/thread.item.updated":  "type item_id update:Update",
	"Event/thread.item.done":     "type item:Item",
	"Event/thread.item.removed":  "type item_id",
	"Event/thread.item.replaced": "type item:Item",
	"Event/stream_options":       "type stream_options:Options",
	"Event/progress_update":      "type icon? text",
	"Event/client_effect":        "type name data:object",
	"Event/error":                "type code message? allow_retry:bool",
	"Event/notice":               "type level message title?",

	"Update/assistant_message.content_part.added":            "type content_index:int content:Output",
	"Update/assistant_message.content_part.text_delta":       "type content_index:int delta",
	"Update/assistant_message.content_part.annotation_added": "type content_index:int annotation_index:int annotation:Annotation",
	"Update/assistant_message.content_part.done":             "type content_index:int content:Output",
	"Update/workflow.task.added":                             "type task_index:int task:Task",
	"Update/workflow.task.updated":                           "type task_index:int task:Task",
}

const itemHead = "id thread_id created_at:time type "

// misshapen says where a value is not of the kind, "" where it is.
func misshapen(kind string, v any) string {
	if list, is := strings.CutPrefix(kind, "["); is {
		all, is := v.([]any)
		if !is {
			return fmt.Sprintf(" is no list: %v", v)
		}
		for i, one := range all {
			if wrong := misshapen(strings.TrimSuffix(list, "]"), one); wrong != "" {
				return fmt.Sprintf("[%d]%s", i, wrong)
			}
		}
		return ""
	}
	if fits, plain := plainKinds[kind]; plain {
		if v == nil && kind != "any" || !fits(v) {
			return fmt.Sprintf(" is no %s: %v", kind, v)
		}
		return ""
	}
	fields, is := v.(map[string]any)
	if !is {
		return fmt.Sprintf(" is no %s: %v", kind, v)
	}
	if _, one := shapes[kind]; !one {
		kind += "/" + fmt.Sprint(fields["type"])
	}
	shape, known := shapes[kind]
	if !known {
		return " is of no kind that ChatKit knows: " + kind
	}
	return misfit(shape, fields)
}

// misfit says which field of an object is not as the shape has it.
func misfit(shape string, fields map[string]any) string {
	var known []string
	for field := range strings.FieldsSeq(shape) {
		name, kind, given := strings.Cut(field, ":")
		if !given {
			kind = "string"
		}
		name, optional := strings.CutSuffix(name, "?")
		known = append(known, name)
		v, there := fields[name]
		if !there && optional {
			continue
		}
		if wrong := misshapen(kind, v); wrong != "" {
			return "." + name + wrong
		}
	}
	for name := range fields {
		if !slices.Contains(known, name) {
			return "." + name + " is no field of " + shape
		}
	}
	return ""
}

var plainKinds = map[string]func(any) bool{
	"any":    func(any) bool { return true },
	"string": func(v any) bool { _, is := v.(string); return is },
	"bool":   func(v any) bool { _, is := v.(bool); return is },
	"object": func(v any) bool { _, is := v.(map[string]any); return is },
	"int":    func(v any) bool { f, is := v.(float64); return is && f == float64(int(f)) },
	"time": func(v any) bool {
		s, _ := v.(string)
		_, err := time.Parse(time.RFC3339Nano, s)
		return err == nil && strings.HasSuffix(s, "Z")
	},
}

// shaped fails where a value is not of the kind.
func shaped(t *testing.T, kind string, v any) {
	t.Helper()
	if wrong := misshapen(kind, v); wrong != "" {
		t.Errorf("%s%s", kind, wrong)
	}
}

func TestShapesTellWhatIsMisshapen(t *testing.T) {
	thread := func() map[string]any {
		return map[string]any{
			"id": "t", "created_at": "2026-11-23T10:00:00Z", "status": map[string]any{"type": "active"}, "metadata": map[string]any{},
			"items": map[string]any{"data": []any{}, "has_more": false},
		}
	}
	if wrong := misshapen("Thread", thread()); wrong != "" {
		t.Error(wrong)
	}
	for name, spoil := range map[string]func(map[string]any){
		"null":    func(v map[string]any) { v["title"] = nil },
		"missing": func(v map[string]any) { delete(v, "items") },
		"further": func(v map[string]any) { v["more"] = 1 },
		"type":    func(v map[string]any) { v["id"] = 1 },
		"union":   func(v map[string]any) { v["status"] = map[string]any{"type": "open"} },
		"zone":    func(v map[string]any) { v["created_at"] = "2026-11-23T10:00:00+01:00" },
	} {
		v := thread()
		if spoil(v); misshapen("Thread", v) == "" {
			t.Errorf("%s passes", name)
		}
	}
}
