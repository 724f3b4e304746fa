package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"syscall"

	"docent"
)

// The checks here are of who can reach the server, and what they may do there.

func checkListening(ctx context.Context, c *Config) []Finding {
	listening := check("listening")
	switch err := c.CanListen(ctx); {
	case docent.CodeOf(err) == docent.CodeInvalid:
		return []Finding{listening.problem("make a key with 'docent keys create', name the origins of your site, set auth.issuers or auth.open_to_everyone: true, or listen on 127.0.0.1 without a public_url",
			"%v: serve refuses to start", err)}
	case err != nil:
		return []Finding{listening.failed(err, "")}
	case !c.reachable():
		return []Finding{listening.ok("on %s: only this machine can ask", c.Server.Host)}
	}
	return []Finding{listening.ok("on %s, which others can reach", c.Server.Host)}
}

func checkPort(ctx context.Context, c *Config) []Finding {
	port := check("port")
	if c.Server.Port == 0 {
		return []Finding{port.ok("a free one is taken at each start")}
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", c.address())
	if err == nil {
		listener.Close()
		return []Finding{port.ok("%s is free", c.address())}
	}
	if Healthy(ctx, *c) == nil {
		return []Finding{port.ok("a Docent is serving on %s", c.address())}
	}
	if errors.Is(err, syscall.EACCES) {
		return []Finding{port.problem("choose one above 1023 with PORT, and let a proxy have 80 and 443", "%s is not allowed to this user", c.address())}
	}
	return []Finding{port.failed(err, "choose another one with PORT, or end the program that has it")}
}

func checkPublicURL(_ context.Context, c *Config) []Finding {
	public := check("public_url")
	u, err := url.Parse(c.Server.PublicURL)
	switch {
	case err != nil:
		return []Finding{public.failed(err, "correct server.public_url")}
	case c.Server.PublicURL == "" && c.onLoopback():
		return []Finding{public.skipped("", "not needed on %s", c.Server.Host)}
	case c.Server.PublicURL == "":
		return []Finding{public.warning("set server.public_url to the address that readers use", "it is not set: links begin at whatever host the browser used")}
	case u.Scheme != "https" && !loopbackName(u.Hostname()):
		return []Finding{public.warning("put a proxy with TLS in front, and write https://",
			"%s is not https: questions travel in the open, and pages over https can't call it", c.Server.PublicURL)}
	}
	return []Finding{public.ok("%s", c.Server.PublicURL)}
}

func loopbackName(host string) bool {
	named := Config{}
	named.Server.Host = host
	return named.onLoopback()
}

func checkOrigins(_ context.Context, c *Config) []Finding {
	origins := check("origins")
	var list []string
	for _, site := range c.sites() {
		list = append(list, site.Origins...)
	}
	if c.Auth.Localhost && c.reachable() {
		return []Finding{origins.warning("set auth.localhost: false where nobody develops pages", "pages that run on a reader's own machine may call")}
	}
	if len(list) == 0 {
		return []Finding{origins.ok("none: only pages of this server itself may ask")}
	}
	for _, o := range list {
		if o == "*" {
			return []Finding{origins.warning("name your sites in cors.allowed_origins, or in a site's origins", "* lets every site put questions to this server, at your cost")}
		}
		if u, err := url.Parse(o); err == nil && u.Scheme == "http" && !loopbackName(u.Hostname()) {
			return []Finding{origins.warning("serve that site over https, and allow https://"+u.Host, "%s is not https: anyone on the way can change its pages", o)}
		}
	}
	return []Finding{origins.ok("%s", strings.Join(list, ", "))}
}

func checkLimits(_ context.Context, c *Config) []Finding {
	limits := check("limits")
	perMinute := c.perMinute()
	switch {
	case perMinute == 0 && !c.reachable():
		return []Finding{limits.ok("off, since only this machine can ask")}
	case perMinute == 0:
		return []Finding{limits.warning("set RATE_LIMIT_PER_MINUTE=60", "off: one visitor can ask without end%s", atYourCost(c))}
	case c.behindProxy() && len(c.Server.TrustedProxies) == 0:
		return []Finding{limits.warning("name the proxy in server.trusted_proxies: [127.0.0.1]",
			"%d requests a minute, which all readers share: they seem to come from the proxy's address", perMinute)}
	}
	bounds := c.bounds()
	if bounds.PerHour == 0 && c.reachable() {
		return []Finding{limits.warning("set limits.questions_per_hour: 20", "%d requests a minute for each visitor and address, and as many questions%s", perMinute, atYourCost(c))}
	}
	return []Finding{limits.ok("%d requests a minute for each visitor and address; %d questions an hour and %d answers at once for each visitor, %d in all; %d bytes a message",
		perMinute, bounds.PerHour, bounds.AtOnce, c.Chat.MaxRuns, c.Chat.MaxMessageBytes)}
}

func atYourCost(c *Config) string {
	if !c.Model.Enabled() {
		return ""
	}
	return fmt.Sprintf(", and each answer of %s costs", c.Model.Name)
}
