package chat

import (
	"html"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"docent"
)

// linkRules say where links of an answer may lead.
type linkRules struct {
	// host reports whether a host, in lower case and without port, is the
	// documentation's own or on the list of others that may be linked.
	host func(host string) bool
	// given reports whether an address stands in what the model was given.
	given  func(address string) bool
	images bool // images are shown, where a link may lead
}

// may reports whether a link may lead to an address as Markdown has it: to a
// host that may be linked, to a path of this site, or within the page.
func (l linkRules) may(address string) bool {
	_, host, _ := strings.Cut(address, "//")
	if end := strings.IndexAny(host, "/?#&"); end >= 0 && host[end] == '&' {
		return false // an entity: not everybody's host ends there
	}
	address = html.UnescapeString(address)
	if strings.ContainsFunc(address, func(r rune) bool { return r == '\\' || r <= ' ' || r == 0x7f || unicode.IsSpace(r) }) {
		return false
	}
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return false
	case u.Scheme == "" && u.Host == "":
		return strings.HasPrefix(address, "#") || strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//")
	}
	return (u.Scheme == "http" || u.Scheme == "https") && u.User == nil && l.host(strings.ToLower(u.Hostname()))
}

// linkRules says where the links of an answer may lead: to the hosts of its
// sources, and to those that the configuration names.
func (s *Service) linkRules(a *answering) linkRules {
	given := make(map[string]bool)
	for _, m := range a.heard() {
		addresses(m.Text, given)
	}
	if a.tools != nil {
		a.tools.given = given
	}
	return linkRules{
		host:   func(host string) bool { return a.isSource(host) || slices.Contains(s.cfg.Answer.Links, host) },
		given:  func(address string) bool { return given[address] },
		images: s.cfg.Answer.Images,
	}
}

// isSource reports whether a source stands on a host.
func (a *answering) isSource(host string) bool {
	return host != "" && slices.ContainsFunc(a.answer.Sources, func(s docent.Source) bool {
		u, err := url.Parse(s.URL)
		return err == nil && strings.EqualFold(u.Hostname(), host)
	})
}

// addresses adds to found the addresses that stand in a text.
func addresses(text string, found map[string]bool) {
	for {
		at := strings.Index(text, "://")
		if at < 0 {
			return
		}
		start := strings.LastIndexFunc(text[:at], func(r rune) bool { return !isWord(r) }) + 1
		size := strings.IndexFunc(text[at:], endsAddress)
		if size < 0 {
			size = len(text) - at
		}
		found[withoutMarks(text[start:at+size])] = true
		text = text[at+size:]
	}
}

// validHosts reports whether each is a host's name as links are compared with:
// in lower case, without scheme, port and path.
func validHosts(hosts []string) bool {
	return !slices.ContainsFunc(hosts, func(h string) bool {
		return h == "" || h != strings.ToLower(h) || strings.ContainsFunc(h, endsHost)
	})
}
