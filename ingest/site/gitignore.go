package site

import (
	"path"
	"strings"
)

// gitignore is a list of patterns as Git has them: a later one overrides those
// before it, "!" takes back, and a folder takes in all below it.
type gitignore []ignoreLine

type ignoreLine struct {
	names   []string // the pattern, divided at its slashes
	back    bool     // what it fits is taken back
	folders bool     // it fits folders alone
}

func newGitignore(text string) gitignore {
	var g gitignore
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		var one ignoreLine
		line, one.back = strings.CutPrefix(line, "!")
		line = strings.TrimPrefix(line, `\`)
		line, one.folders = strings.CutSuffix(line, "/")
		if !strings.Contains(line, "/") {
			line = "**/" + line
		}
		one.names = strings.Split(strings.TrimPrefix(line, "/"), "/")
		g = append(g, one)
	}
	return g
}

// has reports whether the patterns leave the file out, or a folder that it
// stands in.
func (g gitignore) has(file string) bool {
	names := strings.Split(file, "/")
	out := false
	for _, line := range g {
		for n := 1; n <= len(names); n++ {
			if (n < len(names) || !line.folders) && fitsNames(line.names, names[:n]) {
				out = !line.back
				break
			}
		}
	}
	return out
}

// fitsNames reports whether a pattern fits a path; ** stands for any number of
// folders.
func fitsNames(pattern, names []string) bool {
	for len(pattern) > 0 {
		if pattern[0] == "**" {
			for skip := 0; skip <= len(names); skip++ {
				if len(pattern) == 1 && skip < len(names) || len(pattern) > 1 && fitsNames(pattern[1:], names[skip:]) {
					return true
				}
			}
			return false
		}
		if len(names) == 0 {
			return false
		}
		if ok, err := path.Match(pattern[0], names[0]); !ok || err != nil {
			return false
		}
		pattern, names = pattern[1:], names[1:]
	}
	return len(names) == 0
}

// fitsGlob reports whether a pattern fits a path as a whole.
func fitsGlob(pattern, file string) bool {
	return fitsNames(strings.Split(pattern, "/"), strings.Split(file, "/"))
}
