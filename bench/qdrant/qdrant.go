// Package qdrant is the Qdrant that benches use: one that they start as a
// process of their own and may kill, or one that is there, whose collections they
// clear away in the end. It speaks Qdrant's HTTP, so that it does not depend on
// what is measured.
package qdrant

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// Server is a Qdrant, with a prefix for the collections of one run.
type Server struct {
	URL, Key, Prefix string   // as QDRANT_URL, QDRANT_API_KEY and qdrant.prefix take them
	Process          *Process // nil where it is not ours
	http             string   // where it speaks HTTP
}

// Open starts the program in a folder, or, without a program, takes the server
// that QDRANT_URL names. Where there is neither, why says so.
func Open(ctx context.Context, program, dir, prefix string) (s *Server, why string, err error) {
	s = &Server{URL: os.Getenv("QDRANT_URL"), Key: os.Getenv("QDRANT_API_KEY"), Prefix: prefix}
	switch {
	case program != "":
		s.Process, err = startProcess(ctx, program, dir)
		if err != nil {
			return nil, "", err
		}
		s.URL, s.Key, s.http = s.Process.url(), "", s.Process.httpURL()
	case s.URL == "":
		return nil, "neither QDRANT_URL nor -qdrant is set", nil
	default:
		s.http, err = httpOf(s.URL)
	}
	return s, "", err
}

// httpOf gives the address of the HTTP port, which is the one below that of
// gRPC.
func httpOf(address string) (string, error) {
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	port, err := strconv.Atoi(cmp.Or(u.Port(), "6334"))
	if err != nil {
		return "", err
	}
	if port != 6333 {
		port--
	}
	return u.Scheme + "://" + net.JoinHostPort(u.Hostname(), strconv.Itoa(port)), nil
}

// Close ends a server of ours, and clears the collections away from another.
func (s *Server) Close() error {
	if s.Process != nil {
		s.Process.Stop()
		return nil
	}
	return s.each(context.Background(), func(path string) error {
		return s.ask(context.Background(), http.MethodDelete, path, &struct{}{})
	})
}

// Settle waits until the server has built the indexes of the collections: until
// then, searches are slower than they will be.
func (s *Server) Settle(ctx context.Context) error {
	return s.each(ctx, func(path string) error {
		var info struct{ Result struct{ Status string } }
		for {
			err := s.ask(ctx, http.MethodGet, path, &info)
			if err != nil || info.Result.Status == "green" {
				return err
			}
			select {
			case <-time.After(100 * time.Millisecond):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	})
}

// each does something with the path of each collection of this run.
func (s *Server) each(ctx context.Context, do func(path string) error) error {
	var list struct {
		Result struct{ Collections []struct{ Name string } }
	}
	if err := s.ask(ctx, http.MethodGet, "/collections", &list); err != nil {
		return fmt.Errorf("the collections that begin with %s: %w", s.Prefix, err)
	}
	var errs []error
	for _, c := range list.Result.Collections {
		if strings.HasPrefix(c.Name, s.Prefix) {
			errs = append(errs, do("/collections/"+url.PathEscape(c.Name)))
		}
	}
	return errors.Join(errs...)
}

func (s *Server) ask(ctx context.Context, method, path string, into any) error {
	request, err := http.NewRequestWithContext(ctx, method, s.http+path, nil)
	if err != nil {
		return err
	}
	if s.Key != "" {
		request.Header.Set("api-key", s.Key)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", method, path, answer.Status)
	}
	return json.NewDecoder(answer.Body).Decode(into)
}
