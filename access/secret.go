package access

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"docent"
)

// Purpose is what something is signed for. What was signed for one purpose is
// not believed for another.
type Purpose string

// The purposes there are.
const (
	ForToken     Purpose = "token"     // of visitors
	ForCursor    Purpose = "cursor"    // of lists
	ForChallenge Purpose = "challenge" // of proofs of work
	ForUpload    Purpose = "upload"    // of a file that was announced
	ForPreview   Purpose = "preview"   // of a picture, by its owner's page
	ForPasser    Purpose = "passer"    // names whoever calls from an address
)

// purposes are all of them.
var purposes = []Purpose{ForToken, ForCursor, ForChallenge, ForUpload, ForPreview, ForPasser}

// minSecret is the length of a secret at least, in bytes.
const minSecret = 32

// Secrets sign what is given to clients to bring back. The first signs, all are
// believed, so that a new one can be put in front while the old one's tokens
// are still in use. It may be used from many goroutines.
type Secrets struct {
	derived map[Purpose][][]byte // a key for each secret, in order
}

// NewSecrets takes at least one secret of at least 32 bytes; the error is a
// *docent.SettingError.
func NewSecrets(list []string) (*Secrets, error) {
	if len(list) == 0 {
		return nil, &docent.SettingError{Key: "auth.secret", Right: "a list of at least one text"}
	}
	s := &Secrets{derived: map[Purpose][][]byte{}}
	for _, secret := range list {
		if len(secret) < minSecret {
			return nil, &docent.SettingError{Key: "auth.secret", Right: fmt.Sprintf("texts of at least %d characters each", minSecret)}
		}
		for _, p := range purposes {
			key, err := hkdf.Key(sha256.New, []byte(secret), nil, "docent "+string(p), sha256.Size)
			if err != nil {
				return nil, fmt.Errorf("derive a key: %w", err)
			}
			s.derived[p] = append(s.derived[p], key)
		}
	}
	return s, nil
}

// String shows nothing of the secrets.
func (s *Secrets) String() string { return "********" }

// GoString shows nothing of the secrets.
func (s *Secrets) GoString() string { return s.String() }

var urlText = base64.RawURLEncoding

// Sign gives data, and the proof that it was signed for that purpose, as one
// text that is safe in URLs and headers. data can be read by whoever has it.
func (s *Secrets) Sign(p Purpose, data []byte) string {
	body := urlText.EncodeToString(data)
	return body + "." + urlText.EncodeToString(sum(s.derived[p][0], body))
}

// Verify gives the data of what Sign gave for the same purpose; false where it
// did not.
func (s *Secrets) Verify(p Purpose, signed string) (data []byte, ok bool) {
	body, proof, found := strings.Cut(signed, ".")
	if !found || len(proof) != urlText.EncodedLen(sha256.Size) {
		return nil, false
	}
	claimed, err := urlText.DecodeString(proof)
	if err != nil {
		return nil, false
	}
	for _, key := range s.derived[p] {
		if hmac.Equal(claimed, sum(key, body)) {
			data, err = urlText.DecodeString(body)
			return data, err == nil
		}
	}
	return nil, false
}

// sum proves the text and not what it decodes to: decoders forgive.
func sum(key []byte, body string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(body))
	return h.Sum(nil)
}

// LoadSecret reads the secret in the file at path, and makes both, and the
// folder, where they are missing. Of two processes that make it at the same
// time, both get the same.
func LoadSecret(path string) (string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeSecret(path); err == nil {
			text, err = os.ReadFile(path)
		}
	}
	if err != nil {
		return "", &docent.Error{Code: docent.CodeStore, Message: "the secret that signs tokens can't be read or made",
			Hint: "make data_dir writable, or set auth.secret", Err: err}
	}
	secret := strings.TrimSpace(string(text))
	if len(secret) < minSecret {
		return "", &docent.Error{Code: docent.CodeStore, Message: "the file with the secret that signs tokens is damaged",
			Hint: "delete it: another one is made, and visitors get new tokens", Err: fmt.Errorf("%s: too short", path)}
	}
	return secret, nil
}

// makeSecret writes a file with a new secret beside path, and then gives it
// that name, unless another process was first.
func makeSecret(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".secret-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(randomText(minSecret) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err = os.Link(f.Name(), path); errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}
