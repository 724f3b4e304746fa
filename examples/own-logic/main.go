// Own-logic is a shop's support chat: a model that can look orders up, and a function that knows when the shop is open.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"

	"docent"
	"docent/chat"
	"docent/server"
)

func orderState(_ context.Context, c docent.ToolCall) (docent.ToolResult, error) {
	return docent.ToolResult{Text: fmt.Sprintf("The order %s of %s left on Monday.", c.Arguments, c.Who.Subject)}, nil
}

func opening(next chat.Responder) chat.Responder {
	return func(ctx context.Context, q *chat.Question, w *chat.Writer) error {
		if !strings.Contains(q.Text, "open") {
			return next(ctx, q, w)
		}
		return w.Text("We are open from 9 to 5.")
	}
}

func main() {
	cfg := server.Defaults()
	cfg.Server.Port, cfg.DataDir, cfg.Answer.Mode = 0, os.TempDir()+"/own-logic", chat.ModeChat // a free port
	cfg.Model.APIKey, cfg.Model.BaseURL = os.Getenv("OPENAI_API_KEY"), os.Getenv("OPENAI_BASE_URL")
	schema := []byte(`{"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}`)
	srv, err := server.New(cfg, server.WithTool(docent.Tool{Name: "order_state", Description: "The state of an order", Parameters: schema, Call: orderState}), server.WithResponder(opening))
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(srv.Run(context.Background(), func(url string) { fmt.Println(url) }))
}
