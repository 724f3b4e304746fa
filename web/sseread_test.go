package web

import (
	"strconv"
	"strings"
)

// frame is an event as a client reads it.
type frame struct{ ID, Event, Data string }

// eventReader reads a stream as the HTML standard says, in whatever pieces it comes. It
// shares nothing with what writes streams.
type eventReader struct {
	frames   []frame
	comments int
	lastID   string // that a client would connect again with
	retry    int    // milliseconds; 0 is not said

	line    []byte
	afterCR bool
	begun   bool // a line was read
	frame   frame
	data    []string // nil where there was no line of data
}

// Write takes the next piece. It never fails.
func (r *eventReader) Write(p []byte) (int, error) {
	for _, c := range p {
		follows := r.afterCR && c == '\n'
		r.afterCR = c == '\r'
		switch {
		case follows:
		case c == '\n' || c == '\r':
			r.take(string([]rune(string(r.line))))
			r.line = r.line[:0]
		default:
			r.line = append(r.line, c)
		}
	}
	return len(p), nil
}

// take interprets a line.
func (r *eventReader) take(line string) {
	if !r.begun {
		line = strings.TrimPrefix(line, "\uFEFF")
		r.begun = true
	}
	name, value, _ := strings.Cut(line, ":")
	value = strings.TrimPrefix(value, " ")
	switch {
	case line == "":
		r.dispatch()
	case name == "":
		r.comments++
	case name == "event":
		r.frame.Event = value
	case name == "data":
		r.data = append(r.data, value)
	case name == "id" && !strings.Contains(value, "\x00"):
		r.frame.ID, r.lastID = value, value
	case name == "retry" && value != "" && strings.Trim(value, "0123456789") == "":
		r.retry, _ = strconv.Atoi(value)
	}
}

func (r *eventReader) dispatch() {
	if r.data != nil {
		r.frame.Data = strings.Join(r.data, "\n")
		r.frames = append(r.frames, r.frame)
	}
	r.frame, r.data = frame{}, nil
}

// readFrames reads a stream that is there as a whole.
func readFrames(stream string) (frames []frame, comments int) {
	var r eventReader
	r.Write([]byte(stream))
	return r.frames, r.comments
}

// pythonLines makes a line end of all at which Python's str.splitlines divides, and so
// clients that read a stream as lines of text.
var pythonLines = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\v", "\n", "\f", "\n", "\x1c", "\n", "\x1d", "\n", "\x1e", "\n",
	"\u0085", "\n", "\u2028", "\n", "\u2029", "\n")
