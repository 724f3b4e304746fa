package access

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"docent"
)

func newSecrets(t testing.TB, list ...string) *Secrets {
	t.Helper()
	s, err := NewSecrets(list)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWhatWasSignedIsBelievedForItsPurposeOnly(t *testing.T) {
	s := newSecrets(t, testSecret)
	for _, data := range []string{"", "x", "{\"a\": 1}", strings.Repeat("long", 1000), "\x00\xff"} {
		signed := s.Sign(ForToken, []byte(data))
		if got, ok := s.Verify(ForToken, signed); !ok || string(got) != data {
			t.Errorf("%q comes back as %q, %v", clip(data), got, ok)
		}
		for _, p := range purposes[1:] {
			if _, ok := s.Verify(p, signed); ok {
				t.Errorf("a token is believed as a %s", p)
			}
		}
	}
}

// TestNoChangedTextIsBelieved tries every change of one character, every cut and
// every addition: a signature fits one text, not two that mean the same bytes.
func TestNoChangedTextIsBelieved(t *testing.T) {
	s := newSecrets(t, testSecret)
	signed := s.Sign(ForToken, []byte("visitor 1"))
	var changed []string
	for i := range signed {
		for _, b := range []byte("Ab9-_.=+/ \n\x00") {
			if signed[i] != b {
				changed = append(changed, signed[:i]+string(b)+signed[i+1:])
			}
		}
		changed = append(changed, signed[:i], signed[i+1:], signed[:i]+"\n"+signed[i:])
	}
	changed = append(changed, signed+"=", signed+".", "."+signed, signed+signed, ".", "", strings.ReplaceAll(signed, ".", ""))
	for _, text := range changed {
		if got, ok := s.Verify(ForToken, text); ok {
			t.Errorf("%q is believed as %q", text, got)
		}
	}
}

func TestASecretIsRotatedWithoutLoss(t *testing.T) {
	before, after := strings.Repeat("a", 32), strings.Repeat("b", 32)
	signed := newSecrets(t, before).Sign(ForToken, []byte("x"))
	both := newSecrets(t, after, before)
	if _, ok := both.Verify(ForToken, signed); !ok {
		t.Error("what the secret before signed is not believed")
	}
	if _, ok := newSecrets(t, after).Verify(ForToken, both.Sign(ForToken, []byte("x"))); !ok {
		t.Error("the first secret does not sign")
	}
	if _, ok := newSecrets(t, after).Verify(ForToken, signed); ok {
		t.Error("a secret that was removed is believed")
	}
}

func TestShortSecretsAreRefused(t *testing.T) {
	for _, list := range [][]string{nil, {"short"}, {testSecret, strings.Repeat("x", 31)}, {""}} {
		if _, err := NewSecrets(list); err == nil || !strings.Contains(err.Error(), "auth.secret") {
			t.Errorf("%q: %v", list, err)
		}
	}
}

func TestSecretsPrintNothing(t *testing.T) {
	s := newSecrets(t, testSecret)
	key := string(s.derived[ForToken][0])
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		printed := fmt.Sprintf(verb, s)
		if strings.Contains(printed, "secret") || strings.Contains(printed, fmt.Sprintf("%x", key)) || strings.Contains(printed, fmt.Sprint([]byte(key))) {
			t.Errorf("%s shows %s", verb, printed)
		}
	}
}

func TestTheSecretsFileIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "secret")
	made := make([]string, 16)
	var making sync.WaitGroup
	for i := range made {
		making.Go(func() {
			var err error
			if made[i], err = LoadSecret(path); err != nil {
				t.Error(err)
			}
		})
	}
	making.Wait()
	for _, secret := range made {
		if secret != made[0] || len(secret) < minSecret {
			t.Fatalf("at the same time were made %q", made)
		}
	}
	if again, err := LoadSecret(path); err != nil || again != made[0] {
		t.Errorf("later it is %q, %v", again, err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("beside it are left %v, %v", left, err)
	}
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("others can read it: %v, %v", info.Mode(), err)
	}
	other, err := LoadSecret(filepath.Join(t.TempDir(), "secret"))
	if err != nil || other == made[0] {
		t.Errorf("elsewhere the same is made: %v", err)
	}
}

func TestADamagedSecretIsNeverUsed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	for _, content := range []string{"", "\n", "short\n", strings.Repeat(" ", 100)} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := LoadSecret(path)
		wantRefused(t, err, docent.CodeStore, "damaged")
	}
	_, err := LoadSecret(filepath.Join(path, "below a file"))
	wantRefused(t, err, docent.CodeStore, "can't be read or made")
}

func FuzzSigned(f *testing.F) {
	s := newSecrets(f, testSecret)
	f.Add(s.Sign(ForToken, []byte("x")), []byte("x"))
	f.Add("e30.AAAA", []byte(nil))
	f.Add(".", []byte("\x00"))
	f.Fuzz(func(t *testing.T, text string, data []byte) {
		if got, ok := s.Verify(ForToken, text); ok && s.Sign(ForToken, got) != text {
			t.Errorf("%q is believed, and was not signed", text)
		}
		if got, ok := s.Verify(ForToken, s.Sign(ForToken, data)); !ok || !bytes.Equal(got, data) {
			t.Errorf("%q comes back as %q, %v", data, got, ok)
		}
	})
}
