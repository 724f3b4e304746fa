package fetch

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path"
	"slices"
	"strings"
)

// names gives addresses the names of files, each its own, on every file system.
type names map[string]bool // in lower case

// give makes a name of an address. Equal addresses in equal order get equal
// names.
func (n names) give(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		u = &url.URL{Path: "page"}
	}
	at := strings.TrimPrefix(u.Path, "/")
	if at == "" || strings.HasSuffix(at, "/") {
		at += "index"
	}
	at = strings.TrimSuffix(strings.TrimSuffix(at, ".html"), ".htm")
	parts := strings.Split(at, "/")
	for i, p := range parts {
		parts[i] = portable(p)
	}
	name := path.Join(parts...)
	sum := sha256.Sum256([]byte(address))
	if short := hex.EncodeToString(sum[:4]); n[strings.ToLower(name)] || len(name) > 200 {
		name = cutName(name, 200) + "-" + short
	}
	n[strings.ToLower(name)] = true
	return name + ".md"
}

// cutName cuts at a boundary of characters, and leaves no name that ends in a
// slash.
func cutName(name string, limit int) string {
	return strings.TrimRight(strings.ToValidUTF8(name[:min(limit, len(name))], ""), "/.")
}

// portable makes one part of an address a file's name: not hidden, not reserved,
// and none that ingest leaves out.
func portable(part string) string {
	part = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`<>:"|?*\`, r) {
			return '-'
		}
		return r
	}, strings.ToValidUTF8(part, "-"))
	part = cutName(strings.TrimRight(part, ". "), 100)
	base, _, _ := strings.Cut(strings.ToLower(part), ".")
	if part == "" || part[0] == '.' || slices.Contains(reservedNames, base) {
		part = "_" + part
	}
	return part
}

// reservedNames are Windows' devices, and folders that ingest leaves out.
var reservedNames = []string{"con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "lpt1", "lpt2", "lpt3", "node_modules", "vendor"}

// plainURL brings an address into one form: no query, no fragment, the host in
// lower case. nil is none of http or https.
func plainURL(base *url.URL, address string) *url.URL {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return nil
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil
	}
	u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment, u.User = "", false, "", "", nil
	u.Host, u.Path = strings.ToLower(u.Host), cmp.Or(u.Path, "/")
	if port := u.Port(); port == "80" && u.Scheme == "http" || port == "443" && u.Scheme == "https" {
		u.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
	return u
}
