package server

import (
	"context"
	"errors"
	"net/url"
	"time"

	"docent"
	"docent/llm"
)

// probeTime is how long the doctor waits for a model's first token: as long as
// a patient reader would.
const probeTime = 10 * time.Second

// checkModel asks the model for one token. That tells three things apart: the
// server answers, it takes the key, it streams.
func checkModel(ctx context.Context, c *Config) []Finding {
	model, key, streaming := check("model"), check("model_key"), check("model_streaming")
	if !c.Model.Enabled() {
		return []Finding{
			model.skipped("set OPENAI_API_KEY or OPENAI_BASE_URL to have answers written", "none is configured: answers are quotations"),
			key.skipped("", "no model"), streaming.skipped("", "no model"),
		}
	}
	client, err := llm.New(c.Model)
	if err != nil {
		return []Finding{model.failed(err, ""), key.skipped("", "no model"), streaming.skipped("", "no model")}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, probeTime, errors.New("no token within "+probeTime.String()))
	defer cancel()
	began := time.Now()
	streams, err := client.Probe(ctx)
	switch code := docent.CodeOf(err); {
	case err == nil:
	case code == docent.CodeModelAuth:
		return []Finding{
			model.ok("%s answers", modelHost(c.Model)),
			key.failed(err, "check OPENAI_API_KEY"), streaming.skipped("", "the key was refused"),
		}
	default:
		return []Finding{
			model.failed(err, "check OPENAI_BASE_URL, OPENAI_MODEL and that the server runs"),
			key.skipped("", "the model gave no answer"), streaming.skipped("", "the model gave no answer"),
		}
	}
	return []Finding{
		model.ok("%s at %s gave a token in %d ms", c.Model.Name, modelHost(c.Model), time.Since(began).Milliseconds()),
		keyFinding(key, c.Model), streamingFinding(streaming, streams),
	}
}

func keyFinding(key check, c llm.Config) Finding {
	if c.APIKey == "" {
		return key.ok("none is set, and the server asks for none")
	}
	return key.ok("the server takes it")
}

func streamingFinding(streaming check, streams bool) Finding {
	if !streams {
		return streaming.warning("switch streaming on in the model's server, or use another one",
			"the model's server sends its answer in one piece: readers wait for all of it")
	}
	return streaming.ok("as text/event-stream")
}

// modelHost names the model's server without its path.
func modelHost(c llm.Config) string {
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Host == "" {
		return "OpenAI"
	}
	return u.Host
}
