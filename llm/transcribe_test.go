package llm

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"docent"
	"docent/llm/llmtest"
)

func newTranscriber(t *testing.T, s *llmtest.Server, change func(*TranscriptionConfig)) *Transcriber {
	t.Helper()
	cfg := TranscriptionConfig{BaseURL: s.URL, APIKey: "a-secret-key", Model: "ears", MaxBytes: 1 << 20}
	if change != nil {
		change(&cfg)
	}
	tr, err := NewTranscriber(cfg)
	if err != nil {
		t.Fatal(err)
	}
	tr.clock = newFakeClock().clock()
	return tr
}

func TestARecordingIsSentAsAFileThatServersKnowByItsEnding(t *testing.T) {
	s := llmtest.For(t)
	s.AnswerTranscriptions(func(llmtest.TranscriptionRequest) llmtest.Reply { return llmtest.Transcript(" How do I install it?\n") })
	text, err := newTranscriber(t, s, nil).Transcribe(context.Background(), "audio/webm", []byte("sound"))
	if err != nil || text != "How do I install it?" {
		t.Fatalf("got %q, %v", text, err)
	}
	r := s.TranscriptionRequests()[0]
	if r.Name != "recording.webm" || r.Type != "audio/webm" || string(r.Audio) != "sound" || r.Model != "ears" || r.Format != "json" {
		t.Errorf("sent %+v", r)
	}
	if got := r.Header.Get("Authorization"); got != "Bearer a-secret-key" {
		t.Errorf("the key was sent as %q", got)
	}
}

func TestTranscriptionFaults(t *testing.T) {
	for name, tc := range map[string]struct {
		reply llmtest.Reply
		code  docent.Code
		asked int
	}{
		"401":             {llmtest.Unauthorized(), docent.CodeModelAuth, 1},
		"404":             {llmtest.Fail(404, "model_not_found", "No."), docent.CodeModelFailed, 1},
		"400":             {llmtest.Fail(400, "bad", "The audio is broken."), docent.CodeModelFailed, 1},
		"429":             {llmtest.Limited("1"), docent.CodeModelLimited, 2},
		"500":             {llmtest.Broken(), docent.CodeModelFailed, 2},
		"HTML":            {llmtest.HTML(), docent.CodeModelFailed, 1},
		"no text":         {llmtest.Reply{ContentType: "application/json", Body: `{}`}, docent.CodeModelFailed, 1},
		"broken JSON":     {llmtest.Reply{ContentType: "application/json", Body: `{"text":`}, docent.CodeModelFailed, 1},
		"error with 200":  {llmtest.Reply{ContentType: "application/json", Body: `{"error":"loading"}`}, docent.CodeModelFailed, 2},
		"endless":         {llmtest.Transcript(strings.Repeat("a", maxTranscript)), docent.CodeModelFailed, 1},
		"repeats the key": {llmtest.Fail(400, "bad", "a-secret-key is wrong"), docent.CodeModelFailed, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := llmtest.For(t)
			s.AnswerTranscriptions(func(llmtest.TranscriptionRequest) llmtest.Reply { return tc.reply })
			_, err := newTranscriber(t, s, nil).Transcribe(context.Background(), "audio/ogg", []byte("sound"))
			wantError(t, err, tc.code)
			if n := len(s.TranscriptionRequests()); n != tc.asked {
				t.Errorf("asked %d times, want %d", n, tc.asked)
			}
			if strings.Contains(err.Error(), "a-secret-key") {
				t.Errorf("the error tells the key: %v", err)
			}
		})
	}
}

func TestARecordingOfAnUnknownTypeIsSentNowhere(t *testing.T) {
	s := llmtest.For(t)
	_, err := newTranscriber(t, s, nil).Transcribe(context.Background(), "text/html", []byte("<p>"))
	wantError(t, err, docent.CodeInvalid)
	if n := len(s.TranscriptionRequests()); n != 0 {
		t.Errorf("asked %d times", n)
	}
}

func TestTranscribingEndsWithItsCaller(t *testing.T) {
	s := llmtest.For(t)
	ctx, leave := context.WithCancel(context.Background())
	s.AnswerTranscriptions(func(llmtest.TranscriptionRequest) llmtest.Reply {
		leave()
		return llmtest.Transcript("Too late.")
	})
	if _, err := newTranscriber(t, s, nil).Transcribe(ctx, "audio/wav", []byte("sound")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestTranscriptionTakesTheModelsKeyForTheSameServerOnly(t *testing.T) {
	m := Config{APIKey: "key-of-the-model", BaseURL: "https://models.example.com/v1"}
	if c := (TranscriptionConfig{BaseURL: "https://models.example.com/v1/", Model: "ears"}).Sharing(m); c.APIKey != "key-of-the-model" {
		t.Errorf("the same server gets %q", c.APIKey)
	}
	if c := (TranscriptionConfig{BaseURL: "https://ears.example.com/v1", Model: "ears"}).Sharing(m); c.APIKey != "" {
		t.Errorf("another server gets %q", c.APIKey)
	}
}

func TestTranscriptionSettingsAreCheckedWhereAModelIsNamed(t *testing.T) {
	if err := (TranscriptionConfig{BaseURL: "nonsense"}).Validate(); err != nil {
		t.Errorf("without a model: %v", err)
	}
	for key, c := range map[string]TranscriptionConfig{
		"base_url":  {Model: "ears", BaseURL: "nonsense", MaxBytes: 1},
		"api_key":   {Model: "ears", APIKey: "a b", MaxBytes: 1},
		"max_bytes": {Model: "ears", MaxBytes: mostAudio + 1},
		"timeout":   {Model: "ears", MaxBytes: 1, Timeout: -time.Second},
	} {
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), "chatkit.transcribe."+key) {
			t.Errorf("%s: %v", key, err)
		}
	}
}
