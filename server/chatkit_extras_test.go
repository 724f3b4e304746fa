package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"docent/llm/llmtest"
)

// kitAnswer is what an operation of ChatKit was answered with: events, or one value.
type kitAnswer struct {
	status int
	body   string
	events []kitEvent
}

type kitEvent struct {
	Type   string          `json:"type"`
	Item   kitItem         `json:"item"`
	ItemID string          `json:"item_id"`
	Update json.RawMessage `json:"update"`
	Thread struct {
		ID string `json:"id"`
	} `json:"thread"`
	Code    string `json:"code"`
	Message string `json:"message"`
	raw     string
}

type kitItem struct {
	ID        string          `json:"id"`
	ThreadID  string          `json:"thread_id"`
	Type      string          `json:"type"`
	Status    string          `json:"status"`
	Name      string          `json:"name"`
	Output    json.RawMessage `json:"output"`
	Arguments json.RawMessage `json:"arguments"`
	Widget    json.RawMessage `json:"widget"`
	Workflow  json.RawMessage `json:"workflow"`
	Inputs    json.RawMessage `json:"inputs"`
	Content   []struct {
		Text string `json:"text"`
	} `json:"content"`
	Attachments []kitFile `json:"attachments"`
}

type kitFile struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Mime    string `json:"mime_type"`
	Preview string `json:"preview_url"`
	Upload  *struct {
		URL    string `json:"url"`
		Method string `json:"method"`
	} `json:"upload_descriptor"`
}

// kit sends an operation.
func (f *fixture) kit(t *testing.T, op, params string) kitAnswer {
	t.Helper()
	answer, err := http.Post(f.url+"/chatkit", "application/json", strings.NewReader(fmt.Sprintf(`{"type":%q,"params":{%s}}`, op, params)))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := kitAnswer{status: answer.StatusCode, body: string(body)}
	if !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/event-stream") {
		return a
	}
	for line := range strings.Lines(a.body) {
		if data, is := strings.CutPrefix(line, "data: "); is {
			e := kitEvent{raw: strings.TrimSpace(data)}
			if err := json.Unmarshal([]byte(data), &e); err != nil {
				t.Fatalf("%v: %s", err, data)
			}
			a.events = append(a.events, e)
		}
	}
	return a
}

// stream sends an operation that has to be answered by events.
func (f *fixture) kitStream(t *testing.T, op, params string) kitAnswer {
	t.Helper()
	a := f.kit(t, op, params)
	if a.status != http.StatusOK || a.events == nil {
		t.Fatalf("%s %s: %d %s", op, params, a.status, a.body)
	}
	return a
}

// refused sends an operation that has to be refused with a status.
func (f *fixture) kitRefused(t *testing.T, status int, op, params string) {
	t.Helper()
	if a := f.kit(t, op, params); a.status != status || !strings.Contains(a.body, `"error"`) {
		t.Errorf("%s %s: %d %s, want %d", op, params, a.status, a.body, status)
	}
}

// types are the events' types and, of items, theirs.
func (a kitAnswer) types() string {
	var list []string
	for _, e := range a.events {
		name := strings.TrimPrefix(e.Type, "thread.")
		if e.Item.Type != "" {
			name += ":" + e.Item.Type
		}
		if name == "item.updated" || name == "progress_update" || name == "updated" {
			continue
		}
		list = append(list, name)
	}
	return strings.Join(list, " ")
}

// done gives the finished items of a type.
func (a kitAnswer) done(kind string) []kitItem {
	var list []kitItem
	for _, e := range a.events {
		if e.Type == "thread.item.done" && e.Item.Type == kind {
			list = append(list, e.Item)
		}
	}
	return list
}

// items lists a thread, oldest first.
func (f *fixture) kitItems(t *testing.T, thread string) []kitItem {
	t.Helper()
	a := f.kit(t, "items.list", fmt.Sprintf(`"thread_id":%q,"order":"asc","limit":100`, thread))
	var page struct{ Data []kitItem }
	if err := json.Unmarshal([]byte(a.body), &page); err != nil || a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	return page.Data
}

func kinds(items []kitItem) string {
	var list []string
	for _, i := range items {
		list = append(list, i.Type)
	}
	return strings.Join(list, " ")
}

