package server

import (
	"context"
	"strings"

	"docent/chat/hook"
)

// checkHooks looks whether the programs of hooks can be reached. They are not told
// of anything.
func checkHooks(ctx context.Context, c *Config) []Finding {
	found := check("hooks")
	var all []Finding
	for _, h := range []struct {
		key string
		hook.Hook
	}{{"hooks.before", c.Hooks.Before}, {"hooks.respond", c.Hooks.Respond}, {"hooks.action", c.Hooks.Action}} {
		if h.URL == "" {
			continue
		}
		if strings.HasPrefix(h.URL, "http://") && !h.AllowPrivate {
			all = append(all, found.warning("use https://", "%s is called unencrypted", h.key))
		}
		if err := h.Reach(ctx); err != nil {
			all = append(all, found.problem("look whether the program runs; an address of this machine or of a private network needs "+h.key+".allow_private", "%s: %s", h.key, err))
			continue
		}
		all = append(all, found.ok("%s can be reached", h.key))
	}
	if len(all) == 0 {
		return []Finding{found.skipped("", "the configuration has no hooks")}
	}
	return all
}
