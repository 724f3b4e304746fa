package server

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"docent"
	"docent/access"
	"docent/attachment"
	"docent/chat"
	"docent/llm/llmtest"
)

func TestAServerWithoutDocumentsIsReadyWithAModel(t *testing.T) {
	model := llmtest.For(t)
	cfg := Defaults()
	cfg.DataDir = t.TempDir()
	cfg.Answer.Mode = chat.ModeChat
	f := serve(t, cfg)
	if err := f.Ready(context.Background()); docent.CodeOf(err) != docent.CodeNotReady || !strings.Contains(err.Error(), "none is configured") {
		t.Errorf("without a model: %v", err)
	}
	withModel(model)(&cfg)
	cfg.DataDir = t.TempDir()
	f = serve(t, cfg)
	answer, err := http.Get(f.url + "/ready")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("/ready: %s", answer.Status)
	}
	all := f.ask(t, `{"message": "Hello, who are you?"}`).rest(t)
	done := all[len(all)-1]
	if done.Name != docent.EventDone || text(t, all) == "" || data[docent.DoneData](t, done).Grounded != nil {
		t.Errorf("%s: %s", done.Name, done.Data)
	}
}

func TestASiteWithDocumentsStillNeedsThem(t *testing.T) {
	cfg := Defaults()
	cfg.DataDir = t.TempDir()
	cfg.Answer.Mode = chat.ModeChat
	cfg.Sites = []access.Site{{Name: "shop"}, {Name: "api", Mode: chat.ModeDocs}}
	withModel(llmtest.For(t))(&cfg)
	if err := serve(t, cfg).Ready(context.Background()); docent.CodeOf(err) != docent.CodeNoIndex {
		t.Errorf("%v", err)
	}
	cfg.Sites[0].Mode = "talk"
	if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), "mode is docs or chat") {
		t.Errorf("%v", err)
	}
}

func TestTheDoctorAsksForNoIndexWhereNoneIsNeeded(t *testing.T) {
	cfg := Defaults()
	cfg.Answer.Mode = chat.ModeChat
	if got := checkIndex(context.Background(), &cfg); len(got) != 1 || got[0].State != StateSkipped {
		t.Errorf("%+v", got)
	}
}

// TestFilesAreDataWithoutDocumentsToo: those of the question, and where it has none
// those of the last one before that had some.
func TestFilesAreDataWithoutDocumentsToo(t *testing.T) {
	model := llmtest.For(t)
	model.Script(llmtest.Say("The address is in use."), llmtest.Say("Port 8000."))
	cfg := Defaults()
	cfg.DataDir, cfg.Answer.Mode = t.TempDir(), chat.ModeChat
	cfg.Attachments.Types = []string{attachment.Text, attachment.Image}
	withModel(model)(&cfg)
	f := serve(t, cfg)
	log, image := f.local().attach(t, "app.log", []byte(logFile)), f.local().attach(t, "screen.gif", []byte(picture))
	began := data[docent.SessionData](t, f.ask(t, `{"message":"What is wrong?","attachments":["`+log+`","`+image+`"]}`).rest(t)[0])
	asked := model.Requests()[0]
	if got := asked.Last("user"); !strings.Contains(got, "address already in use") || !strings.Contains(got, "screen.gif") || !strings.Contains(got, "Message: What is wrong?") {
		t.Errorf("asked: %s", got)
	}
	if last := asked.Messages[len(asked.Messages)-1]; len(last.Images) != 1 {
		t.Errorf("the model is shown %d pictures", len(last.Images))
	}
	f.ask(t, `{"message":"Which port?","session_id":"`+began.SessionID+`"}`).rest(t)
	if got := model.Requests()[1].Last("user"); !strings.Contains(got, "address already in use") || !strings.Contains(got, "to an earlier message") {
		t.Errorf("asked then: %s", got)
	}
}
