package hook

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
)

const (
	// maxStream is how many bytes of a stream are read.
	maxStream = 4 << 20
	// maxEvent bounds one line of a stream, in bytes.
	maxEvent = 256 << 10
)

// errDone ends the reading of a stream.
var errDone = errors.New("the answer is complete")

// read passes on an answer, in whichever of the three forms it comes: each event of a
// stream, until it gives errDone, or the whole of one that comes at once.
func read(answer *http.Response, event func(name string, data []byte) error, whole func(io.Reader) error) error {
	kind, _, err := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	body := io.LimitReader(answer.Body, maxStream)
	switch {
	case err != nil:
		return errors.New("the answer does not say its content type")
	case kind == "text/event-stream":
		err = readSSE(body, event)
	case kind == "application/x-ndjson":
		err = readLines(body, event)
	case kind == "application/json":
		err = cmp.Or(whole(answer.Body), errDone)
	default:
		return fmt.Errorf("the answer's content type is %s", kind)
	}
	switch {
	case err == nil:
		return errors.New("the stream ended without done")
	case errors.Is(err, errDone):
		return nil
	}
	return err
}

func newLines(r io.Reader) *bufio.Scanner {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4<<10), maxEvent)
	return lines
}

// readSSE gives each Server-Sent Event of r: an "event:" and its "data:" lines.
// Comments, ids and events without data are skipped. The error is that of r or of
// event.
func readSSE(r io.Reader, event func(name string, data []byte) error) error {
	lines := newLines(r)
	var name string
	var data bytes.Buffer
	for lines.Scan() {
		line := strings.TrimSuffix(lines.Text(), "\r")
		if line == "" {
			if data.Len() > 0 {
				if err := event(name, data.Bytes()); err != nil {
					return err
				}
			}
			name = ""
			data.Reset()
			continue
		}
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "event":
			name = value
		case "data":
			if data.Len()+len(value) > maxEvent {
				return fmt.Errorf("an event has more than %d bytes", maxEvent)
			}
			if data.Len() > 0 {
				data.WriteByte('\n')
			}
			data.WriteString(value)
		}
	}
	return lines.Err()
}

// readLines gives each line of r, which is a JSON object whose "event" names what
// it is. Empty lines are skipped.
func readLines(r io.Reader, event func(name string, data []byte) error) error {
	lines := newLines(r)
	for lines.Scan() {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var named struct {
			Event string `json:"event"`
		}
		if err := json.Unmarshal(lines.Bytes(), &named); err != nil {
			return fmt.Errorf("a line is no JSON object: %w", err)
		}
		if err := event(named.Event, lines.Bytes()); err != nil {
			return err
		}
	}
	return lines.Err()
}
