// Mounted serves Docent under /ask of a program that has pages of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"docent/server"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	home := "http://" + listener.Addr().String()

	cfg := server.Defaults()
	cfg.DataDir = os.TempDir() + "/mounted" // docent ingest --data-dir writes there
	cfg.Server.PublicURL = home + "/ask"    // its path is the prefix
	docs, err := server.New(cfg)
	if err != nil {
		return err
	}
	defer docs.Close()

	mux := http.NewServeMux()
	mux.Handle("/ask/", docs.Handler())
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `My own page. <script src="/ask/widget.js"></script>`)
	})
	site := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- site.Serve(listener) }()
	fmt.Println(home)

	<-ctx.Done()
	bound, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	docs.Shutdown(bound) // answers in the making come to their end
	err = site.Shutdown(bound)
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		return errors.Join(served, err)
	}
	return err
}
