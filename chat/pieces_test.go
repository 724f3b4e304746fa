package chat

import (
	"strings"
	"testing"
)

func TestPiecesAreTheText(t *testing.T) {
	for _, text := range []string{"A batch is fired in **four** steps:\n\n1. Load the shelf.\n\n```sh\nkiln load shelf.yaml\n```\n\n2. Close it. [4]", "", "one", strings.Repeat("ein Wort, ", 50), strings.Repeat("字", 200), "\n\n\n"} {
		got := pieces(text)
		if strings.Join(got, "") != text {
			t.Errorf("pieces of %q make %q", text, strings.Join(got, ""))
		}
		for _, p := range got {
			if p == "" || len(p) > 3*pieceBytes || strings.Contains(strings.TrimSuffix(p, "\n"), "\n") {
				t.Errorf("piece %q", p)
			}
		}
	}
}
