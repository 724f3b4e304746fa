package qdrant

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"docent"
)

// The ports of a server as it comes: clients of other languages speak to the
// first, so addresses mostly carry it; this one speaks to the second.
const (
	httpPort = 6333
	grpcPort = 6334
)

// Address is where a Qdrant server listens for gRPC.
type Address struct {
	Host string // without brackets
	Port int
	TLS  bool
}

// String gives host:port.
func (a Address) String() string { return net.JoinHostPort(a.Host, strconv.Itoa(a.Port)) }

// ParseURL reads QDRANT_URL: host, host:port, http://host[:port],
// https://host[:port], or what the cloud's console shows, its dashboard
// included. https means TLS. The port is 6334 unless another is named; 6333,
// which speaks HTTP, becomes 6334, and note says so ("" mostly). A key that
// would pass in plain text beyond loopback is refused, as is everything else
// with docent.CodeInvalid.
func ParseURL(raw, key string) (a Address, note string, err error) {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return a, "", badURL("QDRANT_URL is empty")
	}
	if !strings.Contains(raw, "://") {
		if ip, err := netip.ParseAddr(raw); err == nil && ip.Is6() {
			raw = "[" + raw + "]"
		}
		raw = "http://" + raw
	}
	u, err := url.Parse(raw)
	if err != nil {
		return a, "", badURL("QDRANT_URL can't be read") // the cause repeats the URL, which may hold a password
	}
	if a, err = addressOf(u); err != nil {
		return Address{}, "", err
	}
	if a.Port == httpPort {
		a.Port = grpcPort
		note = fmt.Sprintf("port %d speaks HTTP: port %d is used, where Qdrant speaks gRPC", httpPort, grpcPort)
	}
	if key != "" && !a.TLS && !loopback(a.Host) {
		return Address{}, "", &docent.Error{Code: docent.CodeInvalid,
			Message: "the Qdrant key would be sent to " + a.Host + " in plain text",
			Hint:    "write https:// in QDRANT_URL"}
	}
	return a, note, nil
}

func addressOf(u *url.URL) (Address, error) {
	a := Address{Host: u.Hostname(), Port: grpcPort, TLS: u.Scheme == "https"}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return a, badURL("QDRANT_URL has the scheme " + strconv.Quote(u.Scheme))
	case u.User != nil:
		return a, badURL("QDRANT_URL holds a user or a password: the key has its own setting, QDRANT_API_KEY")
	case a.Host == "":
		return a, badURL("QDRANT_URL names no host")
	case strings.Trim(u.Path, "/") != "" && !strings.HasPrefix(u.Path, "/dashboard"):
		return a, badURL("QDRANT_URL has a path, and gRPC has none")
	}
	if port := u.Port(); port != "" {
		n, err := strconv.Atoi(port)
		if err != nil || n < 1 || n > 65535 {
			return a, badURL("QDRANT_URL has the port " + strconv.Quote(port))
		}
		a.Port = n
	}
	return a, nil
}

func badURL(message string) error {
	return &docent.Error{Code: docent.CodeInvalid, Message: message,
		Hint: "use host, host:port, http://host:port or https://host:port"}
}

func loopback(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback()
	}
	host = strings.ToLower(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
