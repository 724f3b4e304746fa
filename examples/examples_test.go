// Package examples holds programs that build on Docent, each in a folder.
package examples

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"docent/llm/llmtest"
)

// running builds the program in a folder and starts it, and gives the first line
// that it prints: its address.
func running(t *testing.T, folder string, env ...string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("NOT RUN: building programs takes long, and -short is set")
	}
	program := filepath.Join(t.TempDir(), "program")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", program, "./"+folder).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	command := exec.Command(program)
	temp := t.TempDir()
	command.Env = append(os.Environ(), append(env, "TMPDIR="+temp, "TEMP="+temp, "TMP="+temp)...)
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		command.Process.Kill()
		command.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// get gives the body of what stands at an address.
func get(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	return body(t, answer)
}

func body(t *testing.T, answer *http.Response) string {
	t.Helper()
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", answer.Status, text, err)
	}
	return string(text)
}

// asked gives the answer to a question.
func asked(t *testing.T, url, question string) string {
	t.Helper()
	answer, err := http.Post(url+"/api/v1/chat", "application/json", strings.NewReader(`{"stream": false, "message": "`+question+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	var made struct{ Message struct{ Text string } }
	if err := json.Unmarshal([]byte(body(t, answer)), &made); err != nil {
		t.Fatal(err)
	}
	return made.Message.Text
}

func TestAToolAndAResponderTakeLessThan40Lines(t *testing.T) {
	text, err := os.ReadFile("own-logic/main.go")
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(string(text), "\n"); lines >= 40 {
		t.Errorf("the program has %d lines", lines)
	}
	model := llmtest.For(t)
	model.Answer(func(r llmtest.Request) llmtest.Reply {
		last := r.Messages[len(r.Messages)-1].Content
		if strings.Contains(last, "left on Monday") {
			return llmtest.Say("It left on Monday.")
		}
		return llmtest.CallTool("1", "order_state", `{"id": 7}`)
	})
	url := running(t, "own-logic", "OPENAI_BASE_URL="+model.URL, "OPENAI_API_KEY=")
	if got := asked(t, url, "When do you open?"); got != "We are open from 9 to 5." {
		t.Errorf("the responder: %q", got)
	}
	if got := asked(t, url, "Where is order 7?"); got != "It left on Monday." {
		t.Errorf("the tool: %q", got)
	}
}

func TestDocentIsMountedUnderAPrefix(t *testing.T) {
	url := running(t, "mounted")
	if got := get(t, url+"/"); !strings.HasPrefix(got, "My own page.") {
		t.Errorf("the program's own page: %q", got)
	}
	if got := get(t, url+"/ask/health"); strings.TrimSpace(got) != `{"status":"ok"}` {
		t.Errorf("Docent: %q", got)
	}
	if got := get(t, url+"/ask/widget.js"); len(got) < 1000 {
		t.Errorf("the widget has %d bytes", len(got))
	}
}
