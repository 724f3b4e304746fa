package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"docent/eval"
	"docent/server"
)

func newExplain() *cobra.Command {
	c := &cobra.Command{
		Use:   "explain [MESSAGE_ID]",
		Short: "Tell why an answer came: what was searched, found, sent and judged",
		Long: `Prints how an answer came to be: the question as it was searched for, the first
candidates with what they were ranked by, how sure it was that the documentation
holds the answer, which passages a model was given and which not, the prompt, and
the verdict of each sentence with its reason. Without MESSAGE_ID it is the site's
latest answer. It holds what a reader wrote: look through it before you share it.

Answers are explained for as long as chat.keep_traces says, 7 days by default.`,
		Example: `  docent explain
  docent explain msg_2fd1c0b9a7e84536
  docent explain --json msg_2fd1c0b9a7e84536 | jq .trace.candidates
  docent explain --to questions.jsonl msg_2fd1c0b9a7e84536`,
		Args: args(cobra.MaximumNArgs(1)),
	}
	asJSON := c.Flags().Bool("json", false, "print the answer and its trace as JSON")
	to := c.Flags().String("to", "", "file of questions to append one to, for 'docent eval': its question, history, and what it cites as relevant")
	site := siteFlag(c)
	c.RunE = func(c *cobra.Command, ids []string) error {
		s, _, err := prepare(c)
		if err != nil {
			return err
		}
		id := ""
		if len(ids) > 0 {
			id = ids[0]
		}
		e, err := server.Explain(c.Context(), s.Config, *site, id)
		switch {
		case err != nil:
			return err
		case *to != "":
			return explainTo(c, e, *to)
		case *asJSON:
			return printJSON(c, e)
		}
		_, err = io.WriteString(c.OutOrStdout(), explained(e))
		return err
	}
	return c
}

// explainTo appends an explained answer's question to a file.
func explainTo(c *cobra.Command, e server.Explanation, name string) error {
	q, err := e.Question()
	if err != nil {
		return err
	}
	if err := appendQuestion(name, q); err != nil {
		return err
	}
	what := "as one that the documentation does not answer"
	if q.Answerable {
		what = fmt.Sprintf("with %s as relevant", plural(len(q.Relevant), "section", "sections"))
	}
	fmt.Fprintf(c.ErrOrStderr(), "docent: appended to %s %s: look whether that is right\n", name, what)
	return nil
}

// appendQuestion writes a line at a file's end, whose last line may lack its end.
func appendQuestion(name string, q eval.Question) (err error) {
	line, err := json.Marshal(q)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	last := []byte{'\n'}
	if size > 0 {
		if _, err := f.ReadAt(last, size-1); err != nil {
			return err
		}
	}
	if last[0] != '\n' {
		line = append([]byte{'\n'}, line...)
	}
	_, err = f.Write(append(line, '\n'))
	return err
}
