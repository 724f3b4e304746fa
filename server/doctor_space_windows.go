package server

import "golang.org/x/sys/windows"

// freeSpace gives the bytes that its user can still write to the disk that
// holds path.
func freeSpace(path string) (bytes uint64, known bool) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0, false
	}
	err = windows.GetDiskFreeSpaceEx(name, &bytes, nil, nil)
	return bytes, err == nil
}
