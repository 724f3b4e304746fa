//go:build !linux

package sqlite

import (
	"errors"
	"testing"
)

// mountReadOnly is for Linux.
func mountReadOnly(*testing.T, string) error { return errors.ErrUnsupported }
