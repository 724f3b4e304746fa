package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"docent"
)

// The exit codes, for scripts.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2 // wrong usage or configuration
	exitPartly      = 3 // some files failed, the rest is in
	exitGate        = 4 // a quality gate was missed
	exitInterrupted = 130
)

// exitError is an error with the exit code that it means.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// usageErrorf makes an error of usage or configuration.
func usageErrorf(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

// report prints what went wrong, what to do about it, and gives the exit code.
func report(ctx context.Context, stderr io.Writer, err error) int {
	if err == nil {
		return exitDone
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		fmt.Fprintln(stderr, "docent: interrupted")
		return exitInterrupted
	}
	fmt.Fprintln(stderr, "docent: "+err.Error())
	var told *docent.Error
	if errors.As(err, &told) && told.Hint != "" {
		fmt.Fprintln(stderr, "docent: hint: "+told.Hint)
	}
	var exit *exitError
	if errors.As(err, &exit) {
		return exit.code
	}
	return exitFailed
}
