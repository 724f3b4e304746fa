package server

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"docent"
	"docent/eval"
	"docent/ingest"
)

func questionsOf(t *testing.T, lines string) []eval.Question {
	t.Helper()
	questions, err := eval.Read(strings.NewReader(lines), "q.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	return questions
}

func TestAFollowUpIsEvaluatedWithWhatItFollows(t *testing.T) {
	cfg := Defaults()
	cfg.DataDir = t.TempDir()
	ingestManual(t, cfg)
	report, err := Evaluate(t.Context(), cfg, docent.DefaultSite, "q.jsonl", questionsOf(t, `
{"question": "and with it?", "history": [{"role": "user", "content": "streams behind the Apache proxy"}], "relevant": [{"path": "guides/deploy-behind-a-proxy.md", "anchor": "apache"}]}
{"question": "and with it?", "relevant": [{"path": "guides/deploy-behind-a-proxy.md", "anchor": "apache"}]}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	if with, without := report.Results[0], report.Results[1]; with.SectionRank != 1 || without.SectionRank == 1 {
		t.Errorf("rank %d with the history and %d without", with.SectionRank, without.SectionRank)
	}
}

func TestAFolderIsEvaluatedWithoutATraceOnWhatIsServed(t *testing.T) {
	place := t.TempDir()
	t.Setenv("TMPDIR", place)
	t.Setenv("TMP", place) // Windows
	cfg := Defaults()
	cfg.DataDir = t.TempDir()
	cfg.Qdrant.URL = "http://127.0.0.1:1" // where nothing listens
	report, err := EvaluateFolder(t.Context(), cfg, ingest.Source{Dir: "../docs-sample"}, nil, "q.jsonl", questionsOf(t, `
{"question": "docker compose", "relevant": [{"path": "getting-started/run-in-a-container.md"}]}
{"question": "docker compose", "relevant": [{"path": "gone.md"}]}
`), nil)
	if !errors.Is(err, ErrTargets) || !strings.Contains(err.Error(), "q.jsonl:3: relevant[0]:") {
		t.Errorf("a target that is not there: %v", err)
	}
	if report.Questions != 2 || report.Results[0].PageRank != 1 {
		t.Errorf("the report is %+v", report.Summary)
	}
	for _, dir := range []string{place, cfg.DataDir} {
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%v is left, %v", left, err)
		}
	}
}

func TestAnAnswerThatWasLikedIsProposedWithWhatItCites(t *testing.T) {
	f := start(t, nil)
	all := f.ask(t, `{"message": "How do I run it with Docker Compose?"}`).rest(t)
	at := slices.IndexFunc(all, func(e docent.Event) bool { return e.Name == docent.EventSession })
	session := data[docent.SessionData](t, all[at])
	if len(f.message(t, session).Citations) == 0 {
		t.Fatal("the answer cites nothing")
	}
	owner := docent.Owner{Site: docent.DefaultSite, Subject: "local"}
	if err := f.conversations.SetFeedback(t.Context(), owner, session.MessageID, docent.Feedback{Rating: "up"}); err != nil {
		t.Fatal(err)
	}
	questions, err := Propose(t.Context(), f.cfg, docent.DefaultSite, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(questions) != 1 || questions[0].Tags[0] != "rated-up" || questions[0].Relevant[0].String() != "getting-started/run-in-a-container.md#with-docker-compose" {
		t.Errorf("%+v", questions)
	}
}
