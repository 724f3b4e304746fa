package widget_test

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"os/exec"
	"regexp"
	"testing"

	"docent/web/widget"

	"github.com/google/go-cmp/cmp"
)

// maxGzipped bounds what a page pays for the widget, in bytes.
const maxGzipped = 25 * 1024

func files(t *testing.T, fsys fs.FS) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(fsys, name)
		found[name] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestDistHoldsWhatIsServed(t *testing.T) {
	found := files(t, widget.FS)
	for _, name := range []string{"favicon.svg", "index.html", "page.css", "reader.js", "widget.js"} {
		if found[name] == "" {
			t.Errorf("%s is missing or empty", name)
		}
		delete(found, name)
	}
	for name := range found {
		t.Errorf("%s is served, but nothing names it", name)
	}
}

func TestWidgetStaysSmall(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write([]byte(files(t, widget.FS)["widget.js"]))
	w.Close()
	if packed.Len() > maxGzipped {
		t.Errorf("widget.js takes %d bytes gzipped, more than %d", packed.Len(), maxGzipped)
	}
}

// svgNamespace names a vocabulary; nothing is fetched from it.
const svgNamespace = "http://www.w3.org/2000/svg"

var (
	hosts  = regexp.MustCompile(`(?i)\bhttps?://[\w.-]+[^"'\s]*`)
	unsafe = regexp.MustCompile(`(?i)\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|srcdoc)|sourceMappingURL`)
	// A strict content security policy forbids these.
	inline = regexp.MustCompile(`(?i)<style|\sstyle=|\son\w+=|<script>|javascript:`)
)

func TestFilesBringNoForeignCode(t *testing.T) {
	for name, text := range files(t, widget.FS) {
		for _, host := range hosts.FindAllString(text, -1) {
			if host != svgNamespace {
				t.Errorf("%s names another host: %s", name, host)
			}
		}
		if found := unsafe.FindString(text); found != "" {
			t.Errorf("%s makes code of text: %s", name, found)
		}
	}
	if found := inline.FindString(files(t, widget.FS)["index.html"]); found != "" {
		t.Errorf("index.html has inline styles or scripts: %s", found)
	}
}

func TestPageHasRelativeAddressesOnly(t *testing.T) {
	rooted := regexp.MustCompile(`(?:href|src)="/[^"]*"`)
	if found := rooted.FindString(files(t, widget.FS)["index.html"]); found != "" {
		t.Errorf("index.html would leave a path prefix: %s", found)
	}
}

// needs skips a test that the machine can't run, and fails it in CI.
func needs(t *testing.T, ok bool, missing string) {
	t.Helper()
	if ok {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal(missing)
	}
	t.Skip("SKIPPED: " + missing)
}

func needsNode(t *testing.T, module string) {
	t.Helper()
	_, err := exec.LookPath("node")
	needs(t, err == nil, "node is not installed")
	_, err = os.Stat("node_modules/" + module)
	needs(t, err == nil, "run `npm ci` in web/widget first: "+module+" is not there")
}

func TestDistIsWhatTheSourcesBuild(t *testing.T) {
	needsNode(t, "esbuild")
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "node", "build.mjs", dir).CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	if diff := cmp.Diff(files(t, os.DirFS(dir)), files(t, widget.FS)); diff != "" {
		t.Error("dist differs from its sources: run `npm run build` in web/widget and commit dist")
	}
}