// says is the parameter of a message.
func says(text string, files ...string) string {
	quoted, _ := json.Marshal(text)
	ids, _ := json.Marshal(append([]string{}, files...))
	return fmt.Sprintf(`"input":{"content":[{"type":"input_text","text":%s}],"attachments":%s,"inference_options":{}}`, quoted, ids)
}

// startKit serves the manual with a stand-in for a model.
func startKit(t *testing.T, change func(*Config)) (*fixture, *llmtest.Server) {
	t.Helper()
	model := llmtest.For(t)
	return start(t, func(c *Config) {
		withModel(model)(c)
		c.Chat.Titles, c.Chat.Rewrite, c.Chat.Translate = false, "off", "off"
		if change != nil {
			change(c)
		}
	}), model
}

// upload sends a file as a form.
func upload(t *testing.T, url, name, content string) (int, kitFile) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(part, content)
	w.Close()
	return send(t, http.MethodPost, url, w.FormDataContentType(), b.String())
}

func send(t *testing.T, method, url, kind, body string) (int, kitFile) {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var file kitFile
	_ = json.NewDecoder(answer.Body).Decode(&file) // an error has none
	return answer.StatusCode, file
}

// announce announces a file.
func (f *fixture) announce(t *testing.T, name, kind string) kitFile {
	t.Helper()
	a := f.kit(t, "attachments.create", fmt.Sprintf(`"name":%q,"size":10,"mime_type":%q`, name, kind))
	var file kitFile
	if err := json.Unmarshal([]byte(a.body), &file); err != nil || a.status != http.StatusOK || file.Upload == nil {
		t.Fatalf("%d %s", a.status, a.body)
	}
	return file
}

const onePixel = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"

func TestAFileIsAnnouncedThenSentToItsAddressThenAsked(t *testing.T) {
	f, model := startKit(t, nil)
	for _, method := range []string{http.MethodPost, http.MethodPut} {
		file := f.announce(t, "app.log", "text/plain")
		if file.Type != "file" || file.Upload.Method != http.MethodPost || !strings.HasPrefix(file.Upload.URL, f.url+"/chatkit/attachments/") {
			t.Fatalf("announced %+v", file)
		}
		f.kitRefused(t, 409, "threads.create", says("What is wrong here?", file.ID)) // it did not come yet
		var status int
		var sent kitFile
		if method == http.MethodPut {
			status, sent = send(t, method, file.Upload.URL, "text/plain", "FATAL: port 8000 is taken")
		} else {
			status, sent = upload(t, file.Upload.URL, "other.log", "FATAL: port 8000 is taken")
		}
		if status != 200 || sent.ID != file.ID || sent.Upload != nil || sent.Mime != "text/plain" {
			t.Fatalf("%s: %d %+v", method, status, sent)
		}
		if status, _ := upload(t, file.Upload.URL, "app.log", "again"); status != 409 {
			t.Errorf("a second time: %d", status)
		}
		a := f.kitStream(t, "threads.create", says("What does this say of the port?", file.ID))
		asked := a.done("user_message")[0]
		if len(asked.Attachments) != 1 || asked.Attachments[0].ID != file.ID {
			t.Errorf("the message has %+v", asked.Attachments)
		}
		all := model.Requests()
		if !strings.Contains(fmt.Sprint(all[len(all)-1].Messages), "port 8000 is taken") {
			t.Error("the model was not told what the file says")
		}
	}
}

func TestAFileIsTakenAtOnce(t *testing.T) {
	f, _ := startKit(t, nil)
	status, file := upload(t, f.url+"/chatkit/attachments", "app.log", "FATAL")
	if status != 200 || file.ID == "" || file.Type != "file" {
		t.Fatalf("%d %+v", status, file)
	}
	if a := f.kit(t, "attachments.delete", fmt.Sprintf(`"attachment_id":%q`, file.ID)); a.status != 200 || a.body != "{}" {
		t.Errorf("deleted: %d %s", a.status, a.body)
	}
	f.kitRefused(t, 404, "attachments.delete", fmt.Sprintf(`"attachment_id":%q`, file.ID))
	f.kitRefused(t, 404, "threads.create", says("What is this?", file.ID))
}

