package access

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// origins are those whose pages may call. The zero value is none.
type origins struct {
	any      bool // "*": every page, but never with cookies
	exact    map[string]bool
	patterns []pattern
}

// pattern is an origin with one star in the first label of its host.
type pattern struct {
	scheme, port  string
	before, after string // the star in its label: "deploy-", "--docs"
	rest          string // the labels after that: "netlify.app"
	labels        bool   // the star is the whole label, and stands for one or more
}

// parseOrigins reads exact origins (https://docs.example.com:8443), origins
// with a star and "*". The error says which one is wrong.
func parseOrigins(list []string) (origins, error) {
	o := origins{exact: map[string]bool{}}
	for _, s := range list {
		if err := o.add(s); err != nil {
			return o, err
		}
	}
	return o, nil
}

func (o *origins) add(s string) error {
	if s == "*" {
		o.any = true
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return fmt.Errorf("%q is not", s)
	}
	origin := originOf(u)
	scheme, _, port, ok := splitOrigin(strings.ReplaceAll(origin, "*", "x"))
	if !ok {
		return fmt.Errorf("%q is not", s)
	}
	if !strings.Contains(origin, "*") {
		o.exact[origin] = true
		return nil
	}
	p, err := parsePattern(strings.ToLower(u.Hostname()))
	if err != nil {
		return fmt.Errorf("%q is not: %w", s, err)
	}
	p.scheme, p.port = scheme, port
	o.patterns = append(o.patterns, p)
	return nil
}

// parsePattern reads a host with a star. Two labels at least must stand behind
// the star's: https://*.com and https://docs-*.com are open to whoever registers
// a name.
func parsePattern(host string) (pattern, error) {
	label, rest, _ := strings.Cut(host, ".")
	before, after, starred := strings.Cut(label, "*")
	if !starred || strings.Contains(after+rest, "*") || !strings.Contains(rest, ".") {
		return pattern{}, errors.New("one star may stand in the first label, with two others at least behind it")
	}
	return pattern{before: before, after: after, rest: rest, labels: label == "*"}, nil
}

func (p pattern) match(scheme, host, port string) bool {
	if scheme != p.scheme || port != p.port {
		return false
	}
	if p.labels {
		star, found := strings.CutSuffix(host, "."+p.rest)
		return found && star != ""
	}
	label, rest, _ := strings.Cut(host, ".")
	return rest == p.rest && len(label) > len(p.before)+len(p.after) &&
		strings.HasPrefix(label, p.before) && strings.HasSuffix(label, p.after)
}

// named reports whether an origin is one of the exact ones: only their pages
// may call with cookies.
func (o origins) named(origin string) bool { return o.exact[origin] }

// allow reports whether pages of an origin may call. origin is as browsers
// send it; "null" and "" never are.
func (o origins) allow(origin string) bool {
	if o.exact[origin] {
		return true
	}
	scheme, host, port, ok := splitOrigin(origin)
	if !ok {
		return false
	}
	for _, p := range o.patterns {
		if p.match(scheme, host, port) {
			return true
		}
	}
	return o.any
}

// originOf is a URL's origin as browsers send it: lower case, without the
// scheme's own port.
func originOf(u *url.URL) string {
	host := strings.ToLower(u.Host)
	if p := u.Port(); u.Scheme == "http" && p == "80" || u.Scheme == "https" && p == "443" {
		host = strings.TrimSuffix(host, ":"+p)
	}
	return u.Scheme + "://" + host
}

// splitOrigin takes an origin apart. It takes only what a browser may send of a
// page that came by http or https; an IPv6 address keeps its brackets.
func splitOrigin(origin string) (scheme, host, port string, ok bool) {
	scheme, host, _ = strings.Cut(origin, "://")
	if scheme != "http" && scheme != "https" {
		return "", "", "", false
	}
	if at := strings.LastIndexByte(host, ':'); at > strings.LastIndexByte(host, ']') {
		if port = host[at+1:]; port == "" || !only(port, "0123456789") {
			return "", "", "", false
		}
		host = host[:at]
	}
	if inner, is := strings.CutPrefix(host, "["); is {
		inner, is = strings.CutSuffix(inner, "]")
		return scheme, host, port, is && only(inner, "0123456789abcdef:.")
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || !only(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") {
			return "", "", "", false
		}
	}
	return scheme, host, port, true
}

// only reports whether text holds no other characters.
func only(text, characters string) bool { return strings.Trim(text, characters) == "" }

// localhost reports whether an origin is of a page that this machine serves.
func localhost(origin string) bool {
	_, host, _, ok := splitOrigin(origin)
	return ok && (host == "localhost" || host == "127.0.0.1" || host == "[::1]")
}
