//go:build linux || darwin || freebsd

package server

import "golang.org/x/sys/unix"

// freeSpace gives the bytes that its user can still write to the disk that
// holds path.
func freeSpace(path string) (bytes uint64, known bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return 0, false
	}
	return uint64(s.Bavail) * uint64(s.Bsize), true
}
