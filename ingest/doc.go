// Package ingest makes a release of a folder of Markdown. Data passes through
// it like this:
//
//	folder.go       walk: the Markdown files of a folder, in path order
//	file.go         read and hash; what is unchanged stops here
//	frontmatter.go  YAML, TOML or JSON at the top, heads.go reads only that
//	page.go         parse: sections with their anchors (site/ has the rules)
//	blocks.go       each block as normalised Markdown, inline.go its words
//	links.go        where links lead
//	called.go       what other pages call a section, about.go what else is said of a page
//	split.go        chunks within a token budget, cut.go cuts what is too long
//	anchorsfrom.go  anchors from the built site, where it is at hand
//	copies.go       pages with the same text: one of them stays
//	units.go        each version in each language is released by itself
//	write.go        the difference from the last release, written and published
//
// Run writes a release, DryRun tells what Run would do. Everything before the
// Index is pure: equal bytes, names and settings make equal chunks.
//
// An ingest can be killed at any line: until Publish nothing is seen, and the
// next run begins anew from the last release. What goes wrong with one file is
// reported and never stops the others; a file that was in the last release and
// can't be read now keeps its old page, since a page that was right yesterday
// serves readers better than none, and the report says so.
//
// What it doubts: every byte of a document. Encodings, front matter, nesting
// and links are all assumed to be broken until read.
package ingest
