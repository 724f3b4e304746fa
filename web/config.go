package web

import (
	"cmp"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"docent"
	"docent/access"
)

// Config is what web needs of config.yaml.
type Config struct {
	Server ServerConfig  `yaml:"server"`
	Auth   access.Config `yaml:"auth"` // what the Gate was made with
	CORS   CORSConfig    `yaml:"cors"`
	Limits LimitsConfig  `yaml:"limits"`
	// MaxMessageBytes is chat.max_message_bytes; 0 leaves the check to Answers.
	MaxMessageBytes int `yaml:"-"`
	// MaxAttachmentBytes is an attached file's size, and MaxFiles how many of them a
	// question may name: 0 where none are taken.
	MaxAttachmentBytes int64 `yaml:"-"`
	MaxFiles           int   `yaml:"-"`
	// MaxPushBytes is a body's size, as it is sent, on the addresses that change
	// the index. Bodies may be compressed there.
	MaxPushBytes int64 `yaml:"-"`
	// MaxUploadBytes is an archive's size.
	MaxUploadBytes int64 `yaml:"-"`
}

// ServerConfig is the server section of config.yaml.
type ServerConfig struct {
	Host string `yaml:"host"`
	Port int    `yaml:"port"`
	// PublicURL is the address that readers see, with a path prefix where
	// there is one; "" is unknown, and links are then rooted at the host.
	PublicURL       string        `yaml:"public_url"`
	TrustedProxies  []string      `yaml:"trusted_proxies"`  // addresses or networks
	MaxBodyBytes    int64         `yaml:"max_body_bytes"`   // of a request
	WriteTimeout    time.Duration `yaml:"write_timeout"`    // for a client to take one write
	Keepalive       time.Duration `yaml:"keepalive"`        // between two comments on a stream
	ShutdownTimeout time.Duration `yaml:"shutdown_timeout"` // for running answers to end
}

// CORSConfig is the cors section of config.yaml. Its origins are the default
// site's.
type CORSConfig struct {
	AllowedOrigins []string `yaml:"allowed_origins"` // see access.Site
}

// LimitsConfig is the limits section of config.yaml, with "auto" resolved.
type LimitsConfig struct {
	RequestsPerMinute     int `yaml:"requests_per_minute"`      // for each subject and each address; 0 is off
	SiteRequestsPerMinute int `yaml:"site_requests_per_minute"` // for each site; 0 is off
	// VisitorQuestionsPerHour is for all visitors of an address together, who
	// are new subjects as often as they like; 0 is off.
	VisitorQuestionsPerHour int `yaml:"-"`
}

// Validate checks what can't be served with; the error is a
// *docent.SettingError.
func (c Config) Validate() error {
	_, badPublic := parsePublic(c.Server.PublicURL)
	_, badProxies := parseProxies(c.Server.TrustedProxies)
	return cmp.Or(badPublic, badProxies, docent.CheckSettings(
		docent.SettingCheck{OK: c.Server.Port >= 0 && c.Server.Port <= 65535, Key: "server.port", Right: "a whole number from 0 to 65535 (0 takes a free one)"},
		docent.SettingCheck{OK: c.Server.MaxBodyBytes > 0, Key: "server.max_body_bytes", Right: "above 0"},
		docent.SettingCheck{OK: c.Server.WriteTimeout > 0, Key: "server.write_timeout", Right: "above 0"},
		docent.SettingCheck{OK: c.Server.Keepalive > 0, Key: "server.keepalive", Right: "above 0"},
	))
}

// public is PublicURL, taken apart. Its zero value is of an unknown one.
type public struct {
	origin string // scheme and host: https://docs.example.com
	host   string // without the port, lower case
	base   string // the path prefix, "" or "/ask": never with a slash at its end
	secure bool
}

// hostport is the origin's host with its port, as it stands in requests; "" of an
// unknown one.
func (p public) hostport() string {
	_, hostport, _ := strings.Cut(p.origin, "://")
	return hostport
}

func parsePublic(s string) (public, error) {
	if s == "" {
		return public{}, nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return public{}, &docent.SettingError{Key: "server.public_url", Right: "empty or an address such as https://docs.example.com/ask"}
	}
	return public{
		origin: originOf(u),
		host:   strings.ToLower(u.Hostname()),
		base:   strings.TrimRight(u.Path, "/"),
		secure: u.Scheme == "https",
	}, nil
}

// parseProxies reads addresses ("10.0.0.1") and networks ("10.0.0.0/8").
func parseProxies(list []string) ([]*net.IPNet, error) {
	var nets []*net.IPNet
	for _, s := range list {
		prefix, err := netip.ParsePrefix(s)
		if addr, aerr := netip.ParseAddr(s); aerr == nil {
			prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil {
			return nil, &docent.SettingError{Key: "server.trusted_proxies", Right: "addresses or networks, such as 10.0.0.1 or 10.0.0.0/8"}
		}
		addr := prefix.Masked().Addr()
		nets = append(nets, &net.IPNet{IP: addr.AsSlice(), Mask: net.CIDRMask(prefix.Bits(), addr.BitLen())})
	}
	return nets, nil
}
