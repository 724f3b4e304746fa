package server

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoPathLeadsToAFile: what is served are files in memory and pages of the
// index. Paths are sent as they stand here: no client cleans them.
func TestNoPathLeadsToAFile(t *testing.T) {
	f := start(t, nil)
	bait := filepath.Join(f.cfg.DataDir, "bait.md")
	if err := os.WriteFile(bait, []byte("planted-file"), 0o600); err != nil {
		t.Fatal(err)
	}
	up := strings.Repeat("../", 12)
	encoded := strings.NewReplacer("../", "..%2f")
	for _, to := range []string{bait[1:], "etc/passwd", "docent.db", "secret", "go.mod"} {
		for _, target := range []string{
			"/" + up + to, "/" + encoded.Replace(up) + to, "/%2e%2e/%2e%2e/" + to, "//" + to, "/widget.js/" + up + to, "/widget.js%00/" + to, "/./" + to,
			"/docs/" + up + to, "/docs/manual/" + up + to, "/docs/manual/" + encoded.Replace(up) + to, "/docs/manual//" + to,
			"/docs/manual/" + strings.ReplaceAll(up, "/", "%5c") + to, "/docs/" + encoded.Replace(up) + to, "/docs/manual/%00" + to,
			"/api/v1/sessions/" + encoded.Replace(up) + to + "/export", "/api/v1/search?q=port&path_prefix=" + up + to + "&limit=1",
		} {
			status, body := rawGet(t, f.url, target)
			found := strings.Contains(target, "/search?") && status == 200
			if status != 404 && !found || strings.Contains(body, "planted-file") || strings.Contains(body, "root:") || strings.Contains(body, "module docent") {
				t.Errorf("%s: %d %.200s", target, status, body)
			}
		}
	}
}

// rawGet sends a request line as it is.
func rawGet(t *testing.T, url, target string) (int, string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", target)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%s: %v", target, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}
