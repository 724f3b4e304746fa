package main

import (
	"context"
	"net/http"
	"net/url"

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
func conversationFlags(c *cobra.Command) *placeFlags { return &placeFlags{remoteFlags(c, "chat")} }

type placeFlags struct{ *remote }

func (f *placeFlags) open(c *cobra.Command) (conversationPlace, error) {
	server, err := f.client(c)
	if err != nil {
		return nil, err
	}
	if server != nil {
		return elsewhere{server}, nil
	}
	store, err := openSessions(c)
	return here{store}, err
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

// sessionsPath is where a server has conversations.
const sessionsPath = "/api/v1/sessions"

// elsewhere is a server's API.
type elsewhere struct{ *client }

func (e elsewhere) Close() error { return nil }

func (e elsewhere) list(ctx context.Context, _, _ string, fn func(listedSession) error) error {
	for q := "?limit=100"; ; {
		var part docent.Listed[docent.Session]
		if err := e.call(ctx, http.MethodGet, sessionsPath+q, nil, &part); err != nil {
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
	return whole, e.call(ctx, http.MethodGet, sessionsPath+"/"+url.PathEscape(id)+"/export?format=json", nil, &whole.Conversation)
}

func (e elsewhere) delete(ctx context.Context, id string) error {
	return e.call(ctx, http.MethodDelete, sessionsPath+"/"+url.PathEscape(id), nil, nil)
}
