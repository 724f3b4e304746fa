package server

// onCompletions attacks the victim's sessions and files by OpenAI's Chat Completions,
// which know neither but by names of ours.
func onCompletions(v victim) []attack {
	const asks = `"model":"docent","messages":[{"role":"user","content":"How do I change the port?"}]`
	var all []attack
	for _, session := range []string{v.session, v.running} {
		all = append(all,
			attack{path: "/v1/chat/completions", body: `{` + asks + `,"metadata":{"session_id":"` + session + `"}}`, status: 404},
			attack{path: "/v1/chat/completions", body: `{` + asks + `,"stream":true}`, headers: []string{"X-Docent-Session", session}, status: 404})
	}
	return all
}

// onResponses attacks them by OpenAI's Responses.
func onResponses(v victim) []attack {
	const asks = `"model":"docent","input":"How do I change the port?"`
	all := []attack{{path: "/v1/responses", body: `{` + asks + `,"metadata":{"session_id":"` + v.session + `"}}`, status: 404}}
	for _, message := range []string{v.question, v.answer, v.making} {
		all = append(all, attack{path: "/v1/responses", body: `{` + asks + `,"previous_response_id":"resp_` + message + `"}`, status: 404})
	}
	return all
}
