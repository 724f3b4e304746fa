package site

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// datedName is the name of a post.
var datedName = regexp.MustCompile(`^(\d{2,4}-\d{1,2}-\d{1,2})-(.+)$`)

// address is a page's URL below the base, with a leading slash.
func (j *jekyll) address(rel string, meta map[string]any, collection jekyllCollection, isDoc bool) string {
	template := Text(meta["permalink"])
	if !isDoc {
		return j.pageAddress(rel, template)
	}
	if template == "" {
		template = j.template(collection)
	}
	return filled(template, j.placeholders(rel, meta, collection))
}

// pageAddress is that of a page which is no document of a collection.
func (j *jekyll) pageAddress(rel, template string) string {
	dir, name := path.Dir(rel), strings.TrimRight(stem(rel), ".")
	if dir = "/" + strings.TrimPrefix(dir, "."); dir == "/." {
		dir = "/"
	}
	if j.isReadme(rel) && template == "" {
		name = "index"
	}
	if !IsMarkdown(rel) {
		return path.Join(dir, path.Base(rel))
	}
	switch {
	case template != "":
	case name == "index":
		template = "/:path/"
	default:
		template = j.suffixed("/:path/:basename")
	}
	return filled(template, map[string]string{"path": strings.Trim(dir, "/"), "basename": name, "output_ext": ".html"})
}

// isReadme reports whether a README stands for its folder.
func (j *jekyll) isReadme(rel string) bool {
	if !strings.EqualFold(stem(rel), "readme") || !j.plugin("jekyll-readme-index", true) {
		return false
	}
	return !slices.ContainsFunc([]string{"index.md", "index.markdown"}, func(name string) bool { return j.has(path.Join(path.Dir(rel), name)) }) &&
		!j.tree.list(path.Join(j.dir, path.Dir(rel)))["index.html"]
}

// suffixed gives a template the ending of the site's style.
func (j *jekyll) suffixed(template string) string {
	switch j.permalink {
	case "pretty":
		return template + "/"
	case "date", "ordinal", "none", "weekdate":
		return template + ":output_ext"
	}
	switch {
	case strings.HasSuffix(j.permalink, "/"):
		return template + "/"
	case strings.HasSuffix(j.permalink, ":output_ext"):
		return template + ":output_ext"
	}
	return template
}

// template is that of a collection's documents.
func (j *jekyll) template(c jekyllCollection) string {
	style := c.permalink
	if c.label == "posts" {
		style = cmp.Or(style, j.permalink)
	}
	switch style {
	case "":
		return j.suffixed("/:collection/:path")
	case "date":
		return "/:categories/:year/:month/:day/:title:output_ext"
	case "pretty":
		return "/:categories/:year/:month/:day/:title/"
	case "ordinal":
		return "/:categories/:year/:y_day/:title:output_ext"
	case "weekdate":
		return "/:categories/:year/W:week/:short_day/:title:output_ext"
	case "none":
		return "/:categories/:title:output_ext"
	}
	return style
}

// placeholders are what templates of documents may name.
func (j *jekyll) placeholders(rel string, meta map[string]any, c jekyllCollection) map[string]string {
	name, created := stem(rel), time.Time{}
	slug := name
	if m := datedName.FindStringSubmatch(name); m != nil {
		created, _ = dateOf(m[1])
		slug = m[2]
	}
	if t, ok := dateOf(meta["date"]); ok {
		created = j.local(t, meta["date"])
	}
	slug = cmp.Or(Text(meta["slug"]), strings.TrimRight(slug, "."))
	inner, _ := below(cmp.Or(j.folder, "."), rel)
	inner = strings.TrimPrefix(inner, "_"+c.label+"/")
	categories := j.categories(rel, meta)
	all := map[string]string{
		"collection": c.label, "path": strings.TrimSuffix(inner, path.Ext(inner)), "name": jekyllSlug(name, ""), "title": jekyllPretty(slug), "slug": jekyllSlug(slug, ""),
		"output_ext": ".html", "categories": strings.ToLower(strings.Join(categories, "/")),
		"slugified_categories": jekyllSlug(strings.Join(categories, "/"), "/"),
	}
	for key, layout := range map[string]string{
		"year": "2006", "short_year": "06", "month": "01", "i_month": "1", "short_month": "Jan", "long_month": "January",
		"day": "02", "i_day": "2", "y_day": "002", "short_day": "Mon", "long_day": "Monday", "hour": "15", "minute": "04", "second": "05",
	} {
		all[key] = created.Format(layout)
	}
	year, week := created.ISOWeek()
	all["w_year"], all["week"] = numbered(year, 4), numbered(week, 2)
	return all
}

// zoned is a time that says where it is.
var zoned = regexp.MustCompile(`\d ?(?:Z|UTC|[+-]\d\d:?\d\d)$`)

// local is a date in the site's time zone, which is UTC's unless it is set.
// What says no zone is the site's already.
func (j *jekyll) local(t time.Time, written any) time.Time {
	text, _ := written.(string)
	if _, offset := t.Zone(); offset == 0 && !zoned.MatchString(text) {
		return t
	}
	zone, err := time.LoadLocation(Text(j.settings["timezone"]))
	if err != nil {
		return t
	}
	return t.In(zone)
}

func numbered(n, digits int) string {
	s := ""
	for ; digits > 0; digits-- {
		s = string(rune('0'+n%10)) + s
		n /= 10
	}
	return s
}

// categories are a post's: those of its front matter and the folders above
// _posts.
func (j *jekyll) categories(rel string, meta map[string]any) []string {
	var all []string
	if above, _, ok := strings.Cut("/"+rel, "/_posts/"); ok && above != "" {
		all = strings.Split(strings.Trim(above, "/"), "/")
	}
	for _, key := range []string{"category", "categories"} {
		if s, ok := meta[key].(string); ok && key == "categories" {
			all = append(all, strings.Fields(s)...)
		} else {
			all = append(all, texts(meta[key])...)
		}
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(c string) bool {
		was := seen[strings.ToLower(c)]
		seen[strings.ToLower(c)] = true
		return was
	})
}

// jekyllSlug makes hyphens of all but letters, digits and what is kept.
func jekyllSlug(s, keep string) string { return strings.ToLower(hyphenated(s, keep)) }

// jekyllPretty keeps what may stand in a URL, and capitals.
func jekyllPretty(s string) string { return hyphenated(s, "._~!$&'()+,;=@") }

func hyphenated(s, keep string) string {
	fields := strings.FieldsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.Is(unicode.M, r) && !unicode.Is(unicode.Nd, r) && !strings.ContainsRune(keep, r)
	})
	return strings.Join(fields, "-")
}

var placeholder = regexp.MustCompile(`:([a-z_]+)`)

// filled is a template with its placeholders filled in.
func filled(template string, values map[string]string) string {
	url := placeholder.ReplaceAllStringFunc(template, func(name string) string {
		for key := name[1:]; key != ""; key = key[:len(key)-1] { // ":title_x"
			if v, known := values[key]; known {
				return v + name[1+len(key):]
			}
		}
		return name
	})
	for strings.Contains(url, "//") {
		url = strings.ReplaceAll(url, "//", "/")
	}
	return "/" + strings.TrimPrefix(url, "/")
}
