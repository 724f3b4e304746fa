package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"docent"
	"docent/server"
	"docent/web"
)

// owned is a conversation with whose it is; on a server elsewhere it is the key's.
type owned struct {
	Site    string `json:"site,omitempty"`
	Subject string `json:"subject,omitempty"`
	web.Conversation
}

// listedSession is a conversation as `docent sessions list --json` prints it.
type listedSession struct {
	Site    string `json:"site,omitempty"`
	Subject string `json:"subject,omitempty"`
	docent.Session
}

// conversationPlace is where conversations are: in the store here, or on a server
// elsewhere, which gives those of the key.
type conversationPlace interface {
	list(ctx context.Context, site, subject string, fn func(listedSession) error) error
	read(ctx context.Context, id string) (owned, error)
	delete(ctx context.Context, id string) error
	Close() error
}

// conversationFlags adds the flags that name a server whose conversations are meant.
func conversationFlags(c *cobra.Command) *placeFlags {
	f := &placeFlags{}
	c.Flags().StringVar(&f.to, "server", "", "address of a server, whose conversations of the key are meant")
	c.Flags().StringVar(&f.key, "key", "", "API key of scope chat for --server (better in "+pushKeyVariable+")")
	return f
}

type placeFlags struct{ pushFlags }

func (f *placeFlags) open(c *cobra.Command) (conversationPlace, error) {
	if f.to == "" {
		if f.key != "" {
			return nil, usageErrorf("--key needs --server")
		}
		store, err := openSessions(c)
		return here{store}, err
	}
	at, err := url.Parse(f.to)
	if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "" {
		return nil, usageErrorf("--server is %q: must be an address such as https://docs.example.com", f.to)
	}
	key, err := f.readKey()
	return elsewhere{strings.TrimSuffix(f.to, "/") + "/api/v1/sessions", key}, err
}

// here is the store of this machine.
type here struct{ server.Sessions }

func (h here) list(ctx context.Context, site, subject string, fn func(listedSession) error) error {
	return h.EachSession(ctx, site, subject, func(o docent.Owner, s docent.Session) error {
		return fn(listedSession{o.Site, o.Subject, s})
	})
}

func (h here) read(ctx context.Context, id string) (owned, error) {
	o, err := ownerOf(ctx, h, id)
	if err != nil {
		return owned{}, err
	}
	whole := owned{Site: o.Site, Subject: o.Subject, Conversation: web.Conversation{Messages: []docent.Message{}}}
	if whole.Session, err = h.Session(ctx, o, id); err != nil {
		return whole, err
	}
	for q := (docent.List{Limit: 100}); ; {
		part, err := h.Messages(ctx, o, id, q)
		if err != nil {
			return whole, err
		}
		whole.Messages = append(whole.Messages, part.Data...)
		if q.After = part.After; !part.HasMore {
			return whole, nil
		}
	}
}

func (h here) delete(ctx context.Context, id string) error {
	o, err := ownerOf(ctx, h, id)
	if err != nil {
		return err
	}
	return h.DeleteSession(ctx, o, id)
}

// ownerOf says whose a session is, to whoever typed its ID.
func ownerOf(ctx context.Context, store server.Sessions, id string) (docent.Owner, error) {
	o, err := store.OwnerOf(ctx, id)
	if docent.CodeOf(err) == docent.CodeNotFound {
		err = &docent.Error{Code: docent.CodeNotFound, Message: "there is no session " + id, Hint: "'docent sessions list' shows those that there are"}
	}
	return o, err
}

// elsewhere is a server's API.
type elsewhere struct{ address, key string }

func (e elsewhere) Close() error { return nil }

func (e elsewhere) list(ctx context.Context, _, _ string, fn func(listedSession) error) error {
	for q := "?limit=100"; ; {
		var part docent.Listed[docent.Session]
		if err := e.call(ctx, http.MethodGet, q, &part); err != nil {
			return err
		}
		for _, s := range part.Data {
			if err := fn(listedSession{Session: s}); err != nil {
				return err
			}
		}
		if !part.HasMore {
			return nil
		}
		q = "?limit=100&after=" + url.QueryEscape(part.After)
	}
}

func (e elsewhere) read(ctx context.Context, id string) (whole owned, err error) {
	return whole, e.call(ctx, http.MethodGet, "/"+url.PathEscape(id)+"/export?format=json", &whole.Conversation)
}

func (e elsewhere) delete(ctx context.Context, id string) error {
	return e.call(ctx, http.MethodDelete, "/"+url.PathEscape(id), nil)
}

// maxReply bounds what a server's answer may have, in bytes.
const maxReply = 256 << 20

// call reads a server's answer into v; nil takes none.
func (e elsewhere) call(ctx context.Context, method, below string, v any) error {
	r, err := http.NewRequestWithContext(ctx, method, e.address+below, nil)
	if err != nil {
		return err
	}
	if e.key != "" {
		r.Header.Set("Authorization", "Bearer "+e.key)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("the server can't be reached: %w", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxReply))
	if err != nil {
		return fmt.Errorf("the server's answer broke off: %w", err)
	}
	if response.StatusCode >= 400 {
		var problem struct {
			Code   docent.Code `json:"code"`
			Detail string      `json:"detail"`
		}
		if json.Unmarshal(body, &problem) != nil || problem.Detail == "" {
			return errors.New("the server answers " + strconv.Itoa(response.StatusCode))
		}
		return docent.Errorf(problem.Code, "the server says: %s", problem.Detail)
	}
	if v == nil {
		return nil
	}
	if err := json.Unmarshal(body, v); err != nil {
		return fmt.Errorf("the server's answer is not that of Docent's API: %w", err)
	}
	return nil
}
