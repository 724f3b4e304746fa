package server

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/access"
	"docent/ingest/push"
)

// desk asks the addresses of the index, and gives the status alone.
func (p pusher) desk(method, path, body string, into any) int {
	p.t.Helper()
	status, _ := p.request(method, path, []byte(body), into)
	return status
}

// push publishes a folder, or a preview of it.
func (p pusher) push(dir, preview string) {
	p.t.Helper()
	client, sent, err := p.send(dir, preview)
	if err == nil {
		sent, err = client.Commit(p.t.Context(), sent.ID)
	}
	if err == nil {
		sent, err = client.Follow(p.t.Context(), sent.ID, func(docent.Push) {})
	}
	if err != nil || sent.State != docent.PushPublished {
		p.t.Fatalf("%+v, %v", sent, err)
	}
}

// TestAPreviewIsComparedActivatedAndDroppedFromElsewhere goes the way of a pull
// request, on every store.
func TestAPreviewIsComparedActivatedAndDroppedFromElsewhere(t *testing.T) {
	onEachStore(t, func(t *testing.T, cfg Config) {
		p := pusher{t, serve(t, cfg).url, ""}
		dir := birds(t, "heron", "stork")
		p.push(dir, "")
		bird(t, dir, "crane", "Cranes dance.")
		bird(t, dir, "stork", "Storks clatter with their bills.")
		p.push(dir, "pr-1")
		client, err := push.NewClient(p.url, "")
		if err != nil {
			t.Fatal(err)
		}
		all, err := client.Compare(t.Context(), docent.Wanted{Preview: "pr-1", Questions: []string{"who dances?", "what does the heron eat?"}})
		if err != nil || len(all) != 1 {
			t.Fatalf("%+v, %v", all, err)
		}
		changes := map[string]string{}
		for _, page := range all[0].Pages {
			changes[page.Path] = page.Change
		}
		if len(changes) != 2 || changes["crane.md"] != docent.ChangeAdded || changes["stork.md"] != docent.ChangeChanged {
			t.Errorf("%v", changes)
		}
		if asked := all[0].Questions; all[0].Asked != 2 || len(asked) != 1 || !strings.HasPrefix(asked[0].To, "crane.md") {
			t.Errorf("%+v", asked)
		}
		address := cited(t, p.url+"/api/v1/search?index=pr-1&q=who+dances")
		if status := get(t, p.url+address); !strings.Contains(address, "/crane?index=pr-1") || status != http.StatusOK {
			t.Errorf("a citation of a new page leads to %s: %d", address, status)
		}
		if status := get(t, p.url+strings.Replace(address, "?index=pr-1", "", 1)); status != http.StatusNotFound {
			t.Errorf("readers see a page of the preview: %d", status)
		}
		p.push(dir, "")
		var kept struct{ Releases []docent.Release }
		if status := p.desk("GET", "releases", "", &kept); status != http.StatusOK || len(kept.Releases) != 3 {
			t.Errorf("%d %+v", status, kept)
		}
		if status := p.desk("POST", "activate", `{"source":"birds","release":1}`, nil); status != http.StatusNoContent {
			t.Errorf("activating: %d", status)
		}
		back, err := client.Compare(t.Context(), docent.Wanted{From: "birds@2", To: "birds"})
		if err != nil || len(back) != 1 || back[0].To.Number != 1 || len(back[0].Pages) != 2 {
			t.Errorf("%+v, %v", back, err)
		}
		for body, want := range map[string]int{
			`{"preview":"pr-1"}`: 204, `{"preview":"pr-2"}`: 404, `{"preview":"../x"}`: 422, `{}`: 422,
			`{"source":"birds","preview":"pr-1"}`: 422, `{"source":"fish"}`: 404,
		} {
			if status := p.desk("POST", "drop", body, nil); status != want {
				t.Errorf("dropping %s: %d", body, status)
			}
		}
		if _, err := client.Compare(t.Context(), docent.Wanted{Preview: "pr-1"}); docent.CodeOf(err) != docent.CodeNotFound {
			t.Errorf("the preview is still compared: %v", err)
		}
		for _, wrong := range []docent.Wanted{{}, {From: "birds"}, {From: "birds", To: "birds", Preview: "pr-1"}, {From: "birds@Ä", To: "birds"}} {
			if _, err := client.Compare(t.Context(), wrong); docent.CodeOf(err) != docent.CodeInvalid {
				t.Errorf("%+v: %v", wrong, err)
			}
		}
	})
}

