package access

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// origins are those whose pages may call. The zero value is none.
type origins struct {
	any      bool // "*": every origin, but without cookies
	exact    map[string]bool
	patterns []pattern
}

// pattern is an origin with one star in its host.
type pattern struct {
	scheme, port  string
	before, after string // of the star: "deploy-", "--docs.netlify.app"
	labels        bool   // the star stands for whole labels, one or more, not for a part of one
}

// parseOrigins reads exact origins (https://docs.example.com:8443), patterns
// with one star and "*". The error says which one is wrong, and why.
func parseOrigins(list []string) (origins, error) {
	o := origins{exact: map[string]bool{}}
	for _, s := range list {
		if s == "*" {
			o.any = true
			continue
		}
		u, err := url.Parse(s)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" ||
			u.RawQuery != "" || u.Fragment != "" || u.User != nil || !plainHost(strings.ReplaceAll(u.Hostname(), "*", "")) {
			return o, fmt.Errorf("%q is not", s)
		}
		if !strings.Contains(u.Host, "*") {
			o.exact[originOf(u)] = true
			continue
		}
		p, err := parsePattern(u)
		if err != nil {
			return o, err
		}
		o.patterns = append(o.patterns, p)
	}
	return o, nil
}

// originOf is a URL's origin as browsers send it: lower case, without the
// scheme's own port.
func originOf(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := portOf(u); port != "" {
		host = net.JoinHostPort(strings.Trim(host, "[]"), port)
	}
	return u.Scheme + "://" + host
}

// portOf is a URL's port, "" where it is the scheme's own.
func portOf(u *url.URL) string {
	if p := u.Port(); u.Scheme == "http" && p != "80" || u.Scheme == "https" && p != "443" {
		return p
	}
	return ""
}

// parsePattern reads an origin with a star. What the star stands for must lie
// below two fixed labels at least: https://*.com or https://docs-*.com would be
// open to whoever registers a name.
func parsePattern(u *url.URL) (pattern, error) {
	host := strings.ToLower(u.Hostname())
	before, after, _ := strings.Cut(host, "*")
	switch {
	case strings.Contains(after, "*"):
		return pattern{}, fmt.Errorf("%q is not: it has two stars", u.Scheme+"://"+u.Host)
	case strings.Contains(before, "."), strings.Count(strings.TrimLeft(after, "."), ".") < 1, !strings.Contains(after, "."),
		before+after[:1] != "." && strings.Count(after, ".") < 2:
		return pattern{}, fmt.Errorf("%q is not: the star must stand in the first label, above two others at least", u.Scheme+"://"+u.Host)
	}
	return pattern{scheme: u.Scheme, port: portOf(u), before: before, after: after, labels: before == "" && after[0] == '.'}, nil
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
	if o.any {
		return true
	}
	for _, p := range o.patterns {
		if p.scheme == scheme && p.port == port && p.match(host) {
			return true
		}
	}
	return false
}

func (p pattern) match(host string) bool {
	rest, found := strings.CutPrefix(host, p.before)
	if !found {
		return false
	}
	star, found := strings.CutSuffix(rest, p.after)
	if !found || star == "" {
		return false
	}
	return p.labels && plainHost(star) || !strings.Contains(star, ".") && plainHost(star)
}

// splitOrigin takes an origin apart, as a browser writes it.
func splitOrigin(origin string) (scheme, host, port string, ok bool) {
	scheme, hostport, found := strings.Cut(origin, "://")
	if !found || scheme != "http" && scheme != "https" {
		return "", "", "", false
	}
	host, port = hostport, ""
	if at := strings.LastIndexByte(hostport, ':'); at >= 0 && !strings.HasSuffix(hostport, "]") {
		host, port = hostport[:at], hostport[at+1:]
		if port == "" || strings.Trim(port, "0123456789") != "" {
			return "", "", "", false
		}
	}
	if inner, found := strings.CutPrefix(host, "["); found {
		inner, found = strings.CutSuffix(inner, "]")
		return scheme, host, port, found && plainHost(inner)
	}
	return scheme, host, port, plainHost(host) && !strings.Contains(host, ":")
}

// plainHost reports whether a host, or a part of one, has only the characters
// that hosts have in origins, and no empty label.
func plainHost(host string) bool {
	return strings.Trim(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:") == "" && !strings.Contains(host, "..")
}

// localhost reports whether an origin is of a page that this machine serves.
func localhost(origin string) bool {
	_, host, _, ok := splitOrigin(origin)
	return ok && (host == "localhost" || host == "127.0.0.1" || host == "[::1]")
}
