// Package fetch brings documentation from elsewhere into a folder, which ingest
// then reads like any other:
//
//	git.go      a branch, a tag or a commit of a repository
//	website.go  the pages that a website's sitemap or llms.txt names
//	built.go    a folder of built HTML
//	openapi.go  an OpenAPI document, each operation a section
//	archive.go  a zip or tar archive
//	answers.go  curated answers, each a page
//
// What is no Markdown becomes Markdown (page.go, markdown.go), with the page's
// address in its front matter and the ids of its headings behind them, so that
// ingest/site's rules "fetched" lead to the very sections of the site.
//
// A fetch writes beside what is there (shelf.go) and puts one in the other's
// place in one step: killed at any line, the old folder stays. A page that can't
// be had today keeps the text that it had yesterday; one that is gone leaves.
//
// What it doubts: everything that comes over the network. Each answer has a
// bound, addresses are asked through guard, names of files are made here, and
// nothing is written outside of the folder.
package fetch
