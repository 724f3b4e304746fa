package main

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"docent/server"
)

func newDoctor() *cobra.Command {
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Check the whole setup, and say what to do where something is wrong",
		Long: `Checks the configuration, the data folder, the databases, the model (which is
asked for one token), who can reach the server, and the server itself in a short
rehearsal. It prints a line for each check, changes nothing, and shows no secret.
It can run beside a server.

Exit codes: 0 no problem, 1 at least one.`,
		Example: `  docent doctor
  docent doctor --json | jq '.[] | select(.state == "problem")'`,
		Args: args(cobra.NoArgs),
	}
	asJSON := c.Flags().Bool("json", false, "print a JSON list of {check, state, detail, fix}")
	c.RunE = func(c *cobra.Command, _ []string) error {
		findings := examine(c)
		show := printFindings
		if *asJSON {
			show = func(c *cobra.Command, list []server.Finding) error { return printJSON(c, list) }
		}
		if err := show(c, findings); err != nil {
			return err
		}
		return verdict(c, findings)
	}
	return c
}

// examine runs every check. A configuration that can't be used is a finding,
// too, and leaves nothing to run the others with.
func examine(c *cobra.Command) []server.Finding {
	s, err := loadSettings(c)
	findings := []server.Finding{s.configuration(c, err), environmentFinding(s), dotenvFinding()}
	if err != nil {
		return append(findings, server.Finding{Check: "everything_else", State: server.StateSkipped, Detail: "there is no configuration to check it with"})
	}
	findings = append(findings, server.Doctor(c.Context(), s.Config)...)
	for i := range findings {
		findings[i].Detail = s.masked(findings[i].Detail)
	}
	return findings
}

// configuration says which file was read and what came of it.
func (s *settings) configuration(c *cobra.Command, err error) server.Finding {
	f := server.Finding{Check: "configuration", State: server.StateOK}
	name, _ := configFile(c)
	switch {
	case err != nil:
		f.State, f.Detail, f.Fix = server.StateProblem, err.Error(), "correct it; 'docent config' shows what counts when it loads"
		return f
	case len(s.warnings) > 0:
		f.State, f.Detail, f.Fix = server.StateWarning, strings.Join(s.warnings, "; "), "correct or unset it"
		return f
	}
	if _, err := os.Stat(name); err != nil {
		name = "no file"
	}
	changed := 0
	for _, fact := range s.facts {
		if fact.from != "default" {
			changed++
		}
	}
	f.Detail = fmt.Sprintf("%s; %d of %d settings are set, the others have their defaults", name, changed, len(s.facts))
	return f
}

// variableName is what the names of variables look like among facts.
var variableName = regexp.MustCompile(`^[A-Z][A-Z0-9_]+$`)

// besides are variables that count without setting a key.
var besides = []string{"DOCENT_CONFIG", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"}

// environmentFinding names the variables that count, never their values.
func environmentFinding(s *settings) server.Finding {
	names := map[string]bool{}
	if s != nil {
		for _, fact := range s.facts {
			if variableName.MatchString(fact.from) {
				names[fact.from] = true
			}
		}
	}
	for _, name := range besides {
		if os.Getenv(name) != "" {
			names[name] = true
		}
	}
	f := server.Finding{Check: "environment", State: server.StateOK, Detail: "no variable sets anything"}
	if len(names) > 0 {
		f.Detail = "set by " + strings.Join(slices.Sorted(maps.Keys(names)), ", ")
	}
	return f
}

// dotenvFinding looks at who can read .env, which mostly holds a key.
func dotenvFinding() server.Finding {
	f := server.Finding{Check: "env_file", State: server.StateSkipped, Detail: "there is no .env in this folder"}
	info, err := os.Stat(".env")
	if err != nil {
		return f
	}
	f.State, f.Detail = server.StateOK, ".env is read, and only its owner can read it"
	if runtime.GOOS == "windows" {
		f.Detail = ".env is read"
	} else if mode := info.Mode().Perm(); mode&0o077 != 0 {
		f.State, f.Detail, f.Fix = server.StateWarning, fmt.Sprintf(".env can be read by others on this machine (%s)", fs.FileMode(mode)), "chmod 600 .env"
	}
	return f
}

func printFindings(c *cobra.Command, findings []server.Finding) error {
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
	for _, f := range findings {
		line := f.Detail
		if f.Fix != "" {
			line += " -> " + f.Fix
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", f.State, strings.ReplaceAll(f.Check, "_", " "), strings.Join(strings.Fields(line), " "))
	}
	return w.Flush()
}

// verdict counts what is to be done. Problems are an error.
func verdict(c *cobra.Command, findings []server.Finding) error {
	count := map[server.State]int{}
	for _, f := range findings {
		count[f.State]++
	}
	warnings := plural(count[server.StateWarning], "warning", "warnings")
	if n := count[server.StateProblem]; n > 0 {
		return &exitError{exitFailed, fmt.Errorf("%s, %s", plural(n, "problem", "problems"), warnings)}
	}
	fmt.Fprintf(c.ErrOrStderr(), "docent: no problem, %s\n", warnings)
	return nil
}
