package storetest

import (
	"testing"
	"time"

	"docent"
)

func traceIsKept(t *testing.T, s ConversationStore) {
	ctx := t.Context()
	finish := func(session string, n int, trace *docent.PackedTrace) string {
		m := answered(begin(t, s, turn(session, n)))
		m.Trace = trace
		must(t, s.FinishTurn(ctx, reader, m, nil))
		return m.ID
	}
	kept := finish("s", 1, &docent.PackedTrace{Data: []byte{0, 1, 255}, Until: time.Now().Add(time.Hour)})
	without := finish("s", 2, nil)
	ended := finish("s", 3, &docent.PackedTrace{Data: []byte("old"), Until: time.Now().Add(-time.Second)})
	latest := finish("other", 1, &docent.PackedTrace{Data: []byte("latest"), Until: time.Now().Add(time.Hour)})
	running := begin(t, s, turn("s", 4))

	m, trace, err := s.Trace(ctx, reader.Site, kept)
	must(t, err)
	if string(trace) != "\x00\x01\xff" || m.Text != "answer to question 1" || m.Trace != nil {
		t.Errorf("trace %q of %+v", trace, m)
	}
	if m, err = s.Message(ctx, reader, kept); err != nil || m.Trace != nil {
		t.Errorf("a reader gets a trace: %+v, %v", m, err)
	}
	for _, id := range []string{without, ended, running.Answer.ID, running.User.ID, "unknown"} {
		_, _, err := s.Trace(ctx, reader.Site, id)
		code(t, err, docent.CodeNotFound)
	}
	_, _, err = s.Trace(ctx, "there", kept)
	code(t, err, docent.CodeNotFound)
	must(t, s.DeleteSession(ctx, reader, "s"))
	_, _, err = s.Trace(ctx, reader.Site, kept)
	code(t, err, docent.CodeNotFound)
	_, trace, err = s.Trace(ctx, reader.Site, "")
	must(t, err)
	if string(trace) != "latest" {
		t.Errorf("the latest of %q is %q", latest, trace)
	}
}
