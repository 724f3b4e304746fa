package postgrestest

import "os/exec"

func giveAway(string) error { return nil }

func unprivileged(*exec.Cmd) {}
