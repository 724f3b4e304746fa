package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"
)

// action is what the test reads of deploy/action/action.yml.
type action struct {
	Inputs map[string]struct{ Description, Default string }
	Runs   struct {
		Using string
		Steps []struct {
			Name, If, Shell, Run string
			Env                  map[string]string
		}
	}
}

// TestTheActionCallsWhatThereIs holds every command, flag and input that the
// GitHub Action names against the command line and itself.
func TestTheActionCallsWhatThereIs(t *testing.T) {
	raw, err := os.ReadFile("../../deploy/action/action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var a action
	if err := yaml.Unmarshal(raw, &a); err != nil {
		t.Fatal(err)
	}
	if a.Runs.Using != "composite" || len(a.Runs.Steps) < 3 {
		t.Fatalf("%+v", a.Runs)
	}
	named := map[string]bool{}
	for _, m := range regexp.MustCompile(`inputs\.([a-z-]+)`).FindAllStringSubmatch(string(raw), -1) {
		named[m[1]] = true
		if _, there := a.Inputs[m[1]]; !there {
			t.Errorf("it reads an input %s, and has none", m[1])
		}
	}
	for name := range a.Inputs {
		if !named[name] {
			t.Errorf("nothing reads the input %s", name)
		}
	}
	calls := 0
	for _, step := range a.Runs.Steps {
		if step.Shell != "bash" {
			t.Errorf("%s: a composite step needs its shell", step.Name)
		}
		if strings.Contains(step.Run, "${{") {
			t.Errorf("%s: what an event says would be run as a part of the script; pass it in env", step.Name)
		}
		calls += checkCalls(t, step.Run)
	}
	if calls < 3 {
		t.Errorf("only %d calls of docent were found: the test does not see them", calls)
	}
	if variables := a.Runs.Steps[len(a.Runs.Steps)-1].Env; variables[pushKeyVariable] == "" {
		t.Errorf("the key is not in %s: %v", pushKeyVariable, variables)
	}
}

// TestTheWorkflowsOfTheManualCallWhatThereIs does the same with the guide's.
func TestTheWorkflowsOfTheManualCallWhatThereIs(t *testing.T) {
	raw, err := os.ReadFile("../../docs-sample/guides/ingest-from-ci.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```(yaml|sh)\n(.*?)```").FindAllStringSubmatch(string(raw), -1)
	calls := 0
	for _, b := range blocks {
		var any map[string]any
		if b[1] == "yaml" {
			if err := yaml.Unmarshal([]byte(b[2]), &any); err != nil {
				t.Errorf("%v in %s", err, b[2])
			}
		}
		calls += checkCalls(t, b[2])
	}
	if calls < 5 {
		t.Errorf("only %d calls of docent were found: the test does not see them", calls)
	}
	var a action
	file, err := os.ReadFile("../../deploy/action/action.yml")
	if err == nil {
		err = yaml.Unmarshal(file, &a)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{string(raw), workflowTemplate} {
		_, with, found := strings.Cut(text, "        with:\n")
		if !found {
			t.Fatal("no workflow gives the action inputs")
		}
		with, _, _ = strings.Cut(with, "```")
		for _, m := range regexp.MustCompile(`(?m)^          ([a-z-]+):`).FindAllStringSubmatch(with, -1) {
			if _, there := a.Inputs[m[1]]; !there {
				t.Errorf("a workflow gives the action %s, which it does not take", m[1])
			}
		}
	}
}

// checkCalls holds the calls of docent in a script against the command line, and
// counts them. Flags of the arrays that a call is given count as its own.
func checkCalls(t *testing.T, script string) (calls int) {
	t.Helper()
	var known []*cobra.Command
	for _, m := range regexp.MustCompile(`(?m)(?:^|[|&;]|\bthen) *docent ((?:[a-z]+ )*[a-z]+)`).FindAllStringSubmatch(script, -1) {
		c, _, err := newRoot().Find(strings.Fields(m[1]))
		if err != nil || !c.HasParent() {
			t.Errorf("docent %s is no command", m[1])
			continue
		}
		known = append(known, c)
	}
	for line := range strings.Lines(script) {
		if len(known) == 0 || regexp.MustCompile(`\b(gh|tar|grep|sed|tr|curl) `).MatchString(line) {
			continue
		}
		for _, m := range regexp.MustCompile(`--([a-z][a-z-]*)`).FindAllStringSubmatch(line, -1) {
			if !hasFlag(known, m[1]) {
				t.Errorf("no command of the script has the flag --%s: %s", m[1], line)
			}
		}
	}
	return len(known)
}

func hasFlag(commands []*cobra.Command, name string) bool {
	for _, c := range commands {
		if c.Flags().Lookup(name) != nil || c.InheritedFlags().Lookup(name) != nil {
			return true
		}
	}
	return false
}
