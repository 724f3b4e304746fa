package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"docent"
	"docent/web"
)

// remote names a server whose API a command calls, instead of opening what is here.
type remote struct{ to, key string }

// remoteFlags adds the flags that name it.
func remoteFlags(c *cobra.Command, scope string) *remote {
	r := &remote{}
	c.Flags().StringVar(&r.to, "server", "", `address of a server to ask instead of what is here (default `+serverVariable+`; "" is here)`)
	c.Flags().StringVar(&r.key, "key", "", "API key of scope "+scope+" for --server (better in "+keyVariable+", or in the file that "+keyVariable+"_FILE names)")
	return r
}

// resolve gives the address, "" where what is here is meant, and the key.
func (r *remote) resolve(c *cobra.Command) (address, key string, err error) {
	vars, err := environment()
	if err != nil {
		return "", "", err
	}
	address = r.to
	if !c.Flags().Changed("server") {
		address = vars[serverVariable]
	}
	switch {
	case address == "" && r.key != "":
		return "", "", usageErrorf("--key needs --server")
	case address == "":
		return "", "", nil
	case c.Flags().Changed("site"):
		return "", "", usageErrorf("the key decides which site it is: leave out --site")
	}
	key, err = keyOf(r.key, vars)
	return address, key, err
}

// client makes the client of the server; nil where what is here is meant.
func (r *remote) client(c *cobra.Command) (*client, error) {
	address, key, err := r.resolve(c)
	if err != nil || address == "" {
		return nil, err
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.User != nil {
		return nil, usageErrorf("--server must be an address such as https://ask.example.com")
	}
	ip, err := netip.ParseAddr(u.Hostname())
	if here := u.Hostname() == "localhost" || err == nil && ip.IsLoopback(); key != "" && u.Scheme == "http" && !here {
		return nil, usageErrorf("a key would be sent to %s for everyone on the way to read: use its https address", u.Host)
	}
	return &client{strings.TrimRight(u.String(), "/"), key}, nil
}

// client calls a server's API, as openapi.yaml describes it.
type client struct{ address, key string }

// maxReply bounds an answer that is no stream, in bytes.
const maxReply = 256 << 20

// stay follows no redirect: a key is for the server that was named.
var stay = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// send makes a request; body is sent as JSON, nil is none. An answer that is an error
// comes back as one.
func (cl *client) send(ctx context.Context, method, path string, body any, headers ...string) (*http.Response, error) {
	var sent io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		sent = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(ctx, method, cl.address+path, sent)
	if err != nil {
		return nil, err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if cl.key != "" {
		r.Header.Set("Authorization", "Bearer "+cl.key)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := stay.Do(r)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, &docent.Error{Code: docent.CodeNotReady, Message: "the server at " + cl.address + " can't be reached", Err: errors.Unwrap(err)}
	}
	if answer.StatusCode >= http.StatusMultipleChoices {
		defer answer.Body.Close()
		return nil, refusal(answer)
	}
	return answer, nil
}

// refusal is a server's error, as it says it.
func refusal(answer *http.Response) error {
	var p struct {
		Code   docent.Code `json:"code"`
		Detail string      `json:"detail"`
	}
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<20)) // what did not come is not told
	if json.Unmarshal(text, &p) != nil || p.Code == "" {
		return &docent.Error{Code: docent.CodeInvalid, Message: "the server answered " + answer.Status, Hint: "look at the address of --server: it should be that of a docent server"}
	}
	return docent.Errorf(p.Code, "the server says: %s", p.Detail)
}

// call makes a request whose answer is JSON, which into takes; nil takes none.
func (cl *client) call(ctx context.Context, method, path string, body, into any) error {
	answer, err := cl.send(ctx, method, path, body)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if into == nil {
		return nil
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, maxReply)).Decode(into); err != nil {
		return &docent.Error{Code: docent.CodeInvalid, Message: "what answers there is not a docent server of this version", Hint: "look at the address of --server", Err: err}
	}
	return nil
}

// search finds sections.
func (cl *client) search(ctx context.Context, q docent.Query) (found web.Results, err error) {
	query := url.Values{"q": {q.Text}, "limit": {strconv.Itoa(q.Limit)}}
	for name, value := range map[string]string{
		"source": q.Filters.Source, "version": q.Filters.Version, "lang": q.Filters.Lang, "path_prefix": q.Filters.PathPrefix, "index": q.Filters.Index,
	} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return found, cl.call(ctx, http.MethodGet, "/api/v1/search?"+query.Encode(), nil, &found)
}

// asking is the body of a question.
type asking struct {
	Message   string         `json:"message"`
	SessionID string         `json:"session_id,omitempty"`
	Filters   docent.Filters `json:"filters"`
	Index     string         `json:"index,omitempty"`
}

// ask asks and shows every event. A connection that breaks off is taken up where it
// was, and an interrupt stops the answer.
func (cl *client) ask(ctx context.Context, a docent.Ask, show func(docent.Event) error) error {
	answer, err := cl.send(ctx, http.MethodPost, "/api/v1/chat", asking{a.Message, a.SessionID, a.Filters, a.Filters.Index})
	if err != nil {
		return err
	}
	f := following{show: show}
	for {
		before := f.last
		err = f.read(answer.Body)
		answer.Body.Close()
		switch {
		case ctx.Err() != nil && f.id != "":
			return errors.Join(ctx.Err(), cl.call(context.WithoutCancel(ctx), http.MethodPost, "/api/v1/chat/"+f.id+"/cancel", nil, nil))
		case f.ended || f.failed:
			return err
		case f.id == "" || f.last == before:
			return cmp.Or(err, error(docent.Errorf(docent.CodeNotReady, "the connection broke off before the answer ended")))
		}
		answer, err = cl.send(ctx, http.MethodGet, "/api/v1/chat/"+f.id+"/events", nil, "Last-Event-ID", strconv.Itoa(f.last))
		if err != nil {
			return err
		}
	}
}

// following is an answer that is being read.
type following struct {
	show   func(docent.Event) error
	id     string // of the answer; "" before its first event
	last   int    // the ID of the last event
	ended  bool
	failed bool // showing it did
}

// read shows a stream's events, as docent's servers frame them: a line of data each.
func (f *following) read(stream io.Reader) error {
	lines := bufio.NewReader(stream)
	var e docent.Event
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return fmt.Errorf("the stream broke off: %w", err)
		}
		line = strings.TrimRight(line, "\r\n")
		switch name, value, _ := strings.Cut(line, ": "); name {
		case "id":
			e.ID, _ = strconv.Atoi(value) // 0 is of an event that is not of the answer
		case "event":
			e.Name = value
		case "data":
			e.Data = json.RawMessage(value)
		case "":
			if line != "" || e.Data == nil {
				continue // a comment, or what ends one
			}
			if err := f.take(e); err != nil || f.ended {
				return err
			}
			e = docent.Event{}
		}
	}
}

func (f *following) take(e docent.Event) error {
	f.last, f.ended = max(f.last, e.ID), e.Last()
	if e.Name == docent.EventSession {
		var d docent.SessionData
		if err := json.Unmarshal(e.Data, &d); err != nil {
			f.failed = true
			return err
		}
		f.id = d.MessageID
	}
	err := f.show(e)
	f.failed = err != nil
	return errors.Join(err, failure(e))
}
