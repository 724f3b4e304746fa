package site

import (
	"cmp"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"docent"
)

// hugoConfig is a site's configuration, with its keys in lower case, since
// Hugo's have none.
type hugoConfig struct {
	from     Settings
	file     string // the main one, in the repository; "" where there is none
	dir      string // of the site, in the repository
	values   map[string]any
	langs    []*hugoLang // the default first
	mounts   []hugoMount
	warnings []docent.Warning
}

// hugoLang is a language of the site.
type hugoLang struct {
	code   string
	tag    string // BCP 47, lower case; "" where the site has one that it does not name
	base   string // the URL of its root
	shared bool   // the root is another language's, too: a "url" in front matter knows it
	site   string // the URL of the site's root, which "/" in front matter means
}

// hugoMount is a folder whose files become content.
type hugoMount struct {
	dir  string // in the repository
	at   string // below content; "" is content itself
	lang *hugoLang
}

// hugoFiles are the names of the main file.
var hugoFiles = []string{"hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json", "config.toml", "config.yaml", "config.yml", "config.json"}

func findHugo(s Settings) []string {
	names := slices.Clone(hugoFiles)
	for _, name := range hugoFiles {
		names = append(names, "config/_default/"+name)
	}
	return slices.DeleteFunc(s.tree.find(names...), func(name string) bool {
		if strings.HasPrefix(path.Base(name), "hugo.") {
			return false
		}
		dir := hugoDir(name) // others have a config.yaml, too
		has := s.tree.list(dir)
		return !has["content"] && !has["archetypes"] && !has["themes"]
	})
}

// hugoDir is the folder of the site whose configuration this is.
func hugoDir(config string) string {
	dir := path.Dir(config)
	if path.Base(dir) == "_default" && path.Base(path.Dir(dir)) == "config" {
		dir = path.Dir(path.Dir(dir))
	}
	return dir
}

func newHugoConfig(s Settings, file string) (*hugoConfig, error) {
	c := &hugoConfig{from: s, file: file, dir: s.At, values: map[string]any{}}
	if file != "" {
		c.dir = hugoDir(file)
		if path.Dir(file) == c.dir {
			c.read(file, "")
		}
		for _, environment := range []string{"_default", "production"} {
			c.readFolder(path.Join(c.dir, "config", environment))
		}
	}
	if err := c.readLangs(); err != nil {
		return nil, err
	}
	c.readMounts()
	return c, nil
}

// readFolder reads a folder of configuration: a file for each key.
func (c *hugoConfig) readFolder(dir string) {
	for _, name := range sortedKeys(c.from.tree.list(dir)) {
		ext := path.Ext(name)
		key := strings.TrimSuffix(name, ext)
		switch {
		case !slices.Contains([]string{".toml", ".yaml", ".yml", ".json"}, ext):
		case key == "hugo" || key == "config":
			c.read(path.Join(dir, name), "")
		default:
			c.read(path.Join(dir, name), key)
		}
	}
}

// read takes in a file, below a key: "params", or "params.fr" for a language.
func (c *hugoConfig) read(file, key string) {
	values, err := readTable(c.from.Repo, file)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			c.warnings = append(c.warnings, c.from.unreadable(file, err, "it is left out"))
		}
		return
	}
	values = table(lowerKeys(values))
	if section, lang, ok := strings.Cut(key, "."); ok {
		values = map[string]any{"languages": map[string]any{lang: map[string]any{section: values}}}
	} else if key != "" {
		values = map[string]any{key: values}
	}
	c.values = merged(c.values, values)
}

// lowerKeys is v with the keys of its tables in lower case.
func lowerKeys(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, value := range v {
			out[strings.ToLower(key)] = lowerKeys(value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, value := range v {
			out[i] = lowerKeys(value)
		}
		return out
	}
	return v
}

func (c *hugoConfig) text(keys ...string) string { return Text(at(c.values, keys...)) }

// readLangs reads the site's languages, the default first.
func (c *hugoConfig) readLangs() error {
	site, err := c.from.base(c.text("baseurl"))
	if err != nil {
		return err
	}
	usual := strings.ToLower(cmp.Or(c.text("defaultcontentlanguage"), "en"))
	all := table(c.values["languages"])
	for _, code := range texts(c.values["disablelanguages"]) {
		delete(all, strings.ToLower(code))
	}
	codes := slices.DeleteFunc(sortedKeys(all), func(code string) bool { return at(all[code], "disabled") == true })
	slices.SortStableFunc(codes, func(a, b string) int {
		return cmp.Or(compareBool(a != usual, b != usual), cmp.Compare(weightOf(at(all[a], "weight")), weightOf(at(all[b], "weight"))))
	})
	if len(codes) == 0 {
		tag := cmp.Or(c.text("locale"), c.text("languagecode"), c.text("defaultcontentlanguage"))
		c.langs = []*hugoLang{{code: usual, tag: langTag(tag), base: site, site: site}}
	}
	for _, code := range codes {
		l := &hugoLang{code: code, tag: langTag(code), base: site, site: site, shared: true}
		if own := Text(at(all[code], "baseurl")); own != "" && c.from.BaseURL == "" {
			if l.base, err = c.from.base(own); err != nil {
				return err
			}
			l.site, l.shared = l.base, false
		} else if code != codes[0] || is(c.values["defaultcontentlanguageinsubdir"], false) {
			l.base += Escape(code) + "/"
		}
		c.langs = append(c.langs, l)
	}
	return nil
}

// weightOf is a weight for sorting: what has none comes last.
func weightOf(v any) int {
	switch n := v.(type) {
	case int:
		if n != 0 {
			return n
		}
	case int64:
		if n != 0 {
			return int(n)
		}
	case float64:
		if n != 0 {
			return int(n)
		}
	}
	return 1 << 30
}

// readMounts reads which folders hold content.
func (c *hugoConfig) readMounts() {
	for _, m := range list(at(c.values, "module", "mounts")) {
		at0, content := below("content", path.Clean(Text(at(m, "target"))))
		if !content {
			continue
		}
		mount := hugoMount{path.Join(c.dir, Text(at(m, "source"))), strings.TrimPrefix(at0, "."), c.langs[0]}
		for _, l := range c.langs {
			if l.code == strings.ToLower(Text(at(m, "lang"))) {
				mount.lang = l
			}
		}
		c.mounts = append(c.mounts, mount)
	}
	if len(c.mounts) > 0 {
		return
	}
	usual := cmp.Or(c.text("contentdir"), "content")
	if c.file == "" {
		usual = ""
	}
	for _, l := range c.langs {
		dir := cmp.Or(c.text("languages", l.code, "contentdir"), usual)
		c.mounts = append(c.mounts, hugoMount{path.Join(c.dir, dir), "", l})
	}
}

// find gives a file's path below content, with its language. A suffix of the
// name beats the mount's language.
func (c *hugoConfig) find(file string) (rel string, lang *hugoLang, ok bool) {
	longest := -1
	for _, m := range c.mounts {
		inner, in := c.from.within(m.dir, file)
		if in && len(m.dir) > longest {
			longest, rel, lang, ok = len(m.dir), path.Join(m.at, inner), m.lang, true
		}
	}
	if !ok {
		return "", nil, false
	}
	ext := path.Ext(rel)
	bare := strings.TrimSuffix(rel, ext)
	for _, l := range c.langs {
		if suffix := path.Ext(bare); suffix != "" && strings.EqualFold(suffix[1:], l.code) {
			return strings.TrimSuffix(bare, suffix), l, true
		}
	}
	return bare, lang, true
}
