// Package widget holds what a browser gets from Docent, built and ready to be
// served:
//
//	widget.js    the one script that any page can include: a button, a dialog,
//	             streamed answers with their sources; or, with data-mount, the
//	             same conversation as part of a page
//	index.html   the page at /, which mounts it
//	reader.js    formats the Markdown of the pages under /docs/
//	page.css     styles these pages and those that say what went wrong
//	favicon.svg  their picture in a browser's tab
//
// The sources are TypeScript in src; `npm ci && npm run build` in this folder
// writes dist, which is committed, so that Docent builds with Go alone. A test
// holds the two together. Every address in the files is relative, so they work
// under any path prefix; none of them needs an inline style or script, so they
// work under a strict content security policy.
//
// What the widget doubts: everything that it shows. Text reaches the page as
// text nodes, links only lead to http and https, and a stream that breaks off
// is taken up again rather than shown as finished.
package widget

import (
	"embed"
	"io/fs"
)

//go:embed dist
var dist embed.FS

// FS holds the files named above, at its root. fs.Sub fails only for a name
// that is no path.
var FS, _ = fs.Sub(dist, "dist")
