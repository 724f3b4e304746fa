package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"docent/bench/qdrant"
	"docent/server"
)

// openQdrant gives the Qdrant to try, with a prefix of this run's own; why is
// set where there is none.
func (s *soak) openQdrant(ctx context.Context) (st store, why string, err error) {
	prefix := fmt.Sprintf("docent-kill-%d-%d", os.Getpid(), s.seed)
	q, why, err := qdrant.Open(ctx, s.qdrant, filepath.Join(s.dir, "qdrant-server"), prefix)
	if err != nil || why != "" {
		return st, why, err
	}
	st.close = q.Close
	if q.Process != nil {
		st.restart = func(ctx context.Context) (time.Time, time.Time, error) { return restart(ctx, q.Process) }
	}
	st.env = []string{"QDRANT_URL=" + q.URL, "DOCENT_QDRANT_PREFIX=" + prefix}
	if q.Key != "" {
		st.env = append(st.env, "QDRANT_API_KEY="+q.Key)
	}
	st.config = func(cfg *server.Config) { cfg.Qdrant.URL, cfg.Qdrant.Prefix, cfg.Qdrant.APIKey = q.URL, prefix, q.Key }
	return st, "", nil
}

// restart kills the server and starts it again. Clients find out with some delay
// that it is back.
func restart(ctx context.Context, p *qdrant.Process) (from, to time.Time, err error) {
	from = time.Now()
	p.Kill()
	time.Sleep(200 * time.Millisecond)
	err = p.Start(ctx)
	return from, time.Now().Add(2 * time.Second), err
}
