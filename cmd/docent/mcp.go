package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"docent/access"
	"docent/web/mcp"
)

// Variables that name the server that commands ask, and the key for it. They are no
// settings: the server is another one than that of config.yaml.
const (
	serverVariable = "DOCENT_SERVER"
	keyVariable    = "DOCENT_KEY"
)

func newMCP() *cobra.Command {
	c := &cobra.Command{
		Use:   "mcp",
		Short: "Let a coding agent search, read and ask the documentation, by MCP on stdin and stdout",
		Long: `Speaks the Model Context Protocol on its standard input and output: editors and
agents start it by themselves. It answers from what was ingested here, and from newer
releases as they come; with --server it passes all on to a server's /mcp.`,
		Example: `  docent mcp
  docent mcp --data-dir /srv/docs/docent-data
  DOCENT_KEY=dk_... docent mcp --server https://ask.example.com`,
		Args: args(cobra.NoArgs),
	}
	site := siteFlag(c)
	elsewhere := remoteFlags(c, "search, and chat for ask_docs,")
	c.RunE = func(c *cobra.Command, _ []string) error {
		to, err := elsewhere.client(c)
		if err != nil {
			return err
		}
		if to != nil {
			return bridge(c, to)
		}
		return serveMCP(c, *site)
	}
	return c
}

// serveMCP answers from the index here.
func serveMCP(c *cobra.Command, site string) error {
	srv, err := open(c)
	if err != nil {
		return err
	}
	who := access.Local()
	who.Site = site
	err = srv.Ready(c.Context())
	if err == nil {
		err = srv.ServeMCP(c.Context(), io.NopCloser(c.InOrStdin()), unclosed{c.OutOrStdout()}, who)
	}
	return errors.Join(err, srv.Close())
}

// bridge passes all on to a server.
func bridge(c *cobra.Command, to *client) error {
	endpoint := strings.TrimSuffix(to.address, mcp.Root) + mcp.Root
	return mcp.Bridge(c.Context(), endpoint, to.key, io.NopCloser(c.InOrStdin()), unclosed{c.OutOrStdout()}, func(err error) {
		fmt.Fprintln(c.ErrOrStderr(), "docent: "+err.Error())
	})
}

// keyOf gives the key for a server, from the flag, the variable or the file.
func keyOf(flag string, vars map[string]string) (string, error) {
	if key := cmp.Or(flag, vars[keyVariable]); key != "" {
		return strings.TrimSpace(key), nil
	}
	file := vars[keyVariable+"_FILE"]
	if file == "" {
		return "", nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", usageErrorf("%s_FILE: %w", keyVariable, err)
	}
	return strings.TrimSpace(string(text)), nil
}

// unclosed is the program's own output, which nobody else closes.
type unclosed struct{ io.Writer }

// Close does nothing.
func (unclosed) Close() error { return nil }
