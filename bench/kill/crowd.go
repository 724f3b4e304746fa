package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// observation is what one request showed.
type observation struct {
	began, ended time.Time
	kind         string // "search" or "answer"
	release      int    // that it says it is of; 0 where it does not
	keys         []string
	failure      string // "" for none
}

// crowd asks a server all the time.
type crowd struct {
	url    string
	stop   context.CancelFunc
	asking sync.WaitGroup
	client *http.Client

	mu   sync.Mutex
	seen []observation
}

// crowdSize is how many search, and as many again ask.
const crowdSize = 2

// pause is between two requests of one member of the crowd.
const pause = 20 * time.Millisecond

func gather(ctx context.Context, url string) *crowd {
	ctx, stop := context.WithCancel(ctx)
	c := &crowd{url: url, stop: stop, client: &http.Client{Timeout: time.Minute}}
	for i := range crowdSize {
		c.asking.Go(func() { c.ask(ctx, i, c.search) })
		c.asking.Go(func() { c.ask(ctx, i, c.answer) })
	}
	return c
}

func (c *crowd) leave() {
	c.stop()
	c.asking.Wait()
}

// take gives what was seen since the last time.
func (c *crowd) take() []observation {
	c.mu.Lock()
	defer c.mu.Unlock()
	seen := c.seen
	c.seen = nil
	return seen
}

func (c *crowd) ask(ctx context.Context, from int, how func(context.Context, string) observation) {
	for i := from * 17; ctx.Err() == nil; i++ {
		began := time.Now()
		o := how(ctx, fmt.Sprintf("How do I set the %s of the harbour?", topics[i%len(topics)]))
		if ctx.Err() != nil {
			return // what was broken off shows nothing
		}
		o.began, o.ended = began, time.Now()
		if o.failure == "" && len(o.keys) == 0 {
			o.failure = "nothing was found"
		}
		c.mu.Lock()
		c.seen = append(c.seen, o)
		c.mu.Unlock()
		time.Sleep(pause)
	}
}

// get gives the body of a successful response.
func (c *crowd) get(request *http.Request) ([]byte, error) {
	answer, err := c.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", answer.Status, body)
	}
	return body, err
}

func (c *crowd) search(ctx context.Context, question string) observation {
	o := observation{kind: "search"}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+"/api/v1/search?limit=10&q="+url.QueryEscape(question), nil)
	if err != nil {
		o.failure = err.Error()
		return o
	}
	body, err := c.get(request)
	var found struct {
		Index, Note string
		Results     json.RawMessage
	}
	if err == nil {
		err = json.Unmarshal(body, &found)
	}
	switch {
	case err != nil:
		o.failure = err.Error()
	case found.Note != "":
		o.failure = "searched with the note: " + found.Note
	}
	_, number, _ := strings.Cut(found.Index, "@")
	o.release, _ = strconv.Atoi(number)
	o.keys = keyForm.FindAllString(string(found.Results), -1)
	return o
}

// answer asks for an answer, and reads it to its end.
func (c *crowd) answer(ctx context.Context, question string) observation {
	o := observation{kind: "answer"}
	sent, _ := json.Marshal(map[string]string{"message": question}) // a string: it can't fail
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+"/api/v1/chat", bytes.NewReader(sent))
	if err != nil {
		o.failure = err.Error()
		return o
	}
	request.Header.Set("Content-Type", "application/json")
	body, err := c.get(request)
	if err != nil {
		o.failure = err.Error()
		return o
	}
	o.keys, o.failure = read(body)
	return o
}

// read gives the keys in an answer's events and in its text, and why it failed.
func read(events []byte) (keys []string, failure string) {
	lines := bufio.NewScanner(bytes.NewReader(events))
	lines.Buffer(nil, 1<<20)
	failure = "the stream did not end"
	var text strings.Builder
	event := ""
	for lines.Scan() {
		if name, is := strings.CutPrefix(lines.Text(), "event: "); is {
			event = name
		}
		data, is := strings.CutPrefix(lines.Text(), "data: ")
		if !is {
			continue
		}
		switch event {
		case "delta":
			var delta struct{ Text string }
			json.Unmarshal([]byte(data), &delta)
			text.WriteString(delta.Text)
		case "error":
			return nil, "an error event: " + data
		case "done":
			failure = ""
			fallthrough
		default:
			keys = append(keys, keyForm.FindAllString(data, -1)...)
		}
	}
	return append(keys, keyForm.FindAllString(text.String(), -1)...), failure
}
