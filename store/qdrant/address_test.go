package qdrant

import (
	"strings"
	"testing"

	"docent"
)

func TestAddressesAreReadAsTheyAreCopied(t *testing.T) {
	for raw, want := range map[string]Address{
		"localhost":                         {"localhost", 6334, false},
		" qdrant ":                          {"qdrant", 6334, false},
		"qdrant:7000":                       {"qdrant", 7000, false},
		"qdrant:6333":                       {"qdrant", 6334, false},
		"http://qdrant":                     {"qdrant", 6334, false},
		"http://qdrant:6333/":               {"qdrant", 6334, false},
		"https://qdrant.example.com":        {"qdrant.example.com", 6334, true},
		"https://qdrant.example.com:443":    {"qdrant.example.com", 443, true},
		"https://a1-b2.aws.example.io:6333": {"a1-b2.aws.example.io", 6334, true},
		"https://a1-b2.aws.example.io:6333/dashboard#/collections": {"a1-b2.aws.example.io", 6334, true},
		"HTTPS://Example.com":    {"Example.com", 6334, true},
		"127.0.0.1":              {"127.0.0.1", 6334, false},
		"::1":                    {"::1", 6334, false},
		"[::1]:6333":             {"::1", 6334, false},
		"https://[2001:db8::1]/": {"2001:db8::1", 6334, true},
	} {
		got, note, err := ParseURL(raw, "")
		if err != nil || got != want {
			t.Errorf("%q is %+v, %v; want %+v", raw, got, err, want)
		}
		if told := note != ""; told != strings.Contains(raw, "6333") {
			t.Errorf("%q: note %q", raw, note)
		}
	}
}

func TestOtherAddressesAreRefusedWithAHint(t *testing.T) {
	for _, raw := range []string{
		"", " ", "ftp://qdrant", "grpc://qdrant:6334", "http://", "https://:6334", "http://qdrant/path", "qdrant:port", "qdrant:0",
		"qdrant:70000", "http://user:secret@qdrant", "http://qdrant:6334\x7f", "https://[::1",
	} {
		_, _, err := ParseURL(raw, "")
		var told *docent.Error
		if !as(err, &told) || told.Code != docent.CodeInvalid || told.Hint == "" {
			t.Errorf("%q gives %v", raw, err)
		} else if strings.Contains(told.Error(), "secret") {
			t.Errorf("%q is repeated: %v", raw, err)
		}
	}
}

func TestAKeyStaysOffPlainText(t *testing.T) {
	for raw, allowed := range map[string]bool{
		"https://qdrant.example.com": true, "http://localhost:6334": true, "127.0.0.1": true, "127.3.2.1:6334": true, "[::1]:6334": true,
		"a.localhost": true, "qdrant": false, "http://qdrant.example.com": false, "10.0.0.1": false, "localhost.example.com": false,
	} {
		if _, _, err := ParseURL(raw, "key"); (err == nil) != allowed {
			t.Errorf("%q with a key gives %v", raw, err)
		}
	}
}

func FuzzParseURL(f *testing.F) {
	for _, seed := range []string{"localhost", "https://a:6333/dashboard", "[::1]:6334", "http://u:p@h", "%zz", "::", "a:b:c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		a, _, err := ParseURL(raw, "")
		if err != nil {
			return
		}
		again, note, err := ParseURL(map[bool]string{false: "http://", true: "https://"}[a.TLS]+a.String(), "")
		if err != nil || again != a || note != "" {
			t.Errorf("%q is %+v, which is read as %+v, %q, %v", raw, a, again, note, err)
		}
	})
}
