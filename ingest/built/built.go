// Package built reads documentation sites as they were built: which pages
// there are, and which anchors each has. What is in the HTML is true, whatever
// the rules in ingest/site make of the sources; so links are checked against it.
//
// A site is a folder of HTML, the address of one that is online, or one of the
// lists that generators write: MkDocs' search_index.json and Sphinx' objects.inv.
package built

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"docent"
	"docent/ingest"
)

// Site is a built site. Pages are named by their addresses below the site's
// root, without a slash in front, without a query and an anchor.
type Site interface {
	// Anchors gives the ids of a page; found is false where it has no such
	// page. Errors are of reading, not of what was found.
	Anchors(ctx context.Context, page string) (ids map[string]bool, found bool, err error)
}

// maxPage is how much of a page is read, in bytes.
const maxPage = 32 << 20

// Open opens a site: a folder, a list's file, or an address, which client asks.
// Errors are docent.CodeInvalid.
func Open(ctx context.Context, at string, client *http.Client) (Site, error) {
	if strings.HasPrefix(at, "http://") || strings.HasPrefix(at, "https://") {
		return openURL(ctx, at, client)
	}
	info, err := os.Stat(at)
	switch {
	case err != nil:
		return nil, unreadable(at, err)
	case info.IsDir():
		return folder{os.DirFS(at)}, nil
	}
	raw, err := os.ReadFile(at)
	if err != nil {
		return nil, unreadable(at, err)
	}
	return openList(filepath.Base(at), raw)
}

func unreadable(at string, err error) error {
	return &docent.Error{Code: docent.CodeInvalid, Message: fmt.Sprintf("the built site %s can't be read", at),
		Hint: "name the folder that the site was built into, its search_index.json or objects.inv, or its address", Err: err}
}

// folder is a site in a folder.
type folder struct{ files fs.FS }

// Anchors implements Site.
func (f folder) Anchors(_ context.Context, page string) (map[string]bool, bool, error) {
	for _, name := range ingest.BuiltFiles(page) {
		if !fs.ValidPath(name) {
			continue
		}
		file, err := f.files.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, false, err
		}
		info, err := file.Stat()
		if err == nil && info.IsDir() {
			file.Close()
			continue
		}
		raw, err := io.ReadAll(io.LimitReader(file, maxPage))
		file.Close()
		if err != nil {
			return nil, false, err
		}
		return ids(raw), true, nil
	}
	return nil, false, nil
}

// online is a site at its address.
type online struct {
	base   *url.URL // ends with a slash
	client *http.Client
}

// pause is the time between two requests to a site: this is no load test.
const pause = 50 * time.Millisecond

func openURL(ctx context.Context, at string, client *http.Client) (Site, error) {
	u, err := url.Parse(at)
	if err != nil {
		return nil, unreadable(at, err)
	}
	if name := path.Base(u.Path); name == indexName || name == inventoryName {
		raw, found, err := get(ctx, client, u)
		if err == nil && !found {
			err = fs.ErrNotExist
		}
		if err != nil {
			return nil, unreadable(at, err)
		}
		return openList(name, raw)
	}
	u.RawQuery, u.Fragment = "", ""
	if !strings.HasSuffix(u.Path, "/") {
		u.Path += "/"
	}
	return online{u, client}, nil
}

// Anchors implements Site.
func (o online) Anchors(ctx context.Context, page string) (map[string]bool, bool, error) {
	select {
	case <-time.After(pause):
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
	at, err := o.base.Parse(strings.TrimPrefix(page, "/"))
	if err != nil {
		return nil, false, nil
	}
	raw, found, err := get(ctx, o.client, at)
	if err != nil || !found {
		return nil, false, err
	}
	return ids(raw), true, nil
}

// get reads what stands at an address; found is false where the server says
// that nothing does.
func get(ctx context.Context, client *http.Client, at *url.URL) (raw []byte, found bool, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, false, err
	}
	r.Header.Set("User-Agent", "docent (checks links)")
	answer, err := client.Do(r)
	if err != nil {
		return nil, false, err
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound, http.StatusGone:
		return nil, false, nil
	default:
		return nil, false, fmt.Errorf("%s answers %s", at, answer.Status)
	}
	raw, err = io.ReadAll(io.LimitReader(answer.Body, maxPage))
	return raw, err == nil, err
}
