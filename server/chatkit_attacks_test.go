package server

import "fmt"

// onThreads attacks the victim's threads and files by every operation of ChatKit.
func onThreads(v victim) []attack {
	const said = `"input":{"content":[{"type":"input_text","text":"How do I change the port?"}],"attachments":[%s],"inference_options":{}}`
	var all []attack
	add := func(status int, op, params string, args ...any) {
		all = append(all, attack{path: "/chatkit", status: status, body: `{"type":"` + op + `","params":{` + fmt.Sprintf(params, args...) + `}}`})
	}
	for _, file := range []string{v.file, v.unused} {
		add(404, "threads.create", said, `"`+file+`"`)
		add(404, "attachments.delete", `"attachment_id":"%s"`, file)
	}
	for _, t := range []struct{ thread, item string }{{v.session, v.question}, {v.session, v.answer}, {v.running, v.making}} {
		ids := fmt.Sprintf(`"thread_id":"%s","item_id":"%s"`, t.thread, t.item)
		add(404, "threads.add_user_message", `"thread_id":"%s",`+said, t.thread, "")
		add(404, "threads.add_client_tool_output", `"thread_id":"%s","result":null`, t.thread)
		add(404, "threads.add_structured_input", `%s,"input":{}`, ids)
		add(404, "threads.retry_after_item", "%s", ids)
		add(404, "threads.custom_action", `%s,"action":{"type":"x"}`, ids)
		add(404, "threads.sync_custom_action", `%s,"action":{"type":"x"}`, ids)
		add(404, "threads.get_by_id", `"thread_id":"%s"`, t.thread)
		add(404, "threads.update", `"thread_id":"%s","title":"taken"`, t.thread)
		add(404, "threads.delete", `"thread_id":"%s"`, t.thread)
		add(404, "items.list", `"thread_id":"%s"`, t.thread)
		add(404, "items.feedback", `"thread_id":"%s","item_ids":["%s"],"kind":"positive"`, t.thread, t.item)
		add(400, "threads.list", `"after":"%s"`, t.thread)
	}
	for _, file := range []string{v.file, v.unused} {
		add(404, "attachments.delete", `"attachment_id":"%s"`, file)
	}
	add(501, "input.transcribe", `"audio_base64":"AAAA","mime_type":"audio/webm"`)
	add(200, "threads.list", `"limit":100`)
	return all
}

// onFiles attacks the victim's files by addresses that nobody signed.
func onFiles(below, body string) func(victim) []attack {
	return func(v victim) []attack {
		var all []attack
		for _, file := range []string{v.file, v.unused} {
			for _, ticket := range []string{"", "?ticket=", "?ticket=eyJhIjoiYXR0In0.eyJhIjoiYXR0In0eyJhIjoiYXR0In0eyJhIjoiYX"} {
				all = append(all, attack{path: "/chatkit/attachments/" + file + below + ticket, body: body, status: 404})
			}
		}
		return all
	}
}
