package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"docent/chat/hook"
)

func TestTheDoctorReachesForHooksAndTellsThemNothing(t *testing.T) {
	var told []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		told = append(told, r.Method+r.Header.Get(hook.SignatureHeader))
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/", http.StatusFound)
			return
		}
		w.WriteHeader(http.StatusMethodNotAllowed)
	}))
	defer s.Close()
	cfg := Defaults()
	if got := checkHooks(t.Context(), &cfg); len(got) != 1 || got[0].State != StateSkipped {
		t.Errorf("without hooks: %+v", got)
	}
	there := hook.Hook{URL: s.URL, Timeout: time.Minute, AllowPrivate: true}
	moved, private := there, there
	moved.URL, private.AllowPrivate = s.URL+"/moved", false
	cfg.Hooks = hook.Config{Before: there, Respond: moved, Action: private}
	var says []string
	for _, f := range checkHooks(t.Context(), &cfg) {
		says = append(says, string(f.State)+" "+f.Detail)
	}
	got := strings.Join(says, "\n")
	if len(says) != 4 || !strings.Contains(says[0], "hooks.before can be reached") || !strings.Contains(says[1], "redirects are not followed") || !strings.Contains(says[2], "unencrypted") || !strings.Contains(says[3], "hooks.action: ") {
		t.Errorf("the doctor says\n%s", got)
	}
	if len(told) != 2 || told[0] != "OPTIONS" {
		t.Errorf("the hooks saw %q", told)
	}
}
