package server

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestAServerThatCanStoreNoQuestionIsNotReady, nor takes one, until there is room again.
func TestAServerThatCanStoreNoQuestionIsNotReady(t *testing.T) {
	f := start(t, nil)
	free, known := uint64(minFree-1), true
	f.free = func(string) (uint64, bool) { return free, known }
	for _, want := range []int{http.StatusServiceUnavailable, http.StatusOK} {
		ready, err := http.Get(f.url + "/ready")
		if err != nil {
			t.Fatal(err)
		}
		told, _ := io.ReadAll(ready.Body)
		ready.Body.Close()
		if full := strings.Contains(string(told), "the disk that conversations are stored on is full"); ready.StatusCode != want || full != (want != http.StatusOK) {
			t.Errorf("/ready: %d %s", ready.StatusCode, told)
		}
		asked, err := http.Post(f.url+"/api/v1/chat", "application/json", strings.NewReader(question))
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, asked.Body)
		asked.Body.Close()
		if asked.StatusCode != want {
			t.Errorf("a question: %d", asked.StatusCode)
		}
		free = minFree
	}
	free, known = 0, false
	if err := f.Ready(t.Context()); err != nil {
		t.Errorf("where free space is not known: %v", err)
	}
}
