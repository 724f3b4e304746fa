package site

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPythonSettingsAreReadAsFarAsTheyAreWrittenOut(t *testing.T) {
	got := pythonSettings(`"""A text at the top: x = 1."""
import os
project = 'Guide'  # its name
release: str = "2.1"
version = release
extensions = [
    "myst_parser",  # Markdown
    'sphinx.ext.autodoc'
    '_more',
]
extensions += ["a"] + ["b",]
extensions.append("c")
if os.environ.get("CI"):
    project = "Other"
exclude_patterns = ("_build", r"a\b",)
html_baseurl = os.environ.get("URL", "https://x.org/")
options = {"depth": -2, "deep": {"on": True, "off": None}, **more}
options["added"] = 1.5
computed = f"{project} docs"
called = read("x", y=[1])
also = project + " docs"
text = """two
lines"""
def setup(app):
    return {"version": 1}
last = ('one '
        'two')
`)
	want := map[string]any{
		"project": "Guide", "release": "2.1", "version": "2.1", "extensions": []any{"myst_parser", "sphinx.ext.autodoc_more", "a", "b", "c"},
		"exclude_patterns": []any{"_build", `a\b`}, "html_baseurl": "https://x.org/", "computed": unknown{}, "called": unknown{},
		"options": map[string]any{"depth": -2, "deep": map[string]any{"on": true, "off": nil}, "added": 1.5},
		"also":    "Guide docs", "text": "two\nlines", "last": "one two",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzPythonSettings(f *testing.F) {
	for _, seed := range []string{"", "x = [", "x = {'a': (1, 'b'", "x = '''", "x[", "x.append(", "x = \\", "[)", "x = [)]", "x = a.b(c=d", "x = -", "x: = "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) { pythonSettings(src) })
}
