package server

import (
	"context"
	"errors"
	"time"

	"docent"
)

// FetchIndex looks whether the index that comes as a file is a newer one, and
// answers from it from then on. On an error all stays as it was. Without such a
// file it does nothing. Run does it by itself.
func (s *Server) FetchIndex(ctx context.Context) error {
	if s.file == nil {
		return nil
	}
	s.changing.Lock()
	cfg := s.search.now.cfg
	s.changing.Unlock()
	folder, err := s.file.refresh(ctx, cfg) // takes long: others may change the index meanwhile
	if err != nil {
		return err
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	if s.search.now.cfg.DataDir == folder {
		return nil
	}
	if err := s.take(ctx, s.search.now.cfg.unpacked(folder)); err != nil {
		return err
	}
	s.file.sweep(ctx)
	return nil
}

// firstFile makes sure that there is an index to begin with where it comes as a
// file of this machine. One at an address is waited for while others are told so.
func (s *Server) firstFile(ctx context.Context) error {
	if s.file == nil || s.file.remote() {
		return nil
	}
	if err := s.FetchIndex(ctx); err != nil && s.search.ready(ctx) != nil {
		return err
	}
	return nil
}

// followFile looks for a newer file each index.poll until ctx ends. What fails is
// said once, and tried again.
func (s *Server) followFile(ctx context.Context) {
	tick := time.NewTicker(s.file.Poll)
	defer tick.Stop()
	told := ""
	for {
		switch err := s.FetchIndex(ctx); {
		case err == nil:
			told = ""
		case ctx.Err() == nil && err.Error() != told:
			told = err.Error()
			s.log.Warn("the index file was not taken up, questions are answered as before", "file", s.file.place(), "error", err, "hint", hintOf(err))
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// hintOf is what an error says is to be done; "" where it does not.
func hintOf(err error) string {
	var told *docent.Error
	if errors.As(err, &told) {
		return told.Hint
	}
	return ""
}

// why says what keeps the file from being served, where that is known; else err.
func (x *fileIndex) why(err error) error {
	if !x.mu.TryLock() { // it is at work
		return &docent.Error{Code: docent.CodeNotReady, Message: "the index file at " + x.place() + " is being fetched", RetryAfter: time.Second}
	}
	defer x.mu.Unlock()
	switch {
	case x.failed != nil:
		return x.failed
	case x.kept.Folder == "":
		return docent.Errorf(docent.CodeNotReady, "the index file at %s was not fetched yet", x.place())
	}
	return err
}
