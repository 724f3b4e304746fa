package llm

import (
	"bytes"
	"errors"
	"io"
)

// maxEventBytes bounds a line, and the data of an event: real chunks have a few
// hundred bytes, an answer sent whole a few ten thousand.
const maxEventBytes = 1 << 20

var errTooLong = errors.New("a line or event of more than 1 MiB")

// events reads Server-Sent Events, of which only the data counts here. Lines
// end with LF, CR LF or CR; a line is given on as soon as its end is there, so
// that no delta waits for the next one.
type events struct {
	src    io.Reader
	buf    []byte // buf[start:end] was read and not yet consumed
	start  int
	end    int
	err    error  // of src, once it gave one
	begun  bool   // a line was read
	afterC bool   // the last line ended with CR: an LF that follows belongs to it
	data   []byte // of the event in the making
}

func newEvents(src io.Reader) *events {
	return &events{src: src, buf: make([]byte, 1<<10)}
}

// next gives the data of the next event that has any; it is valid until the
// next call. At the end of the stream, lines that are complete count as an
// event even if the empty line after them is missing; a line without an end is
// dropped. Errors are src's, io.EOF among them, and errTooLong.
func (e *events) next() ([]byte, error) {
	e.data = e.data[:0]
	found := false
	for {
		line, err := e.line()
		switch {
		case err == io.EOF && found:
			return e.data, nil
		case err != nil:
			return nil, err
		case len(line) == 0 && found:
			return e.data, nil
		}
		field, value, _ := bytes.Cut(line, []byte(":"))
		if string(field) != "data" {
			continue
		}
		if found {
			e.data = append(e.data, '\n')
		}
		found = true
		e.data = append(e.data, bytes.TrimPrefix(value, []byte(" "))...)
		if len(e.data) > maxEventBytes {
			return nil, errTooLong
		}
	}
}

// line gives the next line without its end; it is valid until the next call.
func (e *events) line() ([]byte, error) {
	for scanned := 0; ; {
		if e.afterC && e.start < e.end {
			e.afterC = false
			if e.buf[e.start] == '\n' {
				e.start++
			}
		}
		pending := e.buf[e.start:e.end]
		i := bytes.IndexAny(pending[scanned:], "\r\n")
		if i >= 0 {
			scanned += i
		} else {
			scanned = len(pending)
		}
		if scanned > maxEventBytes {
			return nil, errTooLong
		}
		if i >= 0 {
			e.afterC = pending[scanned] == '\r'
			e.start += scanned + 1
			return e.unmarked(pending[:scanned]), nil
		}
		if err := e.fill(); err != nil {
			return nil, err
		}
	}
}

// unmarked drops the byte order mark that a stream may begin with.
func (e *events) unmarked(line []byte) []byte {
	if e.begun {
		return line
	}
	e.begun = true
	return bytes.TrimPrefix(line, []byte("\ufeff"))
}

// fill reads at least one byte, after making room for it.
func (e *events) fill() error {
	if e.err != nil {
		return e.err
	}
	if e.start > 0 {
		e.end = copy(e.buf, e.buf[e.start:e.end])
		e.start = 0
	}
	if e.end == len(e.buf) {
		e.buf = append(e.buf, make([]byte, len(e.buf))...)
	}
	for range 100 {
		n, err := e.src.Read(e.buf[e.end:])
		e.end += n
		e.err = err
		if n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}
