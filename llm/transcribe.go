package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"docent"
)

const (
	transcribeRetries = 1
	maxTranscript     = 1 << 20 // bytes of an answer: more than anyone says in a message
)

// transcribeSection is where TranscriptionConfig stands in config.yaml.
const transcribeSection = "chatkit.transcribe"

// TranscriptionConfig is chatkit.transcribe of config.yaml: who writes down what
// readers say.
type TranscriptionConfig struct {
	BaseURL  string        `yaml:"base_url"`  // "" is OpenAI's
	APIKey   string        `yaml:"api_key"`   // "" sends none; see Sharing
	Model    string        `yaml:"model"`     // "": nothing is transcribed
	MaxBytes int           `yaml:"max_bytes"` // of a recording
	Timeout  time.Duration `yaml:"timeout"`   // of one request; 0 waits for ever

	like Place // how a model is asked on the same server; see Sharing
}

// mostAudio is what servers take of a recording, in bytes.
const mostAudio = 25 << 20

// Enabled reports whether recordings are transcribed.
func (c TranscriptionConfig) Enabled() bool { return !blank(c.Model) }

// Validate says which key is wrong, with its value and what would be right. Without
// a model nothing is looked at.
func (c TranscriptionConfig) Validate() error {
	_, err := c.checked()
	return err
}

// Sharing gives c with what m says of the server, where both lead to the same base
// URL, as EmbeddingConfig.Sharing does.
func (c TranscriptionConfig) Sharing(m Config) TranscriptionConfig {
	if !sameBase(c.BaseURL, m.BaseURL) {
		return c
	}
	if blank(c.APIKey) {
		c.APIKey = m.APIKey
	}
	c.like = Place{KeyHeader: m.KeyHeader, APIVersion: m.APIVersion, Headers: m.Headers, CAFile: m.CAFile,
		Organization: m.Organization, Project: m.Project}.trimmed()
	return c
}

func (c TranscriptionConfig) checked() (TranscriptionConfig, error) {
	if !c.Enabled() {
		return c, nil
	}
	p := c.like
	p.Name, p.BaseURL, p.APIKey = c.Model, c.BaseURL, c.APIKey
	if p = p.trimmed(); p.BaseURL == "" {
		p.BaseURL = openAI
	}
	if err := p.check(transcribeSection); err != nil {
		return c, err
	}
	switch {
	case c.MaxBytes < 1 || c.MaxBytes > mostAudio:
		return c, fmt.Errorf("%s.max_bytes %d: must be from 1 to %d", transcribeSection, c.MaxBytes, mostAudio)
	case c.Timeout < 0:
		return c, fmt.Errorf("%s.timeout %v: must be 0 or more", transcribeSection, c.Timeout)
	}
	c.like, c.Model, c.BaseURL, c.APIKey = p, p.Name, p.BaseURL, p.APIKey
	return c, nil
}

// Transcriber writes down what is said in recordings, with one model of one server.
// It is safe for use by many goroutines.
type Transcriber struct {
	cfg     TranscriptionConfig
	service openai.AudioTranscriptionService
	server
}

// NewTranscriber makes a transcriber, or says which key of chatkit.transcribe is
// wrong. A configuration that is not Enabled is an error.
func NewTranscriber(cfg TranscriptionConfig) (*Transcriber, error) {
	cfg, err := cfg.checked()
	if err != nil {
		return nil, err
	}
	if !cfg.Enabled() {
		return nil, errors.New(transcribeSection + ".model: must name a model, such as whisper-1")
	}
	client, err := httpClient(cfg.like.CAFile)
	if err != nil {
		return nil, fmt.Errorf("model.ca_file: %w", err)
	}
	e := endpoint{cfg.like, jsonType}
	return &Transcriber{
		cfg:     cfg,
		service: openai.NewAudioTranscriptionService(e.options(client)...),
		server: server{
			called: "the transcription server", kind: "one", answer: "the transcription server's answer", secrets: e.secrets(),
			section: transcribeSection, model: transcribeSection + ".model", budget: transcribeSection + ".max_bytes", client: client, clock: realClock(),
		},
	}, nil
}

// Transcribe gives the text of a recording; mime is its type, as "audio/webm". A
// recording in which nobody speaks has the text "".
//
// Errors: ctx's (with its cause), once ctx is done; otherwise a *docent.Error with
// one of the model codes, or CodeInvalid for a type that no server takes.
func (t *Transcriber) Transcribe(ctx context.Context, mime string, audio []byte) (text string, err error) {
	name, known := recordings[mime]
	if !known {
		return "", docent.Errorf(docent.CodeInvalid, "recordings of the type %q are not taken: WebM, Ogg, MP4, MP3, WAV and FLAC are", shortened(mime))
	}
	p := patience{retries: transcribeRetries, backoff: maxBackoff, wait: maxWait}
	err = t.try(ctx, p, func() error {
		text, err = t.once(ctx, openai.File(bytes.NewReader(audio), "recording."+name, mime))
		return err
	})
	return text, told(ctx, err)
}

// recordings has the ending of a file's name by the types of recordings, without
// parameters: servers go by it.
var recordings = map[string]string{
	"audio/webm": "webm", "video/webm": "webm", "audio/ogg": "ogg", "application/ogg": "ogg",
	"audio/mp4": "mp4", "video/mp4": "mp4", "audio/m4a": "m4a", "audio/x-m4a": "m4a", "audio/aac": "m4a",
	"audio/mpeg": "mp3", "audio/mp3": "mp3", "audio/wav": "wav", "audio/x-wav": "wav", "audio/wave": "wav", "audio/vnd.wave": "wav",
	"audio/flac": "flac", "audio/x-flac": "flac",
}

// once sends one request and reads its answer, within the time for both.
func (t *Transcriber) once(ctx context.Context, file io.Reader) (string, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := watchdog{clock: t.clock, cancel: cancel}
	watch.start(t.cfg.Timeout, silent(t.called+" did not answer", t.cfg.Timeout))
	defer watch.stop()

	var res *http.Response
	params := openai.AudioTranscriptionNewParams{File: file, Model: t.cfg.Model, ResponseFormat: openai.AudioResponseFormatJSON}
	_, err := t.service.New(ctx, params, option.WithResponseBodyInto(&res))
	if res, err = t.received(ctx, res, err, jsonType); err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxTranscript+1))
	if err != nil {
		return "", interrupted(ctx, t.cut(err))
	}
	var answer struct {
		Text  *string        `json:"text"`
		Error *providerError `json:"error"`
	}
	switch err := json.Unmarshal(body, &answer); {
	case len(body) > maxTranscript:
		return "", t.misspoke(fmt.Sprintf("more than %d bytes", maxTranscript))
	case err != nil:
		return "", t.misspoke("broken JSON: " + err.Error())
	case answer.Error != nil:
		return "", t.judged(answer.Error.status(), *answer.Error, 0, errors.New("with status 200: "+t.redacted(answer.Error.Message)))
	case answer.Text == nil:
		return "", t.misspoke("an answer without a text")
	}
	return strings.ToValidUTF8(strings.TrimSpace(*answer.Text), ""), nil
}
