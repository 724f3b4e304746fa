package main

import (
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"docent"
	"docent/ingest"
)

// Formats of what is to be said of files.
const (
	formatText   = "text"
	formatGitHub = "github" // workflow commands, which GitHub shows beside the lines of a pull request
)

// remarks writes what is to be said of files.
type remarks struct {
	out    io.Writer
	format string
	start  string // of each line of text
}

// warn tells of something that a writer should look at.
func (r remarks) warn(indent string, w docent.Warning) {
	if r.format == formatGitHub {
		r.command("warning", w.Path, w.Line, w.Message)
		return
	}
	fmt.Fprintln(r.out, r.start+indent+"warning: "+warningText(w))
}

// broken tells of a link that leads nowhere.
func (r remarks) broken(l ingest.BrokenLink) {
	r.warn("", docent.Warning{Path: l.Path, Line: l.Line, Message: fmt.Sprintf("link to %s leads nowhere", l.Target)})
}

// skipped tells of a file that could not be taken in.
func (r remarks) skipped(s ingest.Skip) {
	if r.format == formatGitHub {
		r.command("error", s.Path, 0, "skipped: "+s.Reason)
		return
	}
	fmt.Fprintf(r.out, "%sskipped %s: %s\n", r.start, s.Path, s.Reason)
}

// missing tells of what is cited and does not stand on the built site.
func (r remarks) missing(file, text string) {
	if r.format == formatGitHub {
		r.command("error", file, 0, text)
		return
	}
	fmt.Fprintf(r.out, "%s%s: %s\n", r.start, file, text)
}

// command writes a workflow command of GitHub's. Without a file it is of the
// whole run, without a line of the whole file.
func (r remarks) command(level, file string, line int, message string) {
	properties := ""
	if file != "" {
		properties = " file=" + commandProperty.Replace(file)
		if line > 0 {
			properties += fmt.Sprintf(",line=%d", line)
		}
	}
	fmt.Fprintf(r.out, "::%s%s::%s\n", level, properties, commandData.Replace(message))
}

// What ends a command's message and a property is escaped, as GitHub's own
// toolkit does it.
var (
	commandData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// fileIn gives a source's file as it is called from the repository's top, where
// a workflow says which folder that is, or else from the current folder.
func fileIn(src ingest.Source, file string) string {
	if file == "" {
		return ""
	}
	at := path.Join(filepath.ToSlash(watched(src)), file)
	top, here := os.Getenv("GITHUB_WORKSPACE"), filepath.FromSlash(at)
	if top == "" {
		return at
	}
	if !filepath.IsAbs(here) {
		here, _ = filepath.Abs(here)
	}
	if rel, err := filepath.Rel(top, here); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return at
}

// located gives warnings, links and skips the names that their files have in the
// repository.
func located(src ingest.Source, warnings []docent.Warning, links []ingest.BrokenLink, skips []ingest.Skip) {
	for i := range warnings {
		warnings[i].Path = fileIn(src, warnings[i].Path)
	}
	for i := range links {
		links[i].Path = fileIn(src, links[i].Path)
	}
	for i := range skips {
		skips[i].Path = fileIn(src, skips[i].Path)
	}
}

// locatedPlan does so for all of a preview.
func locatedPlan(src ingest.Source, p *ingest.Preview) {
	located(src, p.Warnings, p.BrokenLinks, p.Skipped)
	for i := range p.Pages {
		p.Pages[i].Path = fileIn(src, p.Pages[i].Path)
		located(src, p.Pages[i].Warnings, nil, nil)
	}
}
