package hook

import (
	"context"
	"fmt"
	"net/http"

	"docent/guard"
)

// Reach says why the hook's program can't be reached, nil if it can. It asks for
// nothing (OPTIONS, not signed), so whatever the program answers will do.
func (h Hook) Reach(ctx context.Context) error {
	client := guard.NewClient(guard.Config{AllowPrivate: h.AllowPrivate, Timeout: h.Timeout, MaxRedirects: -1})
	defer client.CloseIdleConnections()
	r, err := http.NewRequestWithContext(ctx, http.MethodOptions, h.URL, nil)
	if err != nil {
		return err
	}
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	answer.Body.Close()
	if answer.StatusCode >= http.StatusMultipleChoices && answer.StatusCode < http.StatusBadRequest {
		return fmt.Errorf("it answers %s, and redirects are not followed", answer.Status)
	}
	return nil
}
