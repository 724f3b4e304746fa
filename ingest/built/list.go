package built

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"docent/ingest"
)

// The lists that generators write.
const (
	indexName     = "search_index.json" // MkDocs: in search/
	inventoryName = "objects.inv"       // Sphinx: at the root
)

// list is a site of which only the addresses are known.
type list struct {
	pages map[string]map[string]bool // anchors by page
	// complete says that every heading's anchor is in it; otherwise a page's
	// anchors that are not in it may be there.
	complete bool
}

// openList reads a generator's list.
func openList(name string, raw []byte) (Site, error) {
	l := list{pages: map[string]map[string]bool{}}
	var err error
	switch name {
	case indexName:
		l.complete = true
		err = l.readIndex(raw)
	case inventoryName:
		err = l.readInventory(raw)
	default:
		err = errors.New("it is neither search_index.json nor objects.inv")
	}
	if err != nil {
		return nil, unreadable(name, err)
	}
	return l, nil
}

// add takes in an address with its anchor.
func (l list) add(address string) {
	page, anchor, _ := strings.Cut(address, "#")
	if l.pages[page] == nil {
		l.pages[page] = map[string]bool{}
	}
	if anchor != "" {
		l.pages[page][anchor] = true
	}
}

// readIndex reads MkDocs' list: one entry for each page and each section.
func (l list) readIndex(raw []byte) error {
	var index struct {
		Docs []struct {
			Location string `json:"location"`
		} `json:"docs"`
	}
	if err := json.Unmarshal(raw, &index); err != nil {
		return err
	}
	if len(index.Docs) == 0 {
		return errors.New("it lists no pages")
	}
	for _, d := range index.Docs {
		l.add(d.Location)
	}
	return nil
}

// maxInventory bounds what an inventory may unpack to, in bytes.
const maxInventory = 256 << 20

// readInventory reads Sphinx' list, version 2: four lines, then packed lines of
// name, domain:role, priority, address and shown name. An address that ends with
// "$" goes on with the name.
func (l list) readInventory(raw []byte) error {
	for i := range 4 {
		line, rest, ok := bytes.Cut(raw, []byte("\n"))
		if !ok || i == 0 && !bytes.HasPrefix(line, []byte("# Sphinx inventory version 2")) {
			return errors.New("it is not an inventory of version 2")
		}
		raw = rest
	}
	unpacked, err := zlib.NewReader(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	defer unpacked.Close()
	lines := bufio.NewScanner(io.LimitReader(unpacked, maxInventory))
	lines.Buffer(nil, 1<<20)
	for n := 5; lines.Scan(); n++ {
		name, address, ok := inventoryLine(lines.Text())
		if !ok {
			return fmt.Errorf("line %d can't be read", n)
		}
		if before, short := strings.CutSuffix(address, "$"); short {
			address = before + name
		}
		l.add(address)
	}
	return lines.Err()
}

// inventoryLine takes a line apart. The name may hold spaces: its end is the
// first "domain:role priority".
func inventoryLine(line string) (name, address string, ok bool) {
	words := strings.Fields(line)
	for i := 1; i+2 < len(words); i++ {
		if strings.Contains(words[i], ":") && integer(words[i+1]) {
			return strings.Join(words[:i], " "), words[i+2], true
		}
	}
	return "", "", strings.TrimSpace(line) == ""
}

func integer(word string) bool {
	digits := strings.TrimPrefix(word, "-")
	return digits != "" && strings.Trim(digits, "0123456789") == ""
}

// Anchors implements Site; see Incomplete.
func (l list) Anchors(_ context.Context, page string) (map[string]bool, bool, error) {
	for _, name := range append(ingest.BuiltFiles(page), page) {
		if anchors, found := l.pages[name]; found {
			return anchors, true, nil
		}
	}
	return nil, false, nil
}

// Incomplete reports whether a site may have anchors that it does not know of:
// a missing one is then no mistake.
func Incomplete(s Site) bool {
	l, is := s.(list)
	return is && !l.complete
}
