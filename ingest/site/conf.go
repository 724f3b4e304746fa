package site

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"docent"
)

// conf reads a site's configuration: it remembers what was read, for the
// fingerprint, and what could not be, for the report.
type conf struct {
	s        Settings
	file     string // the main file, in the repository; "" where there is none
	js       *jsReader
	hash     hash.Hash
	warnings []docent.Warning
	said     map[string]bool
}

func newConf(s Settings, file string) *conf {
	c := &conf{s: s, file: file, hash: sha256.New(), said: map[string]bool{}}
	c.js = newJSReader(s.Repo, c.note)
	return c
}

func (c *conf) note(name string, raw []byte) {
	fmt.Fprintf(c.hash, "%s %d\n", name, len(raw))
	c.hash.Write(raw)
}

// stamp names a framework's rules and all of the configuration that was read.
func (c *conf) stamp(rules string) string {
	return fmt.Sprintf("%s %q %q %q %q %s", rules, c.s.Source, c.s.Version, c.s.Lang, c.s.BaseURL, hex.EncodeToString(c.hash.Sum(nil)))
}

// dir is the folder of the configuration, in the repository.
func (c *conf) dir() string {
	if c.file == "" {
		return c.s.At
	}
	return path.Dir(c.file)
}

// warn notes what could not be read in a file, once; line 0 is the whole file.
func (c *conf) warn(file string, line int, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	if key := file + message; !c.said[key] {
		c.said[key] = true
		c.warnings = append(c.warnings, docent.Warning{Path: c.s.relative(file), Line: line, Message: message})
	}
}

// script gives what a file of JavaScript exports as its configuration; nil,
// with a warning, where it has none that can be read. instead says what is
// done without it.
func (c *conf) script(file, instead string) *jsObject {
	v, err := c.js.read(file)
	if err != nil {
		c.warn(file, 0, "can't be read (%s): %s", reasonOf(err), instead)
		return nil
	}
	o := jsConfig(v)
	if o == nil {
		c.warn(file, 0, "holds no configuration that can be read without running it: %s", instead)
	}
	return o
}

// bytes reads a file that may not be there.
func (c *conf) bytes(file string) ([]byte, bool) {
	if !c.s.tree.has(file) {
		return nil, false
	}
	raw, err := readConfig(c.s.Repo, file)
	if err != nil {
		c.warn(file, 0, "can't be read: %s", reasonOf(err))
		return nil, false
	}
	c.note(file, raw)
	return raw, true
}

func reasonOf(err error) string {
	if p, ok := err.(*fs.PathError); ok {
		return p.Err.Error()
	}
	return err.Error()
}

// text is a setting that is a string. What is computed is not run: it is
// reported, and the fallback taken.
func (c *conf) text(o *jsObject, key, fallback string) string {
	switch v := o.get(key).(type) {
	case nil:
		return fallback
	case string:
		return v
	case jsUnknown:
		c.computed(key, v.text, v.line, fallback)
	case *jsCall:
		c.computed(key, v.name+"()", v.line, fallback)
	case *jsClosure:
		c.computed(key, "a function", v.node.line, fallback)
	}
	return fallback
}

func (c *conf) computed(key, as string, line int, fallback string) {
	taken := "it is taken as not set"
	if fallback != "" {
		taken = strconv.Quote(fallback) + " is taken"
	}
	c.warn(c.file, line, "%s is computed (%s), which is not run: %s", key, as, taken)
}

// flag is a setting that is true or false.
func (c *conf) flag(o *jsObject, key string, fallback bool) bool {
	switch v := o.get(key).(type) {
	case bool:
		return v
	case jsUnknown:
		c.warn(c.file, v.line, "%s is computed (%s), which is not run: %v is taken", key, v.text, fallback)
	}
	return fallback
}

// object is a setting that is an object; nil where it is not set.
func (c *conf) object(o *jsObject, key string) *jsObject {
	switch v := o.get(key).(type) {
	case *jsObject:
		return v
	case jsUnknown:
		c.warn(c.file, v.line, "%s is computed (%s), which is not run: it is left out", key, v.text)
	case *jsCall:
		if in := jsConfig(v); in != nil {
			return in
		}
		c.warn(c.file, v.line, "%s is computed (%s()), which is not run: it is left out", key, v.name)
	}
	return nil
}

// folder is a setting that is a path, in the repository. What leads out of it
// is not ok.
func (c *conf) folder(name string) (at string, ok bool) {
	if rooted, absolute := strings.CutPrefix(name, "/"); absolute { // made with __dirname
		at = path.Clean(rooted)
		if rooted == "" {
			at = "."
		}
	} else {
		at = path.Join(c.dir(), strings.TrimPrefix(name, "@site/"))
	}
	return at, fs.ValidPath(at)
}
