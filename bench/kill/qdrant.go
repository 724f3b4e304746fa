package main

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
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"docent/server"
)

// openQdrant gives the Qdrant to try, with a prefix of this run's own; why is
// set where there is none.
func (s *soak) openQdrant(ctx context.Context) (st store, why string, err error) {
	prefix := fmt.Sprintf("docent-kill-%d-%d", os.Getpid(), s.seed)
	address := os.Getenv("QDRANT_URL")
	st.close = func() error { return nil }
	switch {
	case s.qdrant != "":
		o := &ownQdrant{program: s.qdrant, dir: filepath.Join(s.dir, "qdrant-server")}
		if address, err = o.open(ctx); err != nil {
			return st, "", err
		}
		st.restart = o.restart
		st.close = func() error {
			o.process.stop()
			return nil
		}
	case address == "":
		return st, "neither QDRANT_URL nor -qdrant is set", nil
	default:
		st.close = func() error { return dropCollections(address, prefix) }
	}
	key := os.Getenv("QDRANT_API_KEY")
	st.env = []string{"QDRANT_URL=" + address, "DOCENT_QDRANT_PREFIX=" + prefix}
	if key != "" {
		st.env = append(st.env, "QDRANT_API_KEY="+key)
	}
	st.config = func(cfg *server.Config) { cfg.Qdrant.URL, cfg.Qdrant.Prefix, cfg.Qdrant.APIKey = address, prefix, key }
	return st, "", nil
}

// ownQdrant is a server that this program starts, on free ports.
type ownQdrant struct {
	program string
	dir     string
	process *process
	http    int
	grpc    int
}

func (o *ownQdrant) open(ctx context.Context) (address string, err error) {
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return "", err
	}
	if o.http, err = freePort(); err != nil {
		return "", err
	}
	if o.grpc, err = freePort(); err != nil {
		return "", err
	}
	return fmt.Sprintf("http://127.0.0.1:%d", o.grpc), o.start(ctx)
}

// start starts it and waits until it is ready.
func (o *ownQdrant) start(ctx context.Context) (err error) {
	o.process, err = start(ctx, cleanEnv("QDRANT__SERVICE__HOST=127.0.0.1", fmt.Sprint("QDRANT__SERVICE__HTTP_PORT=", o.http),
		fmt.Sprint("QDRANT__SERVICE__GRPC_PORT=", o.grpc), "QDRANT__TELEMETRY_DISABLED=true"), o.dir, o.program)
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		select {
		case <-o.process.done:
			return fmt.Errorf("qdrant ended: %s", o.process.said())
		case <-time.After(20 * time.Millisecond):
		}
		answer, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/readyz", o.http))
		if err != nil {
			continue
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			return nil
		}
	}
	return ctx.Err()
}

// restart kills it and starts it again. Clients find out with some delay that
// it is back.
func (o *ownQdrant) restart(ctx context.Context) (from, to time.Time, err error) {
	from = time.Now()
	o.process.kill()
	time.Sleep(200 * time.Millisecond)
	err = o.start(ctx)
	return from, time.Now().Add(2 * time.Second), err
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// dropCollections deletes what begins with the prefix, over Qdrant's HTTP port,
// which is the one below that of gRPC.
func dropCollections(address, prefix string) error {
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	port, err := strconv.Atoi(cmp.Or(u.Port(), "6334"))
	if err != nil {
		return err
	}
	if port != 6333 {
		port--
	}
	base := fmt.Sprintf("%s://%s/collections", u.Scheme, net.JoinHostPort(u.Hostname(), fmt.Sprint(port)))
	var list struct {
		Result struct{ Collections []struct{ Name string } }
	}
	if err := askQdrant(http.MethodGet, base, &list); err != nil {
		return fmt.Errorf("collections that begin with %s are left behind: %w", prefix, err)
	}
	var errs []error
	for _, c := range list.Result.Collections {
		if strings.HasPrefix(c.Name, prefix) {
			errs = append(errs, askQdrant(http.MethodDelete, base+"/"+url.PathEscape(c.Name), &struct{}{}))
		}
	}
	return errors.Join(errs...)
}

func askQdrant(method, address string, into any) error {
	request, err := http.NewRequest(method, address, nil)
	if err != nil {
		return err
	}
	if key := os.Getenv("QDRANT_API_KEY"); key != "" {
		request.Header.Set("api-key", key)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return errors.New(answer.Status)
	}
	return json.NewDecoder(answer.Body).Decode(into)
}
