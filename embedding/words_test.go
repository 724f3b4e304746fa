package embedding

import "testing"

func TestWordsAreWhole(t *testing.T) {
	words := map[string]bool{}
	for w := range Builtin().Words() {
		words[w] = true
	}
	for w, want := range map[string]bool{"install": true, "cloud": true, "the": true, "##ing": false, "[CLS]": false, "swtich": false, "": false} {
		if words[w] != want {
			t.Errorf("%q is a word: %v", w, !want)
		}
	}
	if len(words) < 10000 {
		t.Errorf("%d words", len(words))
	}
	for range Builtin().Words() {
		break
	}
}
