package site

import (
	"path"
	"strings"
)

// mkDocsLangs are the languages of the plugin "i18n". A nil one has a single
// language.
type mkDocsLangs struct {
	folders bool // each language has a folder; otherwise a suffix: page.fr.md
	all     map[string]mkDocsLang
	order   []string
	usual   mkDocsLang
}

// mkDocsLang is one of them.
type mkDocsLang struct {
	code   string // BCP 47, lower case
	prefix string // of its URLs, with a slash at its end
}

func newMkDocsLangs(plugin map[string]any, theme string) *mkDocsLangs {
	l := &mkDocsLangs{all: map[string]mkDocsLang{}, usual: mkDocsLang{code: langTag(theme)}}
	if plugin == nil {
		return l
	}
	l.folders = Text(plugin["docs_structure"]) == "folder"
	languages := list(plugin["languages"])
	if t := table(plugin["languages"]); t != nil { // the notation before 1.0
		languages = nil
		for _, locale := range sortedKeys(t) {
			languages = append(languages, merged(table(t[locale]), map[string]any{"locale": locale, "default": locale == Text(plugin["default_language"])}))
		}
	}
	for _, item := range languages {
		locale := Text(at(item, "locale"))
		if locale == "" || locale == "null" {
			continue
		}
		one := mkDocsLang{code: langTag(locale), prefix: Escape(locale) + "/"}
		if is(at(item, "default"), false) {
			one.prefix, l.usual = "", one
			l.usual.prefix = ""
			l.order = append([]string{one.code}, l.order...)
		} else {
			l.order = append(l.order, one.code)
		}
		l.all[locale] = one
	}
	return l
}

// split gives the file that a translation is of, and its language.
func (l *mkDocsLangs) split(rel string) (original string, lang mkDocsLang) {
	if l.folders {
		first, rest, _ := strings.Cut(rel, "/")
		if one, ok := l.all[first]; ok && rest != "" {
			return rest, one
		}
		return rel, l.usual
	}
	ext := path.Ext(rel)
	bare := strings.TrimSuffix(rel, ext)
	if locale := path.Ext(bare); locale != "" {
		if one, ok := l.all[locale[1:]]; ok {
			return strings.TrimSuffix(bare, locale) + ext, one
		}
	}
	return rel, l.usual
}

// names are the languages' names, as asked takes them.
func (l *mkDocsLangs) names() (all [][]string) {
	for _, code := range l.codes() {
		all = append(all, []string{code})
	}
	return all
}

// codes lists the languages, the default first; none where there is but one.
func (l *mkDocsLangs) codes() []string {
	if len(l.order) < 2 {
		return nil
	}
	return l.order
}
