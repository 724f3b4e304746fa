package fetch

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
)

// The bounds that sitemaps.org has for one file.
const (
	maxSitemapBytes   = 50 << 20
	maxSitemapEntries = 50_000
)

// maxSitemaps is how many sitemaps an index may name.
const maxSitemaps = 500

// sitemap is one file: the addresses of pages, or of other sitemaps.
type sitemap struct {
	pages, sitemaps []string
}

// readSitemap reads a sitemap or an index of them, compressed or not. A file
// that breaks off gives what stands before, with an error.
func readSitemap(raw []byte) (s sitemap, err error) {
	if raw, err = unzipped(raw); err != nil {
		return s, err
	}
	d := xml.NewDecoder(bytes.NewReader(raw))
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // addresses are ASCII
	var path []string
	known := false
	for len(s.pages)+len(s.sitemaps) < maxSitemapEntries {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return s, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			path = append(path, token.Name.Local)
			known = known || len(path) == 1 && (path[0] == "urlset" || path[0] == "sitemapindex")
		case xml.EndElement:
			path = path[:max(0, len(path)-1)]
		case xml.CharData:
			s.take(strings.Join(path[:min(len(path), 4)], "/"), strings.TrimSpace(string(token)))
		}
	}
	if !known {
		return s, errors.New("it is no sitemap")
	}
	return s, nil
}

func (s *sitemap) take(at, text string) {
	switch {
	case text == "":
	case at == "urlset/url/loc":
		s.pages = append(s.pages, text)
	case at == "sitemapindex/sitemap/loc":
		s.sitemaps = append(s.sitemaps, text)
	}
}

// unzipped undoes gzip, where it is.
func unzipped(raw []byte) ([]byte, error) {
	if !bytes.HasPrefix(raw, []byte{0x1f, 0x8b}) {
		return raw, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(z, maxSitemapBytes+1))
	if len(out) > maxSitemapBytes {
		return nil, fmt.Errorf("it is larger than %d bytes", maxSitemapBytes)
	}
	return out, err
}

// markdownLink is a link in an llms.txt.
var markdownLink = regexp.MustCompile(`\[[^\]\n]*\]\(\s*<?([^()\s<>]+(?:\([^()\s]*\)[^()\s<>]*)*)>?[^)\n]*\)`)

// readLLMs gives the pages that an llms.txt links to, but those of its section
// "Optional".
func readLLMs(text []byte) (pages []string) {
	optional := false
	for line := range strings.Lines(string(text)) {
		if heading, is := strings.CutPrefix(line, "## "); is {
			optional = strings.EqualFold(strings.TrimSpace(heading), "optional")
		}
		if optional {
			continue
		}
		for _, m := range markdownLink.FindAllStringSubmatch(line, -1) {
			pages = append(pages, m[1])
		}
	}
	return pages
}

// pageTwin undoes what makes an address that of a page's Markdown: the page
// itself has the anchors.
func pageTwin(u *url.URL) *url.URL {
	twin := *u
	for _, suffix := range []string{"/index.html.md", "/index.md", ".html.md", ".md"} {
		if path, is := strings.CutSuffix(u.Path, suffix); is {
			switch suffix {
			case "/index.html.md", "/index.md":
				path += "/"
			case ".html.md":
				path += ".html"
			}
			twin.Path, twin.RawPath = path, ""
			return &twin
		}
	}
	return u
}