// TestReleasesAreSweptAndExportedFromElsewhere, on every store.
func TestReleasesAreSweptAndExportedFromElsewhere(t *testing.T) {
	onEachStore(t, func(t *testing.T, cfg Config) {
		p := pusher{t, serve(t, cfg).url, ""}
		dir := birds(t, "heron")
		for _, name := range []string{"stork", "crane", "gull"} {
			bird(t, dir, name, "Of the "+name+".")
			p.push(dir, "")
		}
		client, err := push.NewClient(p.url, "")
		if err != nil {
			t.Fatal(err)
		}
		swept, err := client.Sweep(t.Context(), docent.Kept{})
		if diff := cmp.Diff(docent.Swept{Kept: 3, Previews: []string{}}, swept); err != nil || diff != "" {
			t.Errorf("as configured: %v\n%s", err, diff)
		}
		swept, err = client.Sweep(t.Context(), docent.Kept{Keep: 1})
		if diff := cmp.Diff(docent.Swept{Deleted: 2, Kept: 1, Previews: []string{}}, swept); err != nil || diff != "" {
			t.Errorf("all but one: %v\n%s", err, diff)
		}
		if _, err := client.Sweep(t.Context(), docent.Kept{Keep: -1}); docent.CodeOf(err) != docent.CodeInvalid {
			t.Errorf("fewer than none: %v", err)
		}
		path := filepath.Join(t.TempDir(), "birds.docent")
		file, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(client.Export(t.Context(), docent.Unit{Source: "birds"}, file), file.Close()); err != nil {
			t.Fatal(err)
		}
		elsewhere := Defaults()
		elsewhere.DataDir = t.TempDir()
		releases, err := ImportIndex(t.Context(), elsewhere, path)
		if err != nil || len(releases) != 1 || releases[0].Pages != 4 {
			t.Errorf("imported: %+v, %v", releases, err)
		}
		if got := titles(t, elsewhere, docent.DefaultSite); got["crane.md"] != "Of the crane." {
			t.Errorf("its pages: %v", got)
		}
		if err := client.Export(t.Context(), docent.Unit{Source: "fish"}, io.Discard); docent.CodeOf(err) != docent.CodeNotFound {
			t.Errorf("what is not there: %v", err)
		}
	})
}

// cited gives the address of the first result of a search.
func cited(t *testing.T, search string) string {
	t.Helper()
	answer, err := http.Get(search)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var found struct{ Results []struct{ URL string } }
	if err := json.NewDecoder(answer.Body).Decode(&found); err != nil || len(found.Results) == 0 {
		t.Fatalf("%s: %+v, %v", answer.Status, found, err)
	}
	return found.Results[0].URL
}

// get gives the status of an address.
func get(t *testing.T, address string) int {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// TestTheIndexOfASiteIsItsOwn attacks the releases of site a with a key of site b.
func TestTheIndexOfASiteIsItsOwn(t *testing.T) {
	f := twoSites(t)
	keyOf := func(site string, scopes ...string) pusher {
		return pusher{t, f.url, addKey(t, f.cfg, access.Key{Site: site, Scopes: scopes})}
	}
	owner, other := keyOf("a", access.ScopeIngest), keyOf("b", access.ScopeIngest)
	owner.push(birds(t, "heron"), "")
	owner.push(birds(t, "heron"), "pr-1")
	for path, body := range map[string]string{
		"diff": `{"from":"birds@1","to":"birds"}`, "activate": `{"source":"birds","release":1}`, "drop": `{"source":"birds"}`,
	} {
		if status := other.desk("POST", path, body, nil); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
		if status := keyOf("a", access.ScopeChat, access.ScopeSearch).desk("POST", path, body, nil); status != http.StatusForbidden {
			t.Errorf("%s without the scope: %d", path, status)
		}
	}
	for path, body := range map[string]string{"diff": `{"preview":"pr-1"}`, "drop": `{"preview":"pr-1"}`} {
		if status := other.desk("POST", path, body, nil); status != http.StatusNotFound {
			t.Errorf("%s of a preview: %d", path, status)
		}
	}
	// a preview's name can't lead out of the site
	for _, body := range []string{`{"from":"birds@a","to":"birds"}`, `{"source":"birds","site":"a"}`} {
		path := "drop"
		if strings.Contains(body, "from") {
			path = "diff"
		}
		if status := other.desk("POST", path, body, nil); status != http.StatusNotFound {
			t.Errorf("%s %s: %d", path, body, status)
		}
	}
	if status := other.desk("GET", "export?source=birds", "", nil); status != http.StatusNotFound {
		t.Errorf("exporting: %d", status)
	}
	owner.push(birds(t, "heron", "stork"), "")
	if status := other.desk("POST", "gc", `{"keep":1}`, nil); status != http.StatusOK {
		t.Errorf("b sweeps its own: %d", status)
	}
	var kept struct{ Releases []docent.Release }
	if status := owner.desk("GET", "releases", "", &kept); status != http.StatusOK || len(kept.Releases) != 4 {
		t.Errorf("after b has swept, a has %d %+v", status, kept)
	}
	if status := other.desk("GET", "releases", "", &kept); status != http.StatusOK {
		t.Error(status)
	}
	for _, r := range kept.Releases {
		if strings.HasPrefix(r.Unit.Site, "a") {
			t.Errorf("b is shown %+v", r.Unit)
		}
	}
	if status := owner.desk("GET", "releases", "", &kept); status != http.StatusOK || len(kept.Releases) < 2 {
		t.Errorf("its own: %d %+v", status, kept)
	}
}
