package mcp

import (
	"context"
	"errors"
	"io"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"docent"
)

// maxLine bounds a message on standard input, in bytes.
const maxLine = 4 << 20

// Serve answers one client on a program's input and output, where all requests are one
// caller's, until the input or ctx ends. Nothing else may write to out.
func (s *Service) Serve(ctx context.Context, in io.ReadCloser, out io.WriteCloser, caller Caller) error {
	choice, err := s.ports.Docs.Choose(ctx, caller.Principal.Site, docent.Filters{})
	if err != nil {
		return err
	}
	shelves, err := s.ports.Docs.List(ctx, caller.Principal.Site, docent.Filters{})
	if err != nil {
		return err
	}
	server := s.newServer(instructions(choice, shelves), &caller)
	err = server.Run(ctx, &mcp.IOTransport{Reader: in, Writer: out, MaxLineLength: maxLine})
	if errors.Is(err, io.EOF) || ctx.Err() != nil {
		return nil
	}
	return err
}
