package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"docent": func() { os.Exit(start()) }})
}

// TestScripts runs testdata/script: each file is a session of commands with
// what they must print. `go test ./cmd/docent -run Scripts/ask` runs one.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve":  serveCommand,
			"hangup": hangupCommand,
			"served": servedCommand,
			"model":  modelCommand,
			"get":    getCommand,
			"idof":   idCommand,
			"zipped": zippedCommand,
			"keep":   keyCommand,
		},
	})
}
