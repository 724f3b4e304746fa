package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"docent/ingest"
)

// edition writes documentation whose every paragraph says which edition it is.
func edition(t *testing.T, name string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for i := range 8 {
		page := fmt.Sprintf("# Harbour %d\n\nHow the harbour %d is run: this is the %s edition.\n\n## Tides\n\nThe tides of harbour %d, in the %s edition.\n", i, i, name, i, name)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("harbour-%d.md", i)), []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// ingested publishes a folder as a source, with the configuration's stamp.
func ingested(t *testing.T, cfg Config, source, dir string) {
	t.Helper()
	in, err := OpenIngester(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Run(t.Context(), ingest.Source{Name: source, Dir: dir}, nil); err != nil {
		t.Error(err)
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
}

// crowd asks without pause: half of it searches, half wants answers. Whatever
// fails, finds nothing, or shows two editions at once is an error of the test.
type crowd struct {
	t    *testing.T
	stop chan struct{}
	done sync.WaitGroup

	mu    sync.Mutex
	url   string         // of the server that is asked
	under map[string]int // questions under way, by server
	heard sync.Cond
	begun int            // questions
	seen  map[string]int // answers by edition
	last  map[string]int // the newest question that was answered from an edition
}

const crowdSize = 4

func gather(t *testing.T, at string) *crowd {
	c := &crowd{t: t, stop: make(chan struct{}), url: at, under: map[string]int{}, seen: map[string]int{}, last: map[string]int{}}
	c.heard.L = &c.mu
	for i := range crowdSize {
		c.done.Go(func() {
			for {
				select {
				case <-c.stop:
					return
				default:
					c.ask(i%2 == 0)
				}
			}
		})
	}
	t.Cleanup(c.leave)
	return c
}

// leave ends the asking. Leaving twice is no error.
func (c *crowd) leave() {
	select {
	case <-c.stop:
	default:
		close(c.stop)
	}
	c.done.Wait()
}

func (c *crowd) ask(search bool) {
	c.mu.Lock()
	c.begun++
	number, at := c.begun, c.url
	c.under[at]++
	c.mu.Unlock()
	body, err := c.get(at, search, fmt.Sprintf("How is the harbour %d run?", number%8))
	found := ""
	for _, name := range []string{"first", "second"} {
		if strings.Contains(body, "the "+name+" edition") {
			found += name
		}
	}
	switch {
	case err != nil:
		c.t.Error(err)
	case found != "first" && found != "second":
		c.t.Errorf("an answer shows %q: %s", found, body)
	case strings.Contains(body, "by words alone"):
		c.t.Errorf("an answer was found by words alone: %s", body)
	}
	c.mu.Lock()
	c.under[at]--
	c.seen[found]++
	c.last[found] = max(c.last[found], number)
	c.mu.Unlock()
	c.heard.Broadcast()
}

func (c *crowd) get(at string, search bool, question string) (string, error) {
	var answer *http.Response
	var err error
	if search {
		answer, err = http.Get(at + "/api/v1/search?q=" + url.QueryEscape(question))
	} else {
		asked, _ := json.Marshal(map[string]any{"message": question, "stream": false}) // it can't fail
		answer, err = http.Post(at+"/api/v1/chat", "application/json", bytes.NewReader(asked))
	}
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var b bytes.Buffer
	_, err = b.ReadFrom(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", answer.Status, b.String())
	}
	return b.String(), err
}

// moves has another server asked from now on, and waits for what is under way to
// the former: one that is closed answers nothing any more.
func (c *crowd) moves(to string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	from := c.url
	for c.url = to; c.under[from] > 0; {
		c.heard.Wait()
	}
}

// until waits for an answer from an edition.
func (c *crowd) until(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for before := c.seen[name]; c.seen[name] == before; {
		c.heard.Wait()
	}
}

// hears waits until every one has asked, and been answered, at least once more,
// and holds that questions from now on are answered from the edition alone.
func (c *crowd) hears(name string) {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	from := c.begun
	for c.last[name] < from+2*crowdSize && !c.t.Failed() {
		c.heard.Wait()
	}
	for other, number := range c.last {
		if other != name && number > from {
			c.t.Errorf("question %d, asked after %d, was answered from the %s edition, not the %s", number, from, other, name)
		}
	}
}
