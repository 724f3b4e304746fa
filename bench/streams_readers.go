package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// crowd is readers who ask, each in a connection of its own, one each between.
type crowd struct {
	size    int
	between time.Duration
}

// asking makes the request of a crowd's reader.
type asking func(ctx context.Context, reader int) (*http.Request, error)

// asks puts a question to the program.
func asks(to string, question func(reader int) string) asking {
	return func(ctx context.Context, reader int) (*http.Request, error) {
		return posted(ctx, to+"/api/v1/chat", map[string]any{"message": question(reader)})
	}
}

// searches asks the program for sections alone.
func searches(to string, question func(reader int) string) asking {
	return func(ctx context.Context, reader int) (*http.Request, error) {
		return http.NewRequestWithContext(ctx, http.MethodGet, to+"/api/v1/search?q="+url.QueryEscape(question(reader)), nil)
	}
}

// pings asks the program for nothing.
func pings(to string) asking {
	return func(ctx context.Context, _ int) (*http.Request, error) {
		return http.NewRequestWithContext(ctx, http.MethodGet, to+"/health", nil)
	}
}

// asksModel asks the stand-in, without Docent between.
func asksModel(to string, s script) asking {
	return func(ctx context.Context, _ int) (*http.Request, error) {
		return posted(ctx, to+"/chat/completions", map[string]any{
			"model": s.String(), "stream": true, "messages": []map[string]string{{"role": "user", "content": question}},
		})
	}
}

func posted(ctx context.Context, to string, body any) (*http.Request, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(encoded))
	if err == nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return request, err
}

// answered is what a reader saw.
type answered struct {
	first time.Duration // until the first word
	err   error
}

// gather has all readers ask, and gives what those saw that got their whole
// answer. When nobody did, it says why the first one did not.
func (c crowd) gather(ctx context.Context, ask asking) ([]answered, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: c.size, MaxConnsPerHost: c.size}}
	defer client.CloseIdleConnections()
	all := make([]answered, c.size)
	var done sync.WaitGroup
	began := time.Now()
	for i := range all {
		time.Sleep(time.Until(began.Add(time.Duration(i) * c.between)))
		done.Go(func() { all[i] = read(ctx, client, ask, i) })
	}
	done.Wait()
	var whole []answered
	for _, a := range all {
		if a.err == nil {
			whole = append(whole, a)
		}
	}
	if len(whole) == 0 {
		return nil, fmt.Errorf("every answer was lost: %w", all[0].err)
	}
	return whole, nil
}

func read(ctx context.Context, client *http.Client, ask asking, reader int) answered {
	request, err := ask(ctx, reader)
	if err != nil {
		return answered{err: err}
	}
	began := time.Now()
	response, err := client.Do(request)
	if err != nil {
		return answered{err: err}
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return answered{err: errors.New(response.Status)}
	}
	if !strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		_, err := io.Copy(io.Discard, response.Body)
		return answered{first: time.Since(began), err: err}
	}
	a := answered{err: errors.New("the stream did not end")}
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(make([]byte, 0, 4096), 1<<20)
	for lines.Scan() {
		a.see(lines.Bytes(), began)
	}
	return a
}

// see takes a line of the program's stream, or of the stand-in's.
func (a *answered) see(line []byte, began time.Time) {
	switch {
	case a.first == 0 && (bytes.Equal(line, []byte("event: delta")) || bytes.Contains(line, []byte(`"content":"`))):
		a.first = time.Since(began)
	case bytes.Equal(line, []byte("event: done")), bytes.Equal(line, []byte("data: [DONE]")):
		a.err = nil
	case bytes.Equal(line, []byte("event: error")):
		a.err = errors.New("an error event")
	}
}
