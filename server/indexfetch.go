package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"

	"docent"
)

// fetch gives the path of the file as it is now, and its version; "" where it is
// still the one that was looked at. What it downloaded is the caller's to delete.
func (x *fileIndex) fetch(ctx context.Context, looked version) (path string, now version, err error) {
	if x.remote() {
		return x.download(ctx, looked)
	}
	info, err := os.Stat(x.From)
	if err != nil {
		return "", now, &docent.Error{Code: docent.CodeStore, Message: "the index file can't be opened",
			Hint: "write it with 'docent index export', or correct index.from", Err: err}
	}
	now = version{ETag: fmt.Sprintf("%d %d", info.Size(), info.ModTime().UnixNano())}
	if now == looked {
		return "", now, nil
	}
	return x.From, now, nil
}

// download asks for the file if it is another one than was looked at.
func (x *fileIndex) download(ctx context.Context, looked version) (path string, now version, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, x.From, nil)
	if err != nil {
		return "", now, x.unreachable(err)
	}
	request.Header.Set("Accept-Encoding", "identity") // it is packed
	if looked.ETag != "" {
		request.Header.Set("If-None-Match", looked.ETag)
	}
	if looked.Modified != "" {
		request.Header.Set("If-Modified-Since", looked.Modified)
	}
	answer, err := x.client.Do(request)
	if err != nil {
		return "", now, x.unreachable(err)
	}
	defer answer.Body.Close()
	now = version{answer.Header.Get("ETag"), answer.Header.Get("Last-Modified")}
	switch {
	case answer.StatusCode == http.StatusNotModified, answer.StatusCode == http.StatusOK && now == looked && now != (version{}):
		return "", looked, nil
	case answer.StatusCode != http.StatusOK:
		return "", now, x.unreachable(fmt.Errorf("its server answered %s", answer.Status))
	case answer.ContentLength > x.MaxBytes:
		return "", now, x.tooLarge()
	}
	path, err = x.save(answer.Body)
	return path, now, err
}

// save writes a body into a file of its own.
func (x *fileIndex) save(body io.Reader) (path string, err error) {
	if err := os.MkdirAll(x.dir, 0o700); err != nil {
		return "", cantUnpack(err)
	}
	file, err := os.CreateTemp(x.dir, "fetch-*")
	if err != nil {
		return "", cantUnpack(err)
	}
	defer func() {
		if closed := file.Close(); err == nil && closed != nil {
			err = cantUnpack(closed)
		}
		if err != nil {
			os.Remove(file.Name())
			path = ""
		}
	}()
	n, err := io.Copy(file, io.LimitReader(body, x.MaxBytes+1))
	var full *os.PathError
	switch {
	case errors.As(err, &full):
		return "", cantUnpack(err)
	case err != nil:
		return "", x.unreachable(err)
	case n > x.MaxBytes:
		return "", x.tooLarge()
	}
	return filepath.Clean(file.Name()), nil
}

func (x *fileIndex) tooLarge() error {
	return &docent.Error{Code: docent.CodeTooLarge, Message: fmt.Sprintf("the index file at %s has more than %d bytes", x.place(), x.MaxBytes),
		Hint: "raise index.max_bytes if it is meant to be so large"}
}

// unreachable leaves out the address in cause: what stands in it may be secret.
func (x *fileIndex) unreachable(cause error) error {
	var of *url.Error
	if errors.As(cause, &of) {
		cause = of.Err
	}
	return &docent.Error{Code: docent.CodeNotReady, Message: "the index file at " + x.place() + " can't be fetched",
		Hint: "look whether its server answers, and at index.from", Err: cause}
}
