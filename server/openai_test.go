package server

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/responses"

	"docent"
	"docent/access"
	"docent/llm/llmtest"
)

// client is OpenAI's own, with a key that is nobody's.
func (f *fixture) client() openai.Client {
	return openai.NewClient(option.WithBaseURL(f.url+"/v1"), option.WithAPIKey("sk-anything"), option.WithMaxRetries(0),
		option.WithOrganization("org"), option.WithProject("project"))
}

// conversation reads a session as the API shows it.
func (f *fixture) conversation(t *testing.T, session string) []docent.Message {
	t.Helper()
	answer, err := http.Get(f.url + "/api/v1/sessions/" + session + "/messages")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var list docent.Listed[docent.Message]
	if err := json.NewDecoder(answer.Body).Decode(&list); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v", answer.Status, err)
	}
	return list.Data
}

const portAsked = "How do I change the port?"

// TestOpenAIsClientStreamsAConversation: and the API shows the same one.
func TestOpenAIsClientStreamsAConversation(t *testing.T) {
	model := llmtest.For(t)
	model.Script(llmtest.Say("Set `PORT` ", "[1]."), llmtest.Say("Because ", "of it [1]."))
	f := start(t, func(c *Config) {
		withModel(model)(c)
		c.Chat.Rewrite = "words"
	})
	client := f.client()
	messages := []openai.ChatCompletionMessageParamUnion{openai.SystemMessage("Answer like a pirate."), openai.UserMessage(portAsked)}
	ask := func() (text, session string) {
		t.Helper()
		var raw *http.Response
		stream := client.Chat.Completions.NewStreaming(t.Context(), openai.ChatCompletionNewParams{
			Model: "docent", Messages: messages, StreamOptions: openai.ChatCompletionStreamOptionsParam{IncludeUsage: openai.Bool(true)},
		}, option.WithResponseInto(&raw))
		all := openai.ChatCompletionAccumulator{}
		for stream.Next() {
			if !all.AddChunk(stream.Current()) {
				t.Fatalf("the client can't add %s", stream.Current().RawJSON())
			}
		}
		if err := stream.Err(); err != nil {
			t.Fatal(err)
		}
		if all.Usage.TotalTokens == 0 || all.Choices[0].FinishReason != "stop" {
			t.Errorf("the answer ends with %+v, usage %+v", all.Choices[0], all.Usage)
		}
		return all.Choices[0].Message.Content, raw.Header.Get("X-Docent-Session")
	}
	first, session := ask()
	if !strings.HasPrefix(first, "Set `PORT` [1].\n\n---\n\n- [1] [") || !strings.Contains(first, "]("+f.url+"/docs/manual/") {
		t.Errorf("the answer is %q", first)
	}
	asked := model.Requests()[0].Messages
	if prompt := asked[len(asked)-1].Content; !strings.Contains(prompt, "Answer like a pirate.") {
		t.Errorf("the model is not told what the program wants: %q", prompt)
	}
	messages = append(messages, openai.AssistantMessage(first), openai.UserMessage("And how do I change the host?"))
	if _, again := ask(); again != session {
		t.Errorf("the conversation goes on in %s, not in %s", again, session)
	}
	stored := f.conversation(t, session)
	if len(stored) != 4 || stored[0].Text != portAsked || stored[1].Text != "Set `PORT` [1]." || stored[3].Text != "Because of it [1]." {
		t.Errorf("the API shows %+v", stored)
	}
}

func TestOpenAIsClientGoesOnWithAResponse(t *testing.T) {
	model := llmtest.For(t)
	model.Script(llmtest.Say("Set `PORT` [1]."), llmtest.Say("Because [1]."))
	f := start(t, func(c *Config) {
		withModel(model)(c)
		c.Chat.Rewrite = "words"
	})
	client := f.client()
	var raw *http.Response
	first, err := client.Responses.New(t.Context(), responses.ResponseNewParams{
		Model: "docent/manual", Input: responses.ResponseNewParamsInputUnion{OfString: openai.String(portAsked)},
	}, option.WithResponseInto(&raw))
	if err != nil {
		t.Fatal(err)
	}
	text := first.Output[0].Content[0]
	if cited := text.Annotations[0]; first.Status != "completed" || text.Text[cited.StartIndex:cited.EndIndex] != "[1]" || !strings.HasPrefix(cited.URL, f.url+"/docs/manual/") {
		t.Errorf("the response is %s", first.RawJSON())
	}
	stream := client.Responses.NewStreaming(t.Context(), responses.ResponseNewParams{
		Model: "docent", Input: responses.ResponseNewParamsInputUnion{OfString: openai.String("And how do I change the host?")}, PreviousResponseID: openai.String(first.ID),
	})
	var last responses.ResponseStreamEventUnion
	for stream.Next() {
		last = stream.Current()
	}
	if err := stream.Err(); err != nil || last.Type != "response.completed" || !strings.HasPrefix(last.Response.OutputText(), "Because [1].") {
		t.Errorf("%v, and the last event is %s", err, last.RawJSON())
	}
	if stored := f.conversation(t, raw.Header.Get("X-Docent-Session")); len(stored) != 4 {
		t.Errorf("the API shows %+v", stored)
	}
}

