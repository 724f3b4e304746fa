package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"docent"
)

// State is how a check came out.
type State string

// The states of a Finding.
const (
	StateOK      State = "ok"
	StateWarning State = "warning" // it works, and someone should look at it
	StateProblem State = "problem" // it does not work, or must not stay so
	StateSkipped State = "skipped" // there was nothing to check, or no way to
)

// Finding is what one check found out, for a person and for a script. It names
// no secret.
type Finding struct {
	Check  string `json:"check"` // never changes: data_folder, index, model_key ...
	State  State  `json:"state"`
	Detail string `json:"detail"`
	Fix    string `json:"fix"` // what to do; "" where there is nothing to do
}

// check makes the findings of the check that it names.
type check string

func (c check) ok(format string, args ...any) Finding {
	return Finding{string(c), StateOK, fmt.Sprintf(format, args...), ""}
}

func (c check) skipped(fix, format string, args ...any) Finding {
	return Finding{string(c), StateSkipped, fmt.Sprintf(format, args...), fix}
}

func (c check) warning(fix, format string, args ...any) Finding {
	return Finding{string(c), StateWarning, fmt.Sprintf(format, args...), fix}
}

func (c check) problem(fix, format string, args ...any) Finding {
	return Finding{string(c), StateProblem, fmt.Sprintf(format, args...), fix}
}

// warned is the warning that err tells of, as failed is the problem.
func (c check) warned(err error, fix string) Finding {
	f := c.failed(err, fix)
	f.State = StateWarning
	return f
}

// failed is the problem that err tells of, with its own hint where it has one.
func (c check) failed(err error, fix string) Finding {
	var told *docent.Error
	if errors.As(err, &told) && told.Hint != "" {
		fix = told.Hint
	}
	return c.problem(fix, "%s", strings.Join(strings.Fields(err.Error()), " "))
}

// Doctor checks a configuration that is valid against the machine it is to run
// on: folders and files, the index, the model (which it asks for one token),
// what is reachable by whom, and, by a rehearsal, the server itself. A server
// that runs meanwhile is not disturbed, and nothing stays changed.
func Doctor(ctx context.Context, cfg Config) []Finding {
	if _, err := os.Stat(cfg.DataDir); errors.Is(err, fs.ErrNotExist) {
		defer os.Remove(cfg.DataDir) // goes only if it is still empty
	}
	var all []Finding
	for _, check := range []func(context.Context, *Config) []Finding{
		checkDataFolder, checkDatabase, checkIndexFile, checkIndex, checkModel, checkEmbeddings, checkTools, checkHooks,
		checkListening, checkPort, checkPublicURL, checkIdentity, checkKeys, checkSecret, checkOrigins, checkLimits, checkRehearsal, checkLogs,
	} {
		all = append(all, check(ctx, &cfg)...)
	}
	return all
}

func checkLogs(_ context.Context, c *Config) []Finding {
	logs := check("logs")
	switch level := strings.ToLower(c.LogLevel); level {
	case "debug":
		return []Finding{logs.warning("set LOG_LEVEL=info unless you are looking for something", "the level is debug, which logs every request at length")}
	case "error", "critical":
		return []Finding{logs.warning("set LOG_LEVEL=info", "the level is %s, which hides refused origins and a model that is down", level)}
	default:
		return []Finding{logs.ok("on standard error, from level %s up", level)}
	}
}
