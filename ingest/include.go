package ingest

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"docent/ingest/site"
)

// include is a place where a page takes in a part of another file.
type include struct {
	name    string // of the file, as written
	part    portion
	rooted  bool   // the name is relative to the framework's folders rather than to the page
	code    bool   // the part is shown as code
	lang    string // of that; "" is told by the file's name
	title   string // of that; "" where it has none
	rebased bool   // its links are relative to the file
	shift   int    // levels by which its headings are moved down
	params  map[string]string
}

// maxIncluded is how deep files may include each other, and maxIncludes how
// often a page may include any, those within them too.
const (
	maxIncluded = 10
	maxIncludes = 1000
)

// includer reads the files that the pages of a source take in. It reads
// nothing outside of the repository.
type includer struct {
	repo  fs.FS
	at    string   // the source's folder in it
	roots []string // the framework's folders in it
	limit int      // bytes that a page may grow to
}

func newIncluder(repo fs.FS, at string, roots []string, limit int64) *includer {
	inc := &includer{repo: repo, at: path.Clean(at), limit: int(limit)}
	for _, root := range roots {
		inc.roots = append(inc.roots, path.Join(inc.at, root))
	}
	return inc
}

// find reads the file that is meant by a name in the file from, both paths in
// the repository.
func (inc *includer) find(from string, i include) (file string, text []byte, err error) {
	if strings.Contains(i.name, "://") {
		return "", nil, fmt.Errorf("stands elsewhere, and is not fetched")
	}
	for _, file := range inc.candidates(from, i) {
		if !fs.ValidPath(file) || secret(file) {
			continue
		}
		text, err := inc.read(file)
		if err == nil {
			return file, text, nil
		}
	}
	return "", nil, fmt.Errorf("is not there, or outside of the repository")
}

// candidates lists where a file may be, most likely first.
func (inc *includer) candidates(from string, i include) []string {
	name := i.name
	alias := ""
	for _, a := range []string{"@site/", "@/", "~/"} {
		if strings.HasPrefix(name, a) {
			alias = a
		}
	}
	name = strings.TrimPrefix(name, alias)
	roots := append(slices.Clone(inc.roots), inc.at, ".")
	if alias == "@/" || alias == "~/" {
		roots = append(roots, path.Join(inc.at, "src"), "src")
	}
	var rooted []string
	for _, root := range roots {
		rooted = append(rooted, path.Join(root, name))
	}
	beside := path.Join(path.Dir(from), name)
	switch {
	case alias != "" || strings.HasPrefix(name, "/"):
		return rooted
	case i.rooted:
		return append(append(rooted, beside), strings.TrimLeft(path.Clean(name), "./"))
	}
	return append([]string{beside}, rooted...)
}

// secret reports whether a file is not for readers whatever a page says.
func secret(file string) bool {
	for _, name := range strings.Split(file, "/") {
		if name == ".git" || strings.HasPrefix(name, ".env") || name == ".ssh" || name == ".netrc" || name == ".npmrc" {
			return true
		}
	}
	return false
}

func (inc *includer) read(file string) ([]byte, error) {
	f, err := inc.repo.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("not a regular file")
	}
	raw, err := io.ReadAll(io.LimitReader(f, int64(inc.limit)+1))
	if err != nil {
		return nil, err
	}
	text, why := decode(raw)
	if why != "" {
		return nil, fmt.Errorf("%s", why)
	}
	return text, nil
}

// expansion takes files into one page.
type expansion struct {
	*includer
	dialect *dialect
	source  *source
	open    []string // the files that are being taken in, the page first
	size    int      // of what was taken in
	count   int      // of includes
}

// expand takes in all that a page includes.
func (inc *includer) expand(d *dialect, s *source) {
	if !d.includes(s.text) {
		return
	}
	x := &expansion{includer: inc, dialect: d, source: s, open: []string{path.Join(inc.at, s.path)}}
	w := x.text(s.text, 0)
	s.rewritten(w.out, w.moved, nil)
}