func TestWhatDoesNotFitIsNotUploaded(t *testing.T) {
	f, _ := startKit(t, func(c *Config) { c.Attachments.MaxBytes = 1000 })
	file := f.announce(t, "x.png", "image/png")
	other := f.announce(t, "y.log", "text/plain")
	address := func(id string) string { return strings.Replace(file.Upload.URL, file.ID, id, 1) }
	for name, tc := range map[string]struct {
		url, content string
		status       int
	}{
		"too large":              {file.Upload.URL, strings.Repeat("x", 1001), 413},
		"much too large":         {file.Upload.URL, strings.Repeat("x", 200_000), 413},
		"a program":              {file.Upload.URL, "\x7fELF\x00\x01", 415},
		"empty":                  {file.Upload.URL, "", 400},
		"another's address":      {address(other.ID), "text", 404},
		"never announced":        {address("att_nobody"), "text", 404},
		"a signature that's cut": {file.Upload.URL[:len(file.Upload.URL)-3], "text", 404},
		"no signature":           {f.url + "/chatkit/attachments/" + file.ID, "text", 404},
		"a preview's signature":  {strings.Replace(file.Preview, "/preview", "", 1), "text", 404},
	} {
		if status, _ := upload(t, tc.url, "x", tc.content); status != tc.status {
			t.Errorf("%s: %d, want %d", name, status, tc.status)
		}
	}
	for params, status := range map[string]int{
		`"name":"x","size":1001,"mime_type":"text/plain"`:                              413,
		`"name":"x","size":"many","mime_type":"text/plain"`:                            400,
		`"size":1,"mime_type":"text/plain"`:                                            400,
		`"name":"x","size":1`:                                                          400,
		`"name":null,"size":1,"mime_type":"text/plain"`:                                400,
		`"name":"` + strings.Repeat("x", 1001) + `","size":1,"mime_type":"text/plain"`: 400,
	} {
		f.kitRefused(t, status, "attachments.create", params)
	}
	if a := f.kit(t, "attachments.create", `"name":"","size":-1,"mime_type":"nonsense"`); a.status != 200 {
		t.Errorf("a size below 0: %d %s", a.status, a.body)
	}
}

func TestAPictureIsSeenByItsAddressAlone(t *testing.T) {
	f, _ := startKit(t, func(c *Config) { c.Attachments.Types = append(c.Attachments.Types, "image") })
	file := f.announce(t, "x.png", "image/png")
	if file.Type != "image" || file.Preview == "" {
		t.Fatalf("announced %+v", file)
	}
	see := func(url string) *http.Response {
		answer, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { answer.Body.Close() })
		return answer
	}
	if a := see(file.Preview); a.StatusCode != 404 {
		t.Errorf("before it came: %d", a.StatusCode)
	}
	if status, sent := upload(t, file.Upload.URL, "x.png", onePixel); status != 200 || sent.Type != "image" {
		t.Fatalf("%d %+v", status, sent)
	}
	a := see(file.Preview)
	body, _ := io.ReadAll(a.Body)
	if a.StatusCode != 200 || string(body) != onePixel || a.Header.Get("Content-Type") != "image/png" {
		t.Errorf("%d %v %q", a.StatusCode, a.Header, body)
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "cross-origin", "Content-Disposition": "inline",
	} {
		if got := a.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := a.Header.Get("Content-Security-Policy"); !strings.Contains(got, "sandbox") {
		t.Errorf("Content-Security-Policy: %q", got)
	}
	if a := see(f.url + "/chatkit/attachments/" + file.ID + "/preview"); a.StatusCode != 404 {
		t.Errorf("without its signature: %d", a.StatusCode)
	}
}

