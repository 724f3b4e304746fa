package site

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// tree is the part of a repository in which a configuration is looked for: the
// source's folder, those above it with their children, since a site often
// stands beside its pages (website/ and docs/), and those below it. It is used
// while rules are made, by one goroutine.
type tree struct {
	repo  fs.FS
	dirs  []string       // in the order in which they are searched
	far   map[string]int // of each of them, its distance
	names map[string]map[string]bool
}

// farthest is above every distance.
const farthest = 1 << 20

// maxDepth is how far below the source's folder a configuration may stand, and
// maxDirs how many folders are searched for one.
const (
	maxDepth = 4
	maxDirs  = 2000
)

// foreign are folders whose configurations are of something else than this
// project's documentation.
var foreign = map[string]bool{
	"node_modules": true, "vendor": true, "examples": true, "example": true, "test": true, "tests": true, "testdata": true,
	"fixtures": true, "__tests__": true, "__fixtures__": true, "e2e": true, "templates": true, "template": true,
	"playground": true, "playgrounds": true, "dist": true, "build": true, "target": true,
}

func newTree(repo fs.FS, at string) *tree {
	t := &tree{repo: repo, far: map[string]int{}, names: map[string]map[string]bool{}}
	t.add(at, 0)
	for dir, far := at, 1; dir != "."; far += 2 {
		dir = path.Dir(dir)
		t.add(dir, far)
		for _, child := range t.children(dir) {
			t.add(child, far+1)
		}
	}
	level := t.children(at)
	for depth := 1; depth <= maxDepth && len(level) > 0; depth++ {
		var next []string
		for _, dir := range level {
			t.add(dir, 1000+depth)
			if depth < maxDepth {
				next = append(next, t.children(dir)...)
			}
		}
		level = next
	}
	return t
}

// add lists a folder that was not listed yet.
func (t *tree) add(dir string, far int) {
	if _, known := t.far[dir]; known || len(t.dirs) >= maxDirs {
		return
	}
	t.dirs = append(t.dirs, dir)
	t.far[dir] = far
	t.list(dir)
}

// list gives what a folder holds, with true for folders. What can't be read is
// empty.
func (t *tree) list(dir string) map[string]bool {
	if names, known := t.names[dir]; known {
		return names
	}
	entries, _ := fs.ReadDir(t.repo, dir)
	names := make(map[string]bool, len(entries))
	for _, e := range entries {
		names[e.Name()] = e.IsDir()
	}
	t.names[dir] = names
	return names
}

// children are a folder's folders in which a configuration may stand, in
// order.
func (t *tree) children(dir string) []string {
	var all []string
	for name, isDir := range t.list(dir) {
		if isDir && !strings.HasPrefix(name, ".") && !foreign[name] {
			all = append(all, path.Join(dir, name))
		}
	}
	slices.Sort(all)
	return all
}

// find gives the files with one of the given names, the nearest first. A name
// may have a folder in front: ".vitepress/config.ts".
func (t *tree) find(names ...string) []string {
	var found []string
	for _, dir := range t.dirs {
		for _, name := range names {
			if t.has(path.Join(dir, name)) {
				found = append(found, path.Join(dir, name))
			}
		}
	}
	return found
}

// has reports whether a file is there. It looks at the folders on the way
// first, since most are not.
func (t *tree) has(file string) bool {
	dir, name := path.Dir(file), path.Base(file)
	if _, listed := t.names[dir]; !listed && dir != "." && !t.list(path.Dir(dir))[path.Base(dir)] {
		return false
	}
	isDir, there := t.list(dir)[name]
	return there && !isDir
}

// distance says how far a configuration that find gave is from the source's
// folder.
func (t *tree) distance(file string) int {
	dir := path.Dir(file)
	for {
		if far, ok := t.far[dir]; ok {
			return far
		}
		if dir == "." {
			return farthest
		}
		dir = path.Dir(dir)
	}
}
