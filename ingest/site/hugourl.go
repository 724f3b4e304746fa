package site

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// address is a page's URL.
func (h *hugo) address(p *hugoPage) string {
	if own := Text(p.meta["url"]); own != "" {
		return h.chosen(p, own)
	}
	if p.kind == "home" {
		return p.lang.base
	}
	section, _, _ := strings.Cut(p.path, "/")
	if !strings.Contains(p.path, "/") {
		section = ""
	}
	if pattern := h.pattern(p, section); pattern != "" {
		return p.lang.base + Escape(h.ended(strings.Trim(path.Clean(h.expanded(p, pattern)), "/"), p))
	}
	dir := h.cleaned(p.dir())
	name := path.Base(p.path)
	if slug := Text(p.meta["slug"]); slug != "" && p.kind != "section" {
		if name == "index" {
			dir = path.Dir(dir)
		}
		return p.lang.base + Escape(h.ended(path.Join(dir, h.urlize(slug)), p))
	}
	if name == "index" || name == "_index" {
		return p.lang.base + Escape(h.ended(dir, p))
	}
	return p.lang.base + Escape(h.ended(path.Join(dir, h.cleaned(name)), p))
}

// chosen is the URL that front matter gives as a whole.
func (h *hugo) chosen(p *hugoPage, own string) string {
	own = strings.ReplaceAll(h.expanded(p, own), `\:`, ":")
	base := p.lang.base
	rooted, isRooted := strings.CutPrefix(own, "/")
	if isRooted {
		base = p.lang.site
	}
	if rooted != "" && !strings.HasSuffix(rooted, "/") && path.Ext(rooted) == "" {
		rooted += "/"
	}
	return base + Escape(rooted)
}

// ended gives a path the ending of a page's URL.
func (h *hugo) ended(target string, p *hugoPage) string {
	if target == "" || target == "." {
		return ""
	}
	ugly := is(h.values["uglyurls"], false)
	if sections := table(h.values["uglyurls"]); sections != nil {
		section, _, _ := strings.Cut(p.path, "/")
		ugly = is(sections[strings.ToLower(section)], false)
	}
	switch {
	case path.Ext(target) == ".html":
		return target
	case ugly && p.kind == "page":
		return target + ".html"
	}
	return target + "/"
}

// pattern is the permalink pattern for a page of a section; "" without one.
func (h *hugo) pattern(p *hugoPage, section string) string {
	own := at(h.values, "languages", p.lang.code, "permalinks")
	for _, all := range []any{own, h.values["permalinks"]} {
		for _, key := range []string{section, "/" + section, "/" + section + "/", section + "/"} {
			if pattern := Text(at(all, p.kind, strings.ToLower(key))); pattern != "" {
				return pattern
			}
			if pattern := Text(at(all, strings.ToLower(key))); pattern != "" && p.kind == "page" {
				return pattern
			}
		}
	}
	return ""
}

var permalinkToken = regexp.MustCompile(`\\?:\w+(?:\[[^\]]*\])?`)

// expanded is a permalink pattern with its tokens filled in.
func (h *hugo) expanded(p *hugoPage, pattern string) string {
	if !strings.Contains(pattern, ":") {
		return pattern
	}
	return permalinkToken.ReplaceAllStringFunc(pattern, func(token string) string {
		if strings.HasPrefix(token, `\`) {
			return token
		}
		if v, known := h.token(p, token[1:]); known {
			return v
		}
		return token
	})
}

// token is what a token of a permalink pattern stands for.
func (h *hugo) token(p *hugoPage, name string) (value string, known bool) {
	base := path.Base(p.path)
	switch base {
	case "index":
		base = path.Base(p.dir())
	case "_index":
		base = ""
	}
	slug := Text(p.meta["slug"])
	sections := h.sections(p)
	switch name {
	case "year":
		return p.date.Format("2006"), true
	case "month":
		return p.date.Format("01"), true
	case "monthname":
		return p.date.Format("January"), true
	case "day":
		return p.date.Format("02"), true
	case "weekday":
		return strconv.Itoa(int(p.date.Weekday())), true
	case "weekdayname":
		return p.date.Format("Monday"), true
	case "yearday":
		return strconv.Itoa(p.date.YearDay()), true
	case "section":
		first, _, _ := strings.Cut(h.cleaned(p.dir()), "/")
		return first, true
	case "sections":
		return strings.Join(sections, "/"), true
	case "title":
		return h.urlize(p.title), true
	case "slug":
		return h.urlize(cmp.Or(slug, p.title)), true
	case "slugorfilename", "slugorcontentbasename":
		return h.urlize(cmp.Or(slug, base)), true
	case "filename", "contentbasename":
		return h.urlize(base), true
	}
	if span, ok := strings.CutPrefix(name, "sections"); ok {
		return strings.Join(spanOf(sections, span), "/"), true
	}
	return "", false
}

// sections are the folders of the section that a page is in.
func (h *hugo) sections(p *hugoPage) []string {
	dir := p.dir()
	if path.Base(p.path) == "index" {
		dir = strings.TrimPrefix(path.Dir(dir), ".")
	}
	for strings.Contains(dir, "/") && h.trees[p.lang][strings.ToLower(dir)+"/_index"] == nil {
		dir = path.Dir(dir)
	}
	if dir == "" {
		return nil
	}
	return strings.Split(h.cleaned(dir), "/")
}

// spanOf is a part of a list in Go's notation: [1:], [:last], [0].
func spanOf(all []string, span string) []string {
	span = strings.ReplaceAll(strings.Trim(span, "[]"), "last", strconv.Itoa(max(0, len(all)-1)))
	from, to, isRange := strings.Cut(span, ":")
	i, j := 0, len(all)
	fmt.Sscan(from, &i)
	if isRange {
		fmt.Sscan(to, &j)
	} else {
		j = i + 1
	}
	i, j = min(max(i, 0), len(all)), min(max(j, 0), len(all))
	return all[i:max(i, j)]
}

// cleaned is a path of files as it stands in a URL.
func (h *hugo) cleaned(name string) string {
	return h.lowered(sanitized(strings.ReplaceAll(name, " ", "-")))
}

// urlize makes a part of a URL of words.
func (h *hugo) urlize(words string) string { return h.lowered(sanitized(words)) }

func (h *hugo) lowered(s string) string {
	if is(h.values["removepathaccents"], false) {
		s = withoutAccents(s)
	}
	if is(h.values["disablepathtolower"], false) {
		return s
	}
	return strings.ToLower(s)
}

// sanitized drops what Hugo allows in no path, and makes hyphens of white
// space.
func sanitized(s string) string {
	var b strings.Builder
	hyphen, last := false, rune(0)
	for i, r := range s {
		allowed := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune(`./\_#+~-@`, r) ||
			r == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2])
		switch {
		case allowed:
			if hyphen && r != '-' {
				b.WriteByte('-')
			}
			hyphen, last = false, r
			b.WriteRune(r)
		case b.Len() > 0 && last != '-' && unicode.IsSpace(r):
			hyphen = true
		}
	}
	return b.String()
}

func isHex(c byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 }
