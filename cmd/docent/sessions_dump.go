package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"docent/web/chatkit"
)

// maxLine bounds a line of a dump, in bytes: a thread with all that is in it.
const maxLine = 64 << 20

// errLongLine says that a line has more.
var errLongLine = fmt.Errorf("it is longer than %d MB: give its items as lines of their own", maxLine>>20)

// eachLine gives fn the lines that are not blank, with their numbers and where their
// text begins; nil is a line that is too long. fn must not keep the text.
func eachLine(r io.Reader, most int, fn func(number int, at int64, text []byte) error) error {
	in := bufio.NewReaderSize(r, 1<<16)
	var line []byte
	for number, at := 1, int64(0); ; number++ {
		line = line[:0]
		size, long := int64(0), false
		var err error
		for {
			var part []byte
			part, err = in.ReadSlice('\n')
			size += int64(len(part))
			if long = long || len(line)+len(part) > most+1; !long {
				line = append(line, part...)
			}
			if !errors.Is(err, bufio.ErrBufferFull) {
				break
			}
		}
		if err != nil && err != io.EOF {
			return err
		}
		text := line
		if number == 1 {
			text = bytes.TrimPrefix(text, []byte("\ufeff"))
		}
		begins := at + int64(len(line)-len(text))
		text = bytes.TrimRight(text, " \t\r\n")
		if long {
			text, begins = nil, at
		}
		if long || len(bytes.TrimSpace(text)) > 0 {
			if failed := fn(number, begins, text); failed != nil {
				return failed
			}
		}
		if err == io.EOF {
			return nil
		}
		at += size
	}
}

// lineRef is where a line of a dump stands.
type lineRef struct {
	file, number int32
	at           int64
	size         int32
}

// dumpThread is where a thread and its items stand. Of a dump only that is held in
// memory: 24 bytes a line.
type dumpThread struct {
	thread lineRef // size 0 where no line has the thread itself
	items  []lineRef
}

// dump is the lines of some files, by thread.
type dump struct {
	names   []string
	files   []*os.File
	threads map[string]*dumpThread
	order   []string // of the threads, as they come
	wrong   []dumpError
}

// dumpError is a line that could not be brought in.
type dumpError struct {
	File  string `json:"file"`
	Line  int    `json:"line"`
	Error string `json:"error"`
	at    lineRef
}

// refuse notes what is wrong with a line.
func (d *dump) refuse(at lineRef, err error) {
	d.wrong = append(d.wrong, dumpError{d.names[at.file], int(at.number), err.Error(), at})
}

// add reads where the threads and items of a file stand. The file is kept open.
func (d *dump) add(name string, file *os.File) error {
	d.names, d.files = append(d.names, name), append(d.files, file)
	return eachLine(file, maxLine, func(number int, at int64, text []byte) error {
		ref := lineRef{int32(len(d.files) - 1), int32(number), at, int32(len(text))}
		if text == nil {
			d.refuse(ref, errLongLine)
			return nil
		}
		var head struct {
			ID       string `json:"id"`
			ThreadID string `json:"thread_id"`
		}
		err := json.Unmarshal(text, &head)
		switch {
		case err != nil, head.ID == "" && head.ThreadID == "":
			if _, told := chatkit.ReadDump(text); told != nil {
				err = told
			}
			d.refuse(ref, err)
		case head.ThreadID != "":
			t := d.thread(head.ThreadID)
			t.items = append(t.items, ref)
		case d.thread(head.ID).thread.size > 0:
			first := d.thread(head.ID).thread
			d.refuse(ref, fmt.Errorf("the thread %s stands in %s:%d already", head.ID, d.names[first.file], first.number))
		default:
			d.thread(head.ID).thread = ref
		}
		return nil
	})
}

func (d *dump) thread(id string) *dumpThread {
	t := d.threads[id]
	if t == nil {
		t = &dumpThread{}
		d.threads[id] = t
		d.order = append(d.order, id)
	}
	return t
}

// read reads a line again.
func (d *dump) read(ref lineRef) (chatkit.Dumped, error) {
	text := make([]byte, ref.size)
	if _, err := d.files[ref.file].ReadAt(text, ref.at); err != nil {
		return chatkit.Dumped{}, fmt.Errorf("it can't be read again: %w", err)
	}
	return chatkit.ReadDump(text)
}

func (d *dump) close() {
	for _, f := range d.files {
		f.Close() // it was only read
	}
}