// take gives what an include stands for, and its file; ok is false where it
// stands for nothing, of which the writer is told. line is the page's.
func (x *expansion) take(i include, line int) (text []byte, file string, ok bool) {
	if x.count++; x.count > maxIncludes {
		if x.count == maxIncludes+1 {
			x.source.warn(line, fmt.Sprintf("more than %d files are included; the rest is left out", maxIncludes))
		}
		return nil, "", false
	}
	file, raw, err := x.find(x.open[len(x.open)-1], i)
	var content []byte
	if err == nil {
		x.source.used = append(x.source.used, usedFile{file, raw})
		content, err = i.part.of(raw)
	} else {
		x.source.used = append(x.source.used, usedFile{file: i.name})
	}
	switch {
	case err != nil:
	case slices.Contains(x.open, file):
		err = fmt.Errorf("includes itself")
	case len(x.open) > maxIncluded:
		err = fmt.Errorf("is the last of %d files that include each other; at most %d may", len(x.open), maxIncluded)
	case x.size+len(content) > x.limit:
		err = fmt.Errorf("would make the page larger than ingest.max_file_bytes (%d)", x.limit)
	}
	if err != nil {
		x.source.warn(line, fmt.Sprintf("the included file %s %v", i.name, err))
		return nil, "", false
	}
	x.size += len(content)
	if i.code {
		return i.fenced(content, file), file, true
	}
	if site.IsMarkdown(file) {
		_, content, _, _ = frontMatter(content)
		content = shifted(content, i.shift)
	}
	x.open = append(x.open, file)
	defer func() { x.open = x.open[:len(x.open)-1] }()
	return x.text(i.filled(content), line).out, file, true
}

// filled puts what the include gives in the place of the names for it: {props.a}
// in components, include.a in templates.
func (i include) filled(text []byte) []byte {
	for name, value := range i.params {
		if strings.HasPrefix(name, "props.") {
			text = bytes.ReplaceAll(text, []byte("{"+name+"}"), []byte(value))
			continue
		}
		if variable, ok := strings.CutPrefix(value, "="); ok {
			value = variable
		} else {
			value = strconv.Quote(value)
		}
		text = bytes.ReplaceAll(text, []byte("include."+name), []byte(value))
	}
	return text
}

// fenced puts code between fences.
func (i include) fenced(code []byte, file string) []byte {
	lang := i.lang
	if lang == "" {
		lang = strings.TrimPrefix(path.Ext(file), ".")
	}
	fence := strings.Repeat("`", max(3, longestRun(code, '`')+1))
	info := lang
	if i.title != "" {
		info += ` title="` + strings.ReplaceAll(i.title, `"`, "'") + `"`
	}
	code = bytes.Trim(code, "\n")
	return []byte(fence + info + "\n" + string(code) + "\n" + fence)
}

// shifted moves headings down by some levels, or up where levels is negative.
func shifted(text []byte, levels int) []byte {
	if levels == 0 {
		return text
	}
	var out []byte
	fence := ""
	for line := range bytes.Lines(text) {
		if mark := fenceMark(line, fence); mark != "" {
			if fence = mark; mark == endOfFence {
				fence = ""
			}
		}
		if n := runOf(line, '#'); fence == "" && n > 0 && n <= 6 && n < len(line) && isSpace(line[n]) {
			line = append(bytes.Repeat([]byte("#"), min(6, max(1, n+levels))), line[n:]...)
		}
		out = append(out, line...)
	}
	return out
}

// endOfFence is what fenceMark says of a line that ends a code block.
const endOfFence = "end"

// fenceMark says which code block a line begins, or that it ends the one that
// fence began; "" where it does neither.
func fenceMark(line []byte, fence string) string {
	switch {
	case fence != "":
		if closesFence(line, fence) {
			return endOfFence
		}
		return ""
	case !bytes.Contains(line, []byte("```")) && !bytes.Contains(line, []byte("~~~")) && !bytes.Contains(line, []byte("$$")):
		return "" // nearly always
	}
	if m := fenceOpen.FindSubmatch(line); m != nil && opensFence(string(m[1]), m[2]) {
		return string(m[1])
	}
	return ""
}
