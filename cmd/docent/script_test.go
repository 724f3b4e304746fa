package main

import (
	"archive/zip"
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"

	"docent/llm/llmtest"
)

// serveCommand is "serve ARG...": it starts docent serve on a free port, sets
// URL to its address and SERVED_PORT to the port, and interrupts it when the
// script ends. What it logs stands in serve.log.
func serveCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("a server that does not start is 'exec docent serve'")
	}
	program := ""
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if found, err := exec.LookPath(filepath.Join(dir, "docent")); err == nil {
			program = found
			break
		}
	}
	command := exec.Command(program, append([]string{"serve", "--port", "0"}, args...)...)
	command.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL", "DOCENT_EMBEDDING_BASE_URL", "GOCOVERDIR"} {
		if value := ts.Getenv(name); value != "" {
			command.Env = append(command.Env, name+"="+value)
		}
	}
	stderr, err := command.StderrPipe()
	ts.Check(err)
	ts.Check(command.Start())
	running := &served{command: command, told: make(chan string, 100)}
	log, err := os.Create(ts.MkAbs("serve.log"))
	ts.Check(err)
	go func() {
		defer close(running.told)
		defer log.Close()
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			log.WriteString(lines.Text() + "\n")
			select {
			case running.told <- lines.Text():
			default: // nobody wants to know
			}
		}
	}()
	ts.Defer(func() {
		command.Process.Signal(os.Interrupt)
		for range running.told { // to the end
		}
		command.Wait()
	})
	_, url, _ := strings.Cut(running.until(ts, "serving on "), "serving on ")
	url, _, _ = strings.Cut(url, " ")
	ts.Setenv("URL", url)
	ts.Setenv("SERVED_PORT", url[strings.LastIndex(url, ":")+1:])
	servers.Store(ts.Getenv("WORK"), running)
}

// served is the docent serve of a script.
type served struct {
	command *exec.Cmd
	told    chan string // lines of its stderr; closed at its end
}

// servers are the scripts' servers, by their folders.
var servers sync.Map

// until gives the next line that the server tells and that has any of the words.
func (s *served) until(ts *testscript.TestScript, words ...string) string {
	for line := range s.told {
		for _, w := range words {
			if strings.Contains(line, w) {
				return line
			}
		}
	}
	ts.Fatalf("the server ended before it said any of %q: %s", words, ts.ReadFile("serve.log"))
	return ""
}

// hangupCommand is "hangup WORDS": it sends SIGHUP to the server, and holds that
// what the server says to that has the words.
func hangupCommand(ts *testscript.TestScript, _ bool, args []string) {
	found, _ := servers.Load(ts.Getenv("WORK"))
	running := found.(*served)
	ts.Check(running.command.Process.Signal(syscall.SIGHUP))
	if line := running.until(ts, "not taken up", "another index now"); !strings.Contains(line, args[0]) {
		ts.Fatalf("the server says %q, not %q", line, args[0])
	}
}

// servedCommand is "served WORDS": it waits until the server tells a line with
// the words.
func servedCommand(ts *testscript.TestScript, _ bool, args []string) {
	found, _ := servers.Load(ts.Getenv("WORK"))
	found.(*served).until(ts, args[0])
}

// replies are what the model command can do.
var replies = map[string]func() llmtest.Reply{
	"cites":        func() llmtest.Reply { return llmtest.Say("Set PORT ", "as you like [", "1]. Never [99].") },
	"unauthorized": llmtest.Unauthorized,
	"broken":       llmtest.Broken,
	"html":         llmtest.HTML,
	"whole":        func() llmtest.Reply { return llmtest.Whole("ready") },
	"limited":      func() llmtest.Reply { return llmtest.Limited("600") },
	"cut":          func() llmtest.Reply { return llmtest.CutAfter("Set PORT ") },
}

// modelCommand is "model REPLY": it starts a stand-in for a model's server that
// answers so, and configures it.
func modelCommand(ts *testscript.TestScript, _ bool, args []string) {
	model, err := llmtest.New()
	ts.Check(err)
	ts.Defer(model.Close)
	model.Answer(func(llmtest.Request) llmtest.Reply { return replies[args[0]]() })
	ts.Setenv("OPENAI_BASE_URL", model.URL)
	ts.Setenv("OPENAI_API_KEY", "sk-planted-secret")
	ts.Setenv("DOCENT_MODEL_RETRIES", "0")
}

// idCommand is "idof NAME": it sets ID to that of the API key with a name, as
// the JSON list on stdout says it.
func idCommand(ts *testscript.TestScript, _ bool, args []string) {
	var keys []listedKey
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &keys))
	for _, k := range keys {
		if k.Name == args[0] {
			ts.Setenv("ID", k.ID)
		}
	}
}

// keyCommand is "keep": it sets KEY to the API key that was just shown.
func keyCommand(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Setenv("KEY", strings.TrimSpace(ts.ReadFile("stdout")))
}

// getCommand is "get PATH [BODY]": a request to the served address, a POST
// where there is a body, with the API key in KEY where that is set. Status and
// body go to stdout.
func getCommand(ts *testscript.TestScript, _ bool, args []string) {
	method, body := http.MethodGet, ""
	if len(args) > 1 {
		method, body = http.MethodPost, args[1]
	}
	request, err := http.NewRequest(method, ts.Getenv("URL")+args[0], strings.NewReader(body))
	ts.Check(err)
	request.Header.Set("Content-Type", "application/json")
	if key := ts.Getenv("KEY"); key != "" {
		request.Header.Set("Authorization", "Bearer "+key)
	}
	answer, err := http.DefaultClient.Do(request)
	ts.Check(err)
	defer answer.Body.Close()
	io.WriteString(ts.Stdout(), answer.Status+"\n")
	_, err = io.Copy(ts.Stdout(), answer.Body)
	ts.Check(err)
}

// zippedCommand is "zipped FILE DIR": it packs a folder into an archive.
func zippedCommand(ts *testscript.TestScript, _ bool, args []string) {
	file, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer file.Close()
	z := zip.NewWriter(file)
	ts.Check(z.AddFS(os.DirFS(ts.MkAbs(args[1]))))
	ts.Check(z.Close())
}
