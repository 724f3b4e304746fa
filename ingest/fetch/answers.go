package fetch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode"

	"docent"
)

// fetchAnswers makes a page of each curated answer of a file, or of a folder of
// such files. What is wrong with one is a warning and leaves the others; a file
// that can't be read at all is skipped.
func fetchAnswers(ctx context.Context, src Source, cfg Config, s *shelf) (out Result, err error) {
	origin := "answers " + src.Answers
	s.forget(origin)
	dir, files, err := answerFiles(src.Answers)
	if err != nil {
		return out, err
	}
	d, err := s.begin(cfg.Limits.TotalBytes)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	c := curation{draft: d, lang: src.Lang, names: names{}, asked: map[string]string{}}
	for i, file := range files {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		if err := c.file(dir, file, cfg.MaxFileBytes); err != nil {
			return out, err
		}
		if cfg.Progress != nil {
			cfg.Progress(i+1, len(files), file)
		}
	}
	out.Warnings, out.Skipped = c.warnings, c.skipped
	if c.written == 0 {
		why := "it has no entry"
		for _, s := range c.skipped {
			why = s.Reason
		}
		for _, w := range c.warnings {
			why = fmt.Sprintf("%s:%d: %s", w.Path, w.Line, w.Message)
			break
		}
		return out, failed("write a list of entries with question and answer", errors.New(why), "%s holds no curated answer", src.Answers)
	}
	out.Dir, err = d.publish(state{Origin: origin})
	return out, err
}

// answerFiles are the files of answers, in order, and the folder that they are
// in.
func answerFiles(at string) (dir string, files []string, err error) {
	info, err := os.Stat(at)
	switch {
	case err != nil:
		return "", nil, failed("check the path; it is relative to the current folder", err, "the curated answers can't be read")
	case !info.IsDir():
		return filepath.Dir(at), []string{filepath.Base(at)}, nil
	}
	err = fs.WalkDir(os.DirFS(at), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case d.Type().IsRegular() && !strings.HasPrefix(d.Name(), ".") && answersForm(name) != nil:
			files = append(files, name)
		}
		return nil
	})
	return at, files, err
}

// curation is curated answers on their way into a folder.
type curation struct {
	draft    *draft
	lang     string
	names    names
	asked    map[string]string // where each question stands
	written  int
	warnings []docent.Warning
	skipped  []Skip
}

// file takes in the answers of one file. An error ends the fetch.
func (c *curation) file(dir, file string, limit int64) error {
	parse := answersForm(file)
	if parse == nil {
		return failed("name a file that ends with .yaml, .yml, .json or .md, or a folder of them", nil, "%s can't hold curated answers", file)
	}
	stem := strings.TrimSuffix(filepath.ToSlash(file), path.Ext(file))
	raw, err := readFileIn(dir, file, limit)
	var answers []curated
	if err == nil {
		answers, err = parse(raw, func(line int, format string, args ...any) { c.warn(file, line, format, args...) })
	}
	if err != nil {
		c.skipped = append(c.skipped, Skip{Path: stem, Reason: err.Error()})
		return nil
	}
	for _, a := range answers {
		if err := c.take(file, stem, a); err != nil {
			return err
		}
	}
	return nil
}

func (c *curation) warn(file string, line int, format string, args ...any) {
	c.warnings = append(c.warnings, docent.Warning{Path: filepath.ToSlash(file), Line: line, Message: fmt.Sprintf(format, args...)})
}

// readFileIn reads a file of a folder, out of which no link leads.
func readFileIn(dir, file string, limit int64) ([]byte, error) {
	f, err := os.OpenInRoot(dir, filepath.FromSlash(file))
	if err != nil {
		return nil, errors.New("it can't be opened")
	}
	raw, err := readAtMost(f, limit)
	return raw, errors.Join(err, f.Close())
}

// take writes an answer's page. A question has one answer: the first.
func (c *curation) take(file, stem string, a curated) error {
	key := strings.ToLower(oneLine(a.questions[0]))
	if other, taken := c.asked[key]; taken {
		c.warn(file, a.line, "the question %q is answered already, in %s: this entry is left out", a.questions[0], other)
		return nil
	}
	c.asked[key] = fmt.Sprintf("%s:%d", filepath.ToSlash(file), a.line)
	p := a.page()
	p.Lang = c.lang
	content, err := p.file()
	if err != nil {
		return err
	}
	c.written++
	address := url.URL{Path: "/" + stem + "/" + slugOf(a.questions[0]), RawQuery: url.QueryEscape(key)}
	return c.draft.write(c.names.give(address.String()), content)
}

// slugOf makes a file's name of a question.
func slugOf(question string) string {
	words := strings.FieldsFunc(strings.ToLower(question), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	if len(words) == 0 {
		return "answer"
	}
	return cutName(strings.Join(words, "-"), 80)
}

// curated is an entry: what is asked, in its several phrasings, and what is to be
// said.
type curated struct {
	line      int      // of the file
	questions []string // the first is the page's title; never empty
	text      string   // Markdown
	links     []answerLink
}

type answerLink struct{ title, url string }

// page is the answer's. It stands where its first link leads. Other phrasings
// are a heading above the answer: there they are found like a title, and are
// no part of what is quoted.
func (a curated) page() *page {
	p := &page{front: front{Title: oneLine(a.questions[0])}}
	heading := escaped(p.Title)
	if len(a.links) > 0 {
		p.URL, p.Shared = a.links[0].url, true
		if at, anchor, has := strings.Cut(p.URL, "#"); has {
			p.URL = at
			heading += anchorMark(anchor)
		}
	}
	var b strings.Builder
	level := "#"
	if len(a.questions) > 1 {
		others := make([]string, len(a.questions)-1)
		for i, q := range a.questions[1:] {
			others[i] = escaped(oneLine(q))
		}
		fmt.Fprintf(&b, "## %s\n\n", strings.Join(others, " / "))
		level = "###"
	}
	fmt.Fprintf(&b, "%s %s\n\n%s\n\n", level, heading, prose(a.text))
	for i, l := range a.links {
		if i == 0 {
			b.WriteString("See also: ")
		} else {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "[%s](<%s>)", escaped(l.title), l.url)
	}
	p.Text = []byte(b.String())
	return p
}

// anchorMark gives a heading the id that a link leads to, where that can be
// written.
func anchorMark(anchor string) string {
	id, err := url.PathUnescape(anchor)
	if err != nil || id == "" || strings.ContainsAny(id, " \t\n{}\"'") {
		return ""
	}
	return " {#" + id + "}"
}
