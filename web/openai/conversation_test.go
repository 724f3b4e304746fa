package openai

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// TestAConversationThatComesBackStaysInItsSession: clients send what was said, and no
// name. What branches off from it is another conversation.
func TestAConversationThatComesBackStaysInItsSession(t *testing.T) {
	r := newRig(t)
	r.answers.say(port, "Set 🔧 PORT [2].")
	var first completion
	r.asks(t, "", &first)
	said := func(answer string) string {
		return fmt.Sprintf(`,"messages":[{"role":"system","content":"x"},{"role":"user","content":"How?"},{"role":"assistant","content":%s},{"role":"user","content":"Why?"}]`, encode(answer))
	}
	for i, want := range []struct{ answer, session string }{
		{"Another one.", ""}, {first.Choices[0].Message.Content, "ses_1"}, {first.Choices[0].Message.Content, ""},
	} {
		r.asks(t, said(want.answer), new(completion))
		if got := r.answers.asked[i+1].SessionID; got != want.session {
			t.Errorf("question %d is of the session %q, want %q", i+1, got, want.session)
		}
	}
	var next completion
	r.answers.say(port, "Because.")
	r.asks(t, "", &next)
	r.answers.startErr = docent.Errorf(docent.CodeNotFound, "the conversation was deleted")
	r.asks(t, said(next.Choices[0].Message.Content), new(errorBody))
	asked := r.answers.asked
	if n := len(asked); asked[n-2].SessionID == "" || asked[n-1].SessionID != "" || asked[n-1].Message != "Why?" {
		t.Errorf("what is no more is asked as %+v, then %+v", asked[n-2], asked[n-1])
	}
}

func TestAConversationIsOfItsOwnerAlone(t *testing.T) {
	var r recent
	ada, bob := docent.Owner{Site: "a", Subject: "ada"}, docent.Owner{Site: "a", Subject: "bob"}
	r.remember(ada, docent.Ask{Message: "How?"}, "So.", "ses_ada")
	said := []docent.ModelMessage{{Role: docent.RoleUser, Text: "How?"}, {Role: docent.RoleAssistant, Text: " So.\n"}}
	if got := r.recall(bob, said); got != "" {
		t.Errorf("bob finds %s", got)
	}
	for i := range maxRecent - 1 {
		r.remember(bob, docent.Ask{Message: fmt.Sprint(i)}, "So.", "ses_bob")
	}
	if got := r.recall(ada, said); got != "ses_ada" {
		t.Errorf("ada finds %q", got)
	}
	r.remember(ada, docent.Ask{Message: "How?"}, "So.", "ses_ada")
	for i := range maxRecent {
		r.remember(bob, docent.Ask{Message: fmt.Sprint(i)}, "So.", "ses_bob")
	}
	if got := r.recall(ada, said); got != "" || len(r.sessions) > maxRecent {
		t.Errorf("of %d conversations the oldest is still known as %q", len(r.sessions), got)
	}
}

func TestAPreviousResponseIsGoneOnWith(t *testing.T) {
	r := newRig(t)
	r.answers.say(docent.DoneData{}, "So.")
	for i, text := range []string{"How?", "So.", "Why?", "Because."} {
		role := []string{docent.RoleUser, docent.RoleAssistant}[i%2]
		r.messages.stored = append(r.messages.stored, docent.Message{ID: fmt.Sprintf("msg_%d", i), SessionID: "ses_7", Role: role, Text: text})
	}
	user, assistant := docent.RoleUser, docent.RoleAssistant
	first := []docent.ModelMessage{{Role: user, Text: "How?"}, {Role: assistant, Text: "So."}}
	both := append(first[:2:2], docent.ModelMessage{Role: user, Text: "Why?"}, docent.ModelMessage{Role: assistant, Text: "Because."})
	for i, want := range []struct {
		id, session string
		history     []docent.ModelMessage
	}{
		{"resp_msg_3", "ses_7", both},
		{"resp_msg_1", "", first}, // the session has gone on: what branches off is another one
	} {
		w := r.send(http.MethodPost, "/responses", `{"model":"docent","input":"And then?","previous_response_id":"`+want.id+`"}`)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"previous_response_id":"`+want.id+`"`) {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		asked := r.answers.asked[i]
		if diff := cmp.Diff(want.history, asked.History); diff != "" || asked.SessionID != want.session || asked.Message != "And then?" {
			t.Errorf("%s: %+v\n%s", want.id, asked, diff)
		}
	}
	for _, id := range []string{"resp_msg_0", "resp_msg_9", "msg_1", "resp_", "resp_../x"} {
		w := r.send(http.MethodPost, "/responses", `{"model":"docent","input":"And then?","previous_response_id":"`+id+`"}`)
		if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), `"code":"previous_response_not_found"`) {
			t.Errorf("%s: %d %s", id, w.Code, w.Body)
		}
	}
}

// TestAReferenceToAnAnswerIsThatAnswer: the Vercel AI SDK sends no answer twice.
func TestAReferenceToAnAnswerIsThatAnswer(t *testing.T) {
	r := newRig(t)
	r.answers.say(docent.DoneData{}, "So.")
	r.messages.stored = []docent.Message{{ID: "msg_0", Role: docent.RoleUser, Text: "How?"}, {ID: "msg_1", Role: docent.RoleAssistant, Text: "So."}}
	ask := func(id string) *httptest.ResponseRecorder {
		return r.send(http.MethodPost, "/responses", `{"model":"docent","input":[{"role":"user","content":"How?"},{"type":"item_reference","id":"`+id+`"},{"role":"user","content":"Why?"}]}`)
	}
	if w := ask("msg_1"); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	want := []docent.ModelMessage{{Role: docent.RoleUser, Text: "How?"}, {Role: docent.RoleAssistant, Text: "So."}}
	if diff := cmp.Diff(want, r.answers.asked[0].History); diff != "" {
		t.Error(diff)
	}
	for _, id := range []string{"msg_0", "msg_2", ""} {
		if w := ask(id); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), `"param":"input[1].id"`) {
			t.Errorf("%q: %d %s", id, w.Code, w.Body)
		}
	}
}

func TestARequestThatIsNoPlainResponseIsRefused(t *testing.T) {
	r := newRig(t)
	for more, param := range map[string]string{
		``: "input", `,"input":7`: "input", `,"input":[]`: "input", `,"input":"x","background":true`: "background", `,"input":"x","conversation":"conv_1"`: "conversation",
		`,"input":"x","prompt":{"id":"p"}`: "prompt", `,"input":"x","text":{"format":{"type":"json_schema"}}`: "text.format", `,"input":"x","max_output_tokens":0`: "max_output_tokens",
		`,"input":"x","tool_choice":{"type":"web_search"}`:                            "tool_choice",
		`,"input":[{"role":"user","content":[{"type":"input_image","file_id":"f"}]}]`: "input[0].content[0].file_id",
	} {
		w := r.send(http.MethodPost, "/responses", `{"model":"docent"`+more+`}`)
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `"param":"`+param+`"`) {
			t.Errorf("%s: %d %s", more, w.Code, w.Body)
		}
	}
}
