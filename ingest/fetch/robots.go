package fetch

import (
	"bufio"
	"bytes"
	"strconv"
	"strings"
	"time"
)

// agent is who asks, in requests and in robots.txt.
const agent = "docent"

// robots is what a site's robots.txt says to us; its zero value forbids nothing.
type robots struct {
	rules    []robotsRule
	delay    time.Duration // between requests; 0 is not said
	sitemaps []string
}

type robotsRule struct {
	pattern string
	allow   bool
}

// maxRobotsBytes is what crawlers read of a robots.txt at least (RFC 9309).
const maxRobotsBytes = 500 << 10

// maxDelay is the longest pause between requests that a site gets.
const maxDelay = 10 * time.Second

// readRobots reads robots.txt as RFC 9309 has it: the groups for us count, or
// else those for everybody.
func readRobots(text []byte) robots {
	ours, all := robots{}, robots{}
	named := false // a group names us
	var into []*robots
	inAgents := false
	var sitemaps []string
	lines := bufio.NewScanner(bytes.NewReader(text[:min(len(text), maxRobotsBytes)]))
	lines.Buffer(nil, maxRobotsBytes+1)
	for lines.Scan() {
		line, _, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "\uFEFF"), "#")
		key, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch key = strings.ToLower(strings.TrimSpace(key)); key {
		case "user-agent":
			if !inAgents {
				into = nil
			}
			inAgents = true
			switch strings.ToLower(value) {
			case "*":
				into = append(into, &all)
			case agent:
				named, into = true, append(into, &ours)
			}
		case "sitemap":
			sitemaps = append(sitemaps, value)
		case "allow", "disallow", "crawl-delay":
			inAgents = false
			for _, r := range into {
				r.take(key, value)
			}
		}
	}
	if !named {
		ours = all
	}
	ours.sitemaps = sitemaps
	return ours
}

func (r *robots) take(key, value string) {
	if key == "crawl-delay" {
		if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds > 0 {
			r.delay = min(time.Duration(min(seconds, 3600)*float64(time.Second)), maxDelay)
		}
		return
	}
	if value != "" {
		r.rules = append(r.rules, robotsRule{value, key == "allow"})
	}
}

// allows reports whether a path, with its query, may be asked for: the longest
// rule that fits counts, and of equal ones the one that allows.
func (r *robots) allows(path string) bool {
	allowed, longest := true, -1
	for _, rule := range r.rules {
		n := len(rule.pattern)
		if n < longest || n == longest && !rule.allow || !robotsMatch(rule.pattern, path) {
			continue
		}
		allowed, longest = rule.allow, n
	}
	return allowed
}

// robotsMatch reports whether a path begins with a pattern, in which * stands
// for anything, and $ at its end for the path's end.
func robotsMatch(pattern, path string) bool {
	pattern, whole := strings.CutSuffix(pattern, "$")
	parts := strings.Split(pattern, "*")
	if !strings.HasPrefix(path, parts[0]) {
		return false
	}
	path = path[len(parts[0]):]
	for i, part := range parts[1:] {
		if whole && i == len(parts)-2 {
			return strings.HasSuffix(path, part)
		}
		at := strings.Index(path, part)
		if at < 0 {
			return false
		}
		path = path[at+len(part):]
	}
	return !whole || path == ""
}
