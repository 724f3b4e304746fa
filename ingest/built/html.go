package built

import (
	"bytes"

	"golang.org/x/net/html"
)

// ids gives the anchors of a page: every id, and the name of every <a>. An
// address with a redirect in its head (<meta http-equiv="refresh">) has them,
// too: it is a page all the same.
func ids(page []byte) map[string]bool {
	found := map[string]bool{}
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return found
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			link := len(name) == 1 && name[0] == 'a'
			for more {
				var key, value []byte
				key, value, more = z.TagAttr()
				if len(value) > 0 && (string(key) == "id" || link && string(key) == "name") {
					found[string(value)] = true
				}
			}
		}
	}
}
