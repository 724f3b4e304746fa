package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"docent"
	"docent/embedding"
	"docent/llm"
)

// probeTime is how long the doctor waits for a model's first token: as long as
// a patient reader would.
const probeTime = 10 * time.Second

// patiently bounds ctx by probeTime.
func patiently(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, probeTime, errors.New("no answer within "+probeTime.String()))
}

// checkModel asks the model for one token, and its fallbacks. That tells three
// things apart: the server answers, it takes the key, it streams.
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
	asking, cancel := patiently(ctx)
	defer cancel()
	began := time.Now()
	streams, err := client.Probe(asking)
	switch code := docent.CodeOf(err); {
	case err == nil:
	case code == docent.CodeModelAuth, code == docent.CodeModelLimited:
		return append([]Finding{
			model.ok("%s answers", serverOf(c.Model.BaseURL)),
			key.failed(err, "check OPENAI_API_KEY, and the account that it belongs to"), streaming.skipped("", "nothing may be asked with the key"),
		}, checkFallbacks(ctx, client)...)
	default:
		return append([]Finding{
			model.failed(err, "check OPENAI_BASE_URL, OPENAI_MODEL and that the server runs"),
			key.skipped("", "the model gave no answer"), streaming.skipped("", "the model gave no answer"),
		}, checkFallbacks(ctx, client)...)
	}
	return append([]Finding{
		modelFinding(model, client, c.Model, time.Since(began)),
		keyFinding(key, c.Model), streamingFinding(streaming, streams),
	}, checkFallbacks(ctx, client)...)
}

// modelFinding is of a model that answered after some time.
func modelFinding(model check, client *llm.Client, c llm.Config, took time.Duration) Finding {
	if refused := client.Refused(); len(refused) > 0 {
		return model.warning("set them back in config.yaml, or choose a model that takes them",
			"%s at %s takes no %s: they are not sent", c.Name, serverOf(c.BaseURL), strings.Join(refused, ", "))
	}
	return model.ok("%s at %s gave a token in %d ms", c.Name, serverOf(c.BaseURL), took.Milliseconds())
}

// checkFallbacks asks each model that stands in for one token. One that gives
// none is a warning: questions are answered without it.
func checkFallbacks(ctx context.Context, client *llm.Client) []Finding {
	fallbacks := check("model_fallbacks")
	ctx, cancel := patiently(ctx)
	defer cancel()
	errs := client.ProbeFallbacks(ctx)
	var found []Finding
	for i, err := range errs {
		if err != nil {
			f := fallbacks.warned(err, "check it in config.yaml, and that its server runs")
			f.Detail = fmt.Sprintf("model.fallbacks[%d]: %s", i, f.Detail)
			found = append(found, f)
		}
	}
	if len(errs) > 0 && len(found) == 0 {
		found = append(found, fallbacks.ok("all gave a token (%d)", len(errs)))
	}
	return found
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

// serverOf names the server of a base URL.
func serverOf(base string) string {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return "OpenAI"
	}
	return u.Host
}

// checkEmbeddings has one word embedded.
func checkEmbeddings(ctx context.Context, c *Config) []Finding {
	embeddings := check("embeddings")
	switch {
	case c.Embedding.Builtin():
		return []Finding{embeddings.ok("the built-in model %s gives %d dimensions", embedding.Name, embedding.Builtin().Dimensions())}
	case !c.Embedding.Remote():
		return []Finding{embeddings.skipped("", "embedding.provider is none: search is by words alone")}
	}
	embedder, err := llm.NewEmbedder(c.Embedding.Sharing(c.Model))
	if err != nil {
		return []Finding{embeddings.failed(err, "correct config.yaml")}
	}
	ctx, cancel := patiently(ctx)
	defer cancel()
	if s, err := openServing(ctx, *c); err == nil {
		embedder.Expect(s.index.Stamp.Dimensions) // of another number is none that the index can be asked with
		s.index.Close()
	}
	began := time.Now()
	if err := embedder.Probe(ctx); err != nil {
		return []Finding{embeddings.failed(cmp.Or(context.Cause(ctx), err), "check embedding.base_url, embedding.model and that the server runs")}
	}
	return []Finding{embeddings.ok("%s at %s gave %d dimensions in %d ms",
		embedder.Model(), serverOf(c.Embedding.BaseURL), embedder.Dimensions(), time.Since(began).Milliseconds())}
}
