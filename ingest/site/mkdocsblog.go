package site

import (
	"cmp"
	"path"
	"strings"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// mkDocsBlog is Material's plugin "blog": posts stand at their date and title,
// wherever their files do.
type mkDocsBlog struct {
	dir, posts string
	format     string // "{date}/{slug}"
	date       string // "yyyy/MM/dd"
	separator  string
	slugify    slugify
	categories int
}

func (m *mkDocs) readBlogs() []mkDocsBlog {
	var all []mkDocsBlog
	for _, p := range m.plugins("blog") {
		text := func(key, usual string) string { return cmp.Or(Text(p[key]), usual) }
		b := mkDocsBlog{
			dir: path.Clean(text("blog_dir", "blog")), format: text("post_url_format", "{date}/{slug}"), date: text("post_url_date_format", "yyyy/MM/dd"),
			separator: text("post_slugify_separator", "-"), slugify: slugify{function: slugifyPymdownx, casing: "lower"}, categories: 1,
		}
		b.posts = path.Clean(strings.ReplaceAll(text("post_dir", "{blog}/posts"), "{blog}", b.dir))
		if fn, known := readSlugify(p["post_slugify"]); known && p["post_slugify"] != nil {
			b.slugify = fn
		}
		if n, ok := p["post_url_max_categories"].(int); ok {
			b.categories = n
		}
		all = append(all, b)
	}
	return all
}

// holds reports whether a file is one of its posts.
func (b mkDocsBlog) holds(rel string) bool {
	return strings.HasPrefix(rel, b.posts+"/") && IsMarkdown(rel)
}

// url is a post's URL below the site's base.
func (b mkDocsBlog) url(m *mkDocs, f File, meta map[string]any) string {
	rel, _ := m.within(m.dir, f.Path)
	slug := func(s string) string {
		a := pythonAnchors{newPythonMarkdown(nil, b.slugify, b.separator), nil, cases.Lower(language.Und)}
		return a.slug(s)
	}
	var categories []string
	for i, c := range texts(meta["categories"]) {
		if i < b.categories {
			categories = append(categories, slug(c))
		}
	}
	created := meta["date"]
	if t := table(created); t != nil {
		created = t["created"]
	}
	at := strings.NewReplacer(
		"{date}", dateAs(created, b.date), "{file}", stem(rel), "{categories}", strings.Join(categories, "/"),
		"{slug}", cmp.Or(Text(meta["slug"]), slug(m.title(rel, f))),
	).Replace(b.format)
	return m.url(path.Join(b.dir, strings.Trim(path.Clean(at), "/")) + ".md")
}

// dateAs writes a date by a pattern of Unicode's (yyyy, MM, dd); "" where v is
// no date.
func dateAs(v any, pattern string) string {
	t, ok := dateOf(v)
	if !ok {
		return ""
	}
	return t.Format(strings.NewReplacer("yyyy", "2006", "yy", "06", "MMMM", "January", "MMM", "Jan", "MM", "01", "M", "1", "dd", "02", "d", "2").Replace(pattern))
}

// dateOf is a date as front matter has it.
func dateOf(v any) (time.Time, bool) {
	switch v := v.(type) {
	case time.Time:
		return v, true
	case string:
		for _, layout := range []string{time.DateOnly, time.DateTime, time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006/01/02", "2006-1-2"} {
			if t, err := time.Parse(layout, strings.TrimSpace(v)); err == nil {
				return t, true
			}
		}
	}
	if s := Text(v); s != "" { // TOML's local dates
		t, err := time.Parse(time.DateOnly, s)
		return t, err == nil
	}
	return time.Time{}, false
}