func TestOpenAIsClientKnowsWhatIsWrong(t *testing.T) {
	model := llmtest.For(t)
	f := start(t, withModel(model))
	client := f.client()
	var wrong *openai.Error
	_, err := client.Chat.Completions.New(t.Context(), openai.ChatCompletionNewParams{Model: "gpt-4o", Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(portAsked)}})
	if !errors.As(err, &wrong) || wrong.StatusCode != http.StatusNotFound || wrong.Code != "model_not_found" || wrong.Param != "model" {
		t.Errorf("another model: %v", err)
	}
	model.Script(llmtest.CutAfter("Set `PORT` [1]. "))
	stream := client.Chat.Completions.NewStreaming(t.Context(), openai.ChatCompletionNewParams{Model: "docent", Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(portAsked)}})
	for stream.Next() {
	}
	if stream.Err() == nil {
		t.Error("an answer that broke off looks like a whole one")
	}
	models, err := client.Models.List(t.Context())
	if err != nil || len(models.Data) != 2 || models.Data[1].ID != "docent/manual" {
		t.Fatalf("the models are %+v, %v", models, err)
	}
	if m, err := client.Models.Get(t.Context(), models.Data[1].ID); err != nil || m.ID != models.Data[1].ID {
		t.Errorf("%s is %+v, %v", models.Data[1].ID, m, err)
	}
}

// TestAnAnswerThatOpenAIsClientLeavesIsStopped: and so is the model's.
func TestAnAnswerThatOpenAIsClientLeavesIsStopped(t *testing.T) {
	model := llmtest.For(t)
	left := make(chan struct{})
	model.Script(llmtest.Stream(llmtest.Text("Set PORT "), func(o *llmtest.Out) error {
		<-o.Context().Done()
		close(left)
		return o.Context().Err()
	}))
	f := start(t, func(c *Config) {
		withModel(model)(c)
		c.Chat.Detach = time.Hour
	})
	client := f.client()
	stream := client.Chat.Completions.NewStreaming(t.Context(), openai.ChatCompletionNewParams{Model: "docent", Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(portAsked)}})
	for stream.Next() {
		if choices := stream.Current().Choices; len(choices) > 0 && choices[0].Delta.Content != "" {
			break
		}
	}
	stream.Close()
	<-left
}

// TestAnyKeyWillDoWhereOpenAIsAPIIsPublic: its clients can't but send one. Elsewhere it
// is refused as OpenAI refuses it, and a key of the server's counts.
func TestAnyKeyWillDoWhereOpenAIsAPIIsPublic(t *testing.T) {
	for _, public := range [][]string{{access.SurfaceWidget}, {access.SurfaceOpenAI}} {
		f := start(t, func(c *Config) {
			c.Sites = []access.Site{{Name: docent.DefaultSite, Origins: []string{"https://docs.example.com"}, Public: public}}
		})
		client := f.client()
		ask := func(options ...option.RequestOption) error {
			_, err := client.Chat.Completions.New(t.Context(), openai.ChatCompletionNewParams{Model: "docent", Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(portAsked)}}, options...)
			return err
		}
		err := ask()
		var refused *openai.Error
		if open := public[0] == access.SurfaceOpenAI; open && err != nil || !open && (!errors.As(err, &refused) || refused.StatusCode != http.StatusUnauthorized || refused.Code != "invalid_api_key") {
			t.Errorf("public %v: %v", public, err)
		}
		id := access.NewKeyID()
		text, digest := access.NewKeySecret(id)
		if err := f.conversations.CreateKey(t.Context(), access.Key{ID: id, Site: docent.DefaultSite, Scopes: []string{access.ScopeChat}, Digest: digest, CreatedAt: time.Now()}); err != nil {
			t.Fatal(err)
		}
		if err := ask(option.WithAPIKey(text)); err != nil {
			t.Errorf("public %v, with a key: %v", public, err)
		}
	}
}
