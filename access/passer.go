package access

import "net/netip"

// Passer makes a subject of a caller without credentials who will not bring back a
// token, as coding agents and clients of OpenAI's API: all who call a site from one
// address are one visitor, with one visitor's limits. The subject tells nothing of the
// address to whoever has no secret of this server's. p is what Identify gave for c.
func (g *Gate) Passer(c Call, p Principal) Principal {
	from := p.Site + " " + customer(c.Address)
	p.Subject = visitorSubject + digits.EncodeToString(sum(g.secrets.derived[ForPasser][0], from)[:idBytes])
	return p
}

// customer is what one customer of a network is given: an address, or for IPv6 a /64.
func customer(a netip.Addr) string {
	if a = a.Unmap().WithZone(""); a.Is4() || !a.IsValid() {
		return a.String()
	}
	prefix, _ := a.Prefix(64)
	return prefix.String()
}
