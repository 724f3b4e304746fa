package site

import (
	"io/fs"
	"path"
	"strings"
)

// jsReader reads JavaScript, TypeScript and JSON as data. It runs nothing: of
// a module it takes the literals, follows names, imports within the repository
// and functions to what they return, and gives a jsUnknown for all else.
type jsReader struct {
	files   fs.FS
	note    func(name string, raw []byte) // is told of every file that was read
	modules map[string]*jsModule
	busy    map[*jsNode]bool
	steps   int
	depth   int
	calls   int
}

// jsModule is a file.
type jsModule struct {
	reader *jsReader
	file   string
	env    *jsEnv
	data   any // of JSON
	isData bool
}

func newJSReader(files fs.FS, note func(name string, raw []byte)) *jsReader {
	return &jsReader{files: files, note: note, modules: map[string]*jsModule{}, busy: map[*jsNode]bool{}}
}

// read gives what a file exports as its own value; an error is fs's.
func (r *jsReader) read(file string) (any, error) {
	m, err := r.module(file)
	if err != nil {
		return nil, err
	}
	return m.export("default"), nil
}

func (r *jsReader) module(file string) (*jsModule, error) {
	if m, known := r.modules[file]; known {
		return m, nil
	}
	raw, err := readConfig(r.files, file)
	if err != nil {
		return nil, err
	}
	r.note(file, raw)
	m := &jsModule{reader: r, file: file}
	r.modules[file] = m
	if path.Ext(file) == ".json" {
		m.isData = true
		p := &jsParser{src: string(raw), tokens: jsLex(string(raw)), line: 1}
		m.data = (&jsEnv{scope: &jsScope{}, module: m}).eval(p.expression())
		return m, nil
	}
	m.env = &jsEnv{scope: jsParse(string(raw)), module: m}
	return m, nil
}

func (m *jsModule) dir() string { return path.Dir(m.file) }

// absolute is a path relative to the module, with a slash in front that stands
// for the repository.
func (m *jsModule) absolute(name string) string { return path.Join("/", m.dir(), name) }

// export gives what a module exports under a name.
func (m *jsModule) export(name string) any {
	if m.isData {
		if o, ok := m.data.(*jsObject); ok && name != "default" && name != "*" {
			return o.get(name)
		}
		return m.data
	}
	exports := m.env.scope.exports
	if name == "*" { // require, or import * as
		if exports["default"] != nil {
			return m.export("default")
		}
		o := newJSObject()
		for _, name := range sortedKeys(exports) {
			o.set(name, m.export(name))
		}
		return o
	}
	if node := exports[name]; node != nil {
		return m.env.once(name, node)
	}
	for _, from := range m.env.scope.again {
		if v := m.imported(jsImport{from, name}, 0); v != nil {
			if _, unknown := v.(jsUnknown); !unknown {
				return v
			}
		}
	}
	if name == "default" && len(exports) > 0 { // exports.a = 1
		return m.export("*")
	}
	return jsUnknown{text: name}
}

// imported gives what an import brings: from a file of the repository its
// value, from a package only its name.
func (m *jsModule) imported(i jsImport, line int) any {
	if !strings.HasPrefix(i.from, ".") && !strings.HasPrefix(i.from, "/") {
		return jsUnknown{text: i.name, line: line, from: i.from}
	}
	if m.reader.calls > jsMaxCalls {
		return jsUnknown{text: i.name, line: line}
	}
	if file, ok := m.resolve(i.from); ok {
		if of, err := m.reader.module(file); err == nil {
			return of.export(i.name)
		}
	}
	return jsUnknown{text: i.from, line: line}
}

// moduleEnds are what the name of a module may leave out.
var moduleEnds = []string{"", ".js", ".ts", ".mjs", ".mts", ".cjs", ".json", ".tsx", ".jsx", "/index.js", "/index.ts"}

// resolve finds the file of a module that is named relative to another.
func (m *jsModule) resolve(name string) (file string, ok bool) {
	at := path.Join(m.dir(), name)
	if rooted, ok := strings.CutPrefix(name, "/"); ok { // of the repository, see absolute
		at = path.Clean(rooted)
	}
	bare := strings.TrimSuffix(strings.TrimSuffix(at, ".js"), ".mjs") // TypeScript names what it will be compiled to
	for _, start := range []string{at, bare} {
		for _, end := range moduleEnds {
			if file = start + end; path.Ext(file) == "" {
				continue
			}
			if info, err := fs.Stat(m.reader.files, file); err == nil && info.Mode().IsRegular() {
				return file, true
			}
		}
	}
	return "", false
}
