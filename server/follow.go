package server

import (
	"context"
	"errors"
	"time"

	"docent"
)

// followEvery is how soon a server notices an index that was built beside its
// own. A release in its own index is noticed by the next question.
const followEvery = time.Second

// follow keeps what questions need at hand until ctx ends: it reads what the
// first one would wait for, of each new release, too, and takes up an index that
// another version of Docent has built beside this one. What fails is tried again.
func (s *Server) follow(ctx context.Context) {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	told := ""
	for {
		if err := s.lookAgain(ctx); err != nil && ctx.Err() == nil && err.Error() != told {
			told = err.Error()
			s.log.Warn("the index can't be followed", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// lookAgain warms the index, and takes up the one that questions are to be put to
// if that is another one now.
func (s *Server) lookAgain(ctx context.Context) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	now := s.search.now // only who holds changing replaces it
	err := now.index.Warm(ctx)
	if code := docent.CodeOf(err); err != nil && code != docent.CodeNoIndex && code != docent.CodeIndexStamp { // those may come
		return err
	}
	list, err := now.index.Indexes(ctx)
	if err != nil {
		return err
	}
	if best := now.fitting(list); best.Units != nil && best.Stamp != now.index.Stamp {
		return s.take(ctx, now.cfg)
	}
	return now.waiting(list)
}

// Reload answers from now on by what cfg says of embedding, retrieval, qdrant and
// sources; other settings count with the next start. The index that it means is
// opened and read first. Questions under way end with the index that they began
// with. On an error, such as an index that is not there yet, nothing has changed.
func (s *Server) Reload(ctx context.Context, cfg Config) error {
	if err := cfg.Validate(); err != nil {
		return err
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	next := s.search.now.cfg
	next.Embedding, next.Retrieval, next.Qdrant, next.Sources = cfg.Embedding.Sharing(cfg.Model), cfg.Retrieval, cfg.Qdrant, cfg.Sources
	if s.file != nil {
		s.file.forget()
		folder, err := s.file.refresh(ctx, next)
		if err != nil {
			return err
		}
		next = next.unpacked(folder)
	}
	return s.take(ctx, next)
}

// take puts the index that cfg means in the place of the present one. It is
// called with changing locked.
func (s *Server) take(ctx context.Context, cfg Config) error {
	next, err := openServing(ctx, cfg)
	if err != nil {
		return err
	}
	if err = next.ready(ctx); err == nil {
		err = next.index.Warm(ctx)
	}
	if err != nil {
		return errors.Join(err, next.index.Close())
	}
	err = s.search.replace(next)
	s.log.Info("questions are put to another index now", "made_with", DescribeStamp(next.index.Stamp))
	return err
}
