package llm

import (
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"weak"

	"docent"
	"docent/llm/llmtest"
)

// roundTrip is a transport.
type roundTrip func(*http.Request) (*http.Response, error)

func (fn roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return fn(r) }

// post makes a request whose body can be sent again.
func post(t *testing.T, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, "http://model.test", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestABodyIsThereUntilItWasSentAndForAnotherTry(t *testing.T) {
	const prompt = "a long prompt"
	var sent *http.Request
	transport := letGo{roundTrip(func(r *http.Request) (*http.Response, error) {
		sent = r
		again, err := r.GetBody() // as net/http does where a connection turns out to be dead
		if err != nil {
			t.Fatal(err)
		}
		for _, body := range []io.ReadCloser{r.Body, again} {
			if got, err := io.ReadAll(body); string(got) != prompt || err != nil {
				t.Errorf("%q, %v", got, err)
			}
			if err := errors.Join(body.Close(), body.Close()); err != nil {
				t.Error(err)
			}
			if _, err := body.Read(make([]byte, 1)); !errors.Is(err, errLetGo) {
				t.Errorf("a closed body gave %v", err)
			}
		}
		return &http.Response{}, nil
	})}
	r := post(t, prompt)
	if _, err := transport.RoundTrip(r); err != nil {
		t.Fatal(err)
	}
	if sent.ContentLength != int64(len(prompt)) || sent.URL != r.URL {
		t.Errorf("another request was sent: %+v", sent)
	}
	if _, err := sent.GetBody(); !errors.Is(err, errLetGo) {
		t.Errorf("once the response began: %v", err)
	}
	if _, err := r.GetBody(); err != nil {
		t.Errorf("the caller's own request was changed: %v", err)
	}
}

func TestARequestWithoutABodyIsSentAsItIs(t *testing.T) {
	r, err := http.NewRequest(http.MethodGet, "http://model.test", nil)
	if err != nil {
		t.Fatal(err)
	}
	var sent *http.Request
	transport := letGo{roundTrip(func(r *http.Request) (*http.Response, error) {
		sent = r
		return &http.Response{}, nil
	})}
	if _, err := transport.RoundTrip(r); err != nil || sent != r {
		t.Errorf("%p was sent, want %p: %v", sent, r, err)
	}
}

// TestAPromptIsLetGoOfWithTheFirstWord holds that many answers at once take the
// memory of what they said, not of what they were asked.
func TestAPromptIsLetGoOfWithTheFirstWord(t *testing.T) {
	s := llmtest.For(t)
	c := newClient(t, s, nil)
	messages := []docent.ModelMessage{{Role: docent.RoleUser, Text: strings.Repeat("a passage ", 1000)}}
	asked := weak.Make(&messages[0])
	deltas := 0
	_, err := c.Stream(t.Context(), docent.ModelRequest{Messages: messages}, func(string) error {
		if deltas++; deltas == 2 {
			runtime.GC()
			if asked.Value() != nil {
				t.Error("the messages are still held")
			}
		}
		return nil
	})
	if err != nil || deltas < 2 {
		t.Fatalf("%d deltas, %v", deltas, err)
	}
}
