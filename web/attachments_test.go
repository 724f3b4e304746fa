package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"strings"
	"testing"

	"docent"
)

// fakeAttachments keeps what it was given.
type fakeAttachments struct {
	names, contents, deleted []string
	owners                   []docent.Owner
	err                      error
}

func (f *fakeAttachments) Attach(_ context.Context, o docent.Owner, name string, content []byte) (docent.Attachment, error) {
	f.names, f.contents, f.owners = append(f.names, name), append(f.contents, string(content)), append(f.owners, o)
	return docent.Attachment{ID: "att_1", Name: name, Type: "text/plain", Bytes: len(content), Text: "never shown"}, f.err
}

func (f *fakeAttachments) DeleteAttachment(_ context.Context, _ docent.Owner, id string) error {
	f.deleted = append(f.deleted, id)
	return f.err
}

// taking takes files of 1000 bytes, and 2 a question.
func taking(c *Config) { c.MaxAttachmentBytes, c.MaxFiles = 1000, 2 }

// form is a body with files, names and contents in turn, and its Content-Type.
func form(t *testing.T, field string, files ...string) (body, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		part, err := w.CreateFormFile(field, files[i])
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(part, files[i+1])
	}
	w.Close()
	return b.String(), w.FormDataContentType()
}

func TestAFileIsAttachedAndItsContentNeverComesBack(t *testing.T) {
	r := newRig(t, taking)
	body, kind := form(t, "file", "app.log", "ERROR x")
	w := r.do("POST", "/api/v1/attachments", body, "Content-Type", kind)
	var a docent.Attachment
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code != 201 || a.ID != "att_1" || a.Bytes != 7 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if r.files.names[0] != "app.log" || r.files.contents[0] != "ERROR x" || r.files.owners[0].Subject == "" {
		t.Errorf("%+v", r.files)
	}
	if strings.Contains(w.Body.String(), "never shown") || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%v %s", w.Header(), w.Body)
	}
	if w := r.do("DELETE", "/api/v1/attachments/att_1", ""); w.Code != 204 || r.files.deleted[0] != "att_1" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	wantProblem(t, r.do("DELETE", "/api/v1/attachments/a%2Fb", ""), 404, docent.CodeNotFound, "attachment")
	for _, method := range []string{"GET", "HEAD"} { // nothing serves a file
		if w := r.do(method, "/api/v1/attachments/att_1", ""); w.Code < 400 {
			t.Errorf("%s: %d", method, w.Code)
		}
	}
}

func TestAFormThatDoesNotFitIsRefused(t *testing.T) {
	whole, kind := form(t, "file", "a", "b")
	large, largeKind := form(t, "file", "a", strings.Repeat("x", 1001))
	huge, hugeKind := form(t, "file", "a", strings.Repeat("x", 200_000))
	other, otherKind := form(t, "files", "a", "b")
	twice, twiceKind := form(t, "file", "a", "b", "c", "d")
	for name, c := range map[string]struct {
		body, kind string
		status     int
		code       docent.Code
	}{
		"JSON":              {`{}`, "application/json", 415, docent.CodeUnsupported},
		"no boundary":       {whole, "multipart/form-data", 415, docent.CodeUnsupported},
		"another multipart": {whole, strings.Replace(kind, "form-data", "mixed", 1), 415, docent.CodeUnsupported},
		"too large":         {large, largeKind, 413, docent.CodeTooLarge},
		"far too large":     {huge, hugeKind, 413, docent.CodeTooLarge},
		"another field":     {other, otherKind, 422, docent.CodeInvalid},
		"two files":         {twice, twiceKind, 422, docent.CodeInvalid},
		"broken off":        {whole[:len(whole)-20], kind, 400, docent.CodeMalformed},
		"no parts":          {"x", kind, 422, docent.CodeInvalid},
	} {
		r := newRig(t, taking)
		w := r.do("POST", "/api/v1/attachments", c.body, "Content-Type", c.kind)
		if p := problemOf(t, w); w.Code != c.status || p.Code != c.code || len(r.files.names) > 0 {
			t.Errorf("%s: %d %+v, attached %v", name, w.Code, p, r.files.names)
		}
	}
	r := newRig(t, taking)
	wantProblem(t, r.do("POST", "/api/v1/attachments", whole, "Content-Type", kind, "Content-Encoding", "gzip"), 415, docent.CodeUnsupported, "gzip")
	r.files.err = docent.Errorf(docent.CodeUnsupported, "the file is a program, which is not taken")
	wantProblem(t, r.do("POST", "/api/v1/attachments", whole, "Content-Type", kind), 415, docent.CodeUnsupported, "program")
}

// TestAForeignPageAttachesNothing: a form needs no preflight, so the Origin has to
// be looked at.
func TestAForeignPageAttachesNothing(t *testing.T) {
	body, kind := form(t, "file", "a", "b")
	for _, origin := range []string{"https://evil.example", "null"} {
		r := newRig(t, taking)
		if w := r.do("POST", "/api/v1/attachments", body, "Content-Type", kind, "Origin", origin); w.Code != 403 || len(r.files.names) > 0 {
			t.Errorf("from %s: %d %s", origin, w.Code, w.Body)
		}
	}
}

func TestAQuestionNamesItsFiles(t *testing.T) {
	r := newRig(t, taking)
	wholeAnswer(r.answers)
	if w := r.do("POST", "/api/v1/chat", `{"message":"a","attachments":["att_1","att_2"]}`); w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if got := strings.Join(r.answers.asked[0].Attachments, " "); got != "att_1 att_2" {
		t.Errorf("asked with %q", got)
	}
	for body, field := range map[string]string{
		`{"message":"a","attachments":["att_1","att_2","att_3"]}`: "attachments",
		`{"message":"a","attachments":["../x"]}`:                  "attachments[0]",
		`{"message":"a","attachments":["att_1",""]}`:              "attachments[1]",
		`{"retry_of":"msg_1","attachments":["att_1"]}`:            "attachments",
	} {
		w := r.do("POST", "/api/v1/chat", body)
		if p := problemOf(t, w); w.Code != 422 || len(p.Errors) == 0 || p.Errors[0].Field != field {
			t.Errorf("%s: %d %+v", body, w.Code, p)
		}
	}
}
