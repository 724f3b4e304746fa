package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// jumpVariable says by how many seconds the clock of the jumpy program is off;
// "wild" is by another year, in either direction, every 5 ms.
const jumpVariable = "BENCH_CLOCK"

// reading is where the standard library reads the clock.
const reading = "sec, nsec, mono := runtimeNow()\n"

// jumping is added to the standard library's package time.
const jumping = `package time

import "syscall"

var jumpBy, _ = syscall.Getenv("` + jumpVariable + `")

func jumped(mono int64) (seconds int64) {
	if jumpBy == "wild" {
		x := uint64(mono/5e6) * 0x9e3779b97f4a7c15
		return int64(x>>38) - 1<<25
	}
	digits, sign := jumpBy, int64(1)
	if digits != "" && digits[0] == '-' {
		digits, sign = digits[1:], -1
	}
	for _, digit := range digits {
		seconds = 10*seconds + int64(digit-'0')
	}
	return sign * seconds
}
`

// buildJumpy builds the program with a clock that can be told to jump, since
// the machine's own is not ours to set: the compiler is given another version
// of the file of the standard library that reads the time. What measures time
// by the monotonic clock is untouched, as it is where a real clock is set.
func (s *soak) buildJumpy(ctx context.Context) error {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return err
	}
	original := filepath.Join(strings.TrimSpace(string(root)), "src", "time", "time.go")
	text, err := os.ReadFile(original)
	if err != nil {
		return err
	}
	before, now, found := strings.Cut(string(text), "\nfunc Now() Time {\n")
	if !found || !strings.Contains(now, reading) {
		return errors.New("this Go reads the clock in another way")
	}
	now = strings.Replace(now, reading, reading+"\tsec += jumped(mono)\n", 1)
	replaced := map[string]string{}
	for to, text := range map[string]string{original: before + "\nfunc Now() Time {\n" + now, filepath.Join(filepath.Dir(original), "jump.go"): jumping} {
		from := filepath.Join(s.dir, "clock-"+filepath.Base(to))
		if err := os.WriteFile(from, []byte(text), 0o644); err != nil {
			return err
		}
		replaced[to] = from
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		return err
	}
	file := filepath.Join(s.dir, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o644); err != nil {
		return err
	}
	s.jumpy, err = s.build(ctx, "docent-jumpy", "-overlay", file)
	return err
}
