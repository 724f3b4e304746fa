package llm

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/llm/llmtest"
)

// seen is a question with a picture.
var seen = docent.ModelRequest{Messages: []docent.ModelMessage{
	{Role: docent.RoleUser, Text: "what is on it?", Images: []docent.ModelImage{{Type: "image/png", Data: []byte("\x89PNG")}}},
}}

func TestAPictureIsSentBesideItsQuestion(t *testing.T) {
	s := llmtest.For(t)
	s.Script(llmtest.Say("a cat"))
	if _, err := newClient(t, s, nil).Stream(t.Context(), seen, func(string) error { return nil }); err != nil {
		t.Fatal(err)
	}
	got := s.Requests()[0].Messages[0]
	if diff := cmp.Diff(llmtest.Message{Role: "user", Content: "what is on it?", Images: []string{"data:image/png;base64,iVBORw=="}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAModelThatDoesNotSeeIsToldOfThePicture(t *testing.T) {
	for _, refusal := range []string{
		"Invalid content type. image_url is only supported by certain models: this one does not support image_url.",
		"This model does not support image input.", "the model has no vision", "stand-in is not a multimodal model",
		"images are not supported by this model",
	} {
		s := llmtest.For(t)
		s.Script(llmtest.Fail(400, "invalid_request", refusal), llmtest.Say("I can't see it."), llmtest.Say("again"))
		c := newClient(t, s, nil)
		for range 2 { // the second time it is known
			if _, err := c.Stream(t.Context(), seen, func(string) error { return nil }); err != nil {
				t.Fatalf("%s: %v", refusal, err)
			}
		}
		all := s.Requests()
		if len(all) != 3 {
			t.Fatalf("%s: %d requests", refusal, len(all))
		}
		for _, r := range all[1:] {
			if m := r.Messages[0]; len(m.Images) > 0 || !strings.HasPrefix(m.Content, "what is on it?") || !strings.Contains(m.Content, "can't see") {
				t.Errorf("%s: %+v", refusal, m)
			}
		}
	}
}

func TestAPictureThatIsRefusedForItselfIsAFailure(t *testing.T) {
	for _, refusal := range []string{"You uploaded an unsupported image. Please make sure your image is valid.", "The image is too large."} {
		s := llmtest.For(t)
		s.Script(llmtest.Fail(400, "invalid_image", refusal))
		if _, err := newClient(t, s, nil).Stream(t.Context(), seen, func(string) error { return nil }); err == nil || len(s.Requests()) != 1 {
			t.Errorf("%s: %v after %d requests", refusal, err, len(s.Requests()))
		}
	}
}