func TestPagesOfTheSitesOriginsUpload(t *testing.T) {
	f, _ := startKit(t, func(c *Config) {
		c.CORS.AllowedOrigins = []string{"https://app.example.com"}
		c.Auth.OpenToEveryone = true
	})
	for origin, status := range map[string]int{"https://app.example.com": 204, "https://evil.example.com": 403} {
		for _, method := range []string{"POST", "PUT"} {
			r, _ := http.NewRequest(http.MethodOptions, f.url+"/chatkit/attachments/att_1?ticket=x", nil)
			r.Header.Set("Origin", origin)
			r.Header.Set("Access-Control-Request-Method", method)
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != status || status == 204 && !strings.Contains(answer.Header.Get("Access-Control-Allow-Methods"), method) {
				t.Errorf("%s from %s: %d %v", method, origin, answer.StatusCode, answer.Header)
			}
		}
	}
}

func TestAddressesOfFilesAreThoseThatReadersSee(t *testing.T) {
	f, _ := startKit(t, func(c *Config) { c.Server.PublicURL = "https://docs.example.com/ask"; c.Auth.OpenToEveryone = true })
	inside := f.url
	f.url += "/ask"
	file := f.announce(t, "app.log", "text/plain")
	below, is := strings.CutPrefix(file.Upload.URL, "https://docs.example.com/ask/chatkit/attachments/")
	if !is {
		t.Fatalf("it goes to %s", file.Upload.URL)
	}
	if status, _ := upload(t, inside+"/ask/chatkit/attachments/"+below, "app.log", "FATAL"); status != 200 {
		t.Errorf("%d", status)
	}
}

func TestWithoutAttachmentsNoneAreTaken(t *testing.T) {
	f, _ := startKit(t, func(c *Config) { c.Attachments.Enabled = false })
	f.kitRefused(t, 501, "attachments.create", `"name":"x","size":1,"mime_type":"text/plain"`)
	f.kitRefused(t, 501, "attachments.delete", `"attachment_id":"att_1"`)
	if status, _ := upload(t, f.url+"/chatkit/attachments", "x", "y"); status != 404 {
		t.Errorf("direct: %d", status)
	}
}

func TestWhatIsSaidIsTranscribed(t *testing.T) {
	ears := llmtest.For(t)
	f, _ := startKit(t, func(c *Config) {
		c.ChatKit.Transcribe.BaseURL, c.ChatKit.Transcribe.Model, c.ChatKit.Transcribe.MaxBytes = ears.URL, "ears", 2<<20
	})
	a := f.kit(t, "input.transcribe", `"audio_base64":"c2 91\nbmQ=","mime_type":"audio/webm;codecs=opus"`)
	if a.status != 200 || a.body != `{"text":"A stand-in speaks."}` {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if r := ears.TranscriptionRequests()[0]; string(r.Audio) != "sound" || r.Type != "audio/webm" {
		t.Errorf("sent %q of %s", r.Audio, r.Type)
	}
	if a := f.kit(t, "input.transcribe", `"mime_type":"audio/ogg","audio_base64":"`+strings.Repeat("AAAA", 400_000)+`"`); a.status != 200 {
		t.Errorf("a recording larger than other bodies: %d %s", a.status, a.body)
	}
	for params, status := range map[string]int{
		`"audio_base64":"YQ","mime_type":"audio/webm"`:                                     400, // its padding is missing
		`"audio_base64":"","mime_type":"audio/webm"`:                                       400,
		`"audio_base64":"!!!","mime_type":"audio/webm"`:                                    400,
		`"audio_base64":"YWE=","mime_type":"text/html"`:                                    400,
		`"audio_base64":"YWE="`:                                                            400,
		`"audio_base64":7,"mime_type":"audio/webm"`:                                        400,
		`"mime_type":"audio/ogg","audio_base64":"` + strings.Repeat("AAAA", 700_000) + `"`: 413,
	} {
		f.kitRefused(t, status, "input.transcribe", params)
	}
	ears.AnswerTranscriptions(func(llmtest.TranscriptionRequest) llmtest.Reply { return llmtest.Unauthorized() })
	f.kitRefused(t, 502, "input.transcribe", `"audio_base64":"YWE=","mime_type":"audio/webm"`)
}

func TestWithoutAServerThatListensNothingIsTranscribed(t *testing.T) {
	f, _ := startKit(t, nil)
	f.kitRefused(t, 501, "input.transcribe", `"audio_base64":"YWE=","mime_type":"audio/webm"`)
	f.kitRefused(t, 400, "input.transcribe", `"mime_type":"audio/webm"`)
}
