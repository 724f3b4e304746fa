package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"docent"
)

func sixty(c *Config) { c.Limits.RequestsPerMinute = 60 }

func TestOf200ParallelRequestsExactly60AreTaken(t *testing.T) {
	r := newRig(t, sixty)
	s := httptest.NewServer(r)
	defer s.Close()
	var taken, refused atomic.Int64
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			resp, err := http.Get(s.URL + "/api/v1/search?q=x")
			if err != nil {
				t.Error(err)
				return
			}
			resp.Body.Close()
			switch resp.StatusCode {
			case 200:
				taken.Add(1)
			case 429:
				refused.Add(1)
			}
		})
	}
	all.Wait()
	if taken.Load() != 60 || refused.Load() != 140 {
		t.Errorf("%d taken, %d refused", taken.Load(), refused.Load())
	}
}

func TestALimitIsToldInEveryAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(c *Config) { c.Limits.RequestsPerMinute = 2 })
		check := func(status int, limit string) {
			t.Helper()
			w := r.do("GET", "/api/v1/search?q=x", "")
			if w.Code != status || w.Header().Get("RateLimit") != limit || w.Header().Get("RateLimit-Policy") != `"default";q=2;w=60` {
				t.Errorf("%d %v, want %d %s", w.Code, w.Header(), status, limit)
			}
			if status == 429 {
				wantProblem(t, w, 429, docent.CodeRateLimited, "2 a minute")
				if after := w.Header().Get("Retry-After"); !strings.HasSuffix(limit, "t="+after) {
					t.Errorf("Retry-After is %s", after)
				}
			}
		}
		check(200, `"default";r=1;t=60`)
		time.Sleep(9500 * time.Millisecond)
		check(200, `"default";r=0;t=51`)
		check(429, `"default";r=0;t=51`)
		time.Sleep(51 * time.Second)
		check(200, `"default";r=0;t=9`) // the second one was 51 s ago
	})
}

func TestOnlyTheAPIIsLimited(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Limits.RequestsPerMinute = 1 })
	for range 3 {
		for _, path := range []string{"/health", "/ready", "/", "/widget.js", "/docs/manual/a"} {
			if w := r.do("GET", path, ""); w.Code != 200 || w.Header().Get("RateLimit") != "" {
				t.Errorf("%s: %d %v", path, w.Code, w.Header())
			}
		}
	}
	r.do("GET", "/api/v1/none", "")
	wantProblem(t, r.do("GET", "/api/v1/none", ""), 429, docent.CodeRateLimited)
}

func TestWithoutALimitNothingIsSaidOfIt(t *testing.T) {
	if w := newRig(t, nil).do("GET", "/api/v1/search?q=x", ""); w.Header().Get("RateLimit-Policy") != "" {
		t.Errorf("%v", w.Header())
	}
}

// TestNewSubjectsDoNotHelpAnAddress: neither inventing visitors nor getting
// tokens is a way around.
func TestNewSubjectsDoNotHelpAnAddress(t *testing.T) {
	r := newRig(t, func(c *Config) { open(c); c.Limits.RequestsPerMinute = 3 })
	codes := ""
	for range 2 {
		codes += http.StatusText(r.do("GET", "/api/v1/search?q=x", "").Code) + " "
		codes += http.StatusText(r.do("POST", "/api/v1/token", "").Code) + " "
	}
	if codes != "OK OK OK Too Many Requests " {
		t.Error(codes)
	}
}

func TestNewVisitorsGetAnAddressNoFurtherQuestions(t *testing.T) {
	r := newRig(t, func(c *Config) { open(c); c.Limits.VisitorQuestionsPerHour = 2 })
	r.answers.event(docent.EventDone, `{}`)
	for i, want := range []int{200, 200, 429} {
		w := r.do("POST", "/api/v1/chat", `{"message": "x"}`)
		if w.Code != want {
			t.Errorf("question %d: %d", i+1, w.Code)
		}
		if want == 429 {
			wantProblem(t, w, 429, docent.CodeRateLimited, "2 questions an hour")
		}
	}
	if w := r.do("GET", "/api/v1/search?q=x", ""); w.Code != 200 {
		t.Errorf("a search: %d", w.Code)
	}
}

func TestAnIPv6CustomerIsOneAddress(t *testing.T) {
	for address, want := range map[string]string{
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "2001:db8:1:2::9": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64",
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "::ffff:192.0.2.1", "": "",
	} {
		if got := network(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}
