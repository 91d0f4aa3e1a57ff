package workloads

import "stickysim/sim"

var _ = Register(mobile)

// mobile is a casual visitor on a phone: behind carrier-grade NAT, 100 to an address [verified: Cloudflare 2025, "over
// 100 devices per IPv4"], and with another address every hour on average [assumed: 0.1 to 6 per hour].
func mobile() Class {
	c := casual()
	c.Name, c.Summary, c.Share, c.Place = "mobile", "a casual visitor on a phone: shared addresses, which change", 0, 0
	c.Also = []string{"phone", "carrier", "roaming", "app"}
	c.Defaults.Name = c.Name
	c.Defaults.Groups = []sim.Group{{Share: 1, Per: 100}}
	c.Defaults.AddressChange = exp(3600)
	sources := []Source{
		{"addresses", Verified, "carrier-grade NAT has over 100 devices to an IPv4 address (Cloudflare 2025)"},
		{"address_change", Assumption, "once an hour; 0.1 to 6 per hour is plausible"},
	}
	for _, s := range c.Sources {
		if s != addressSource {
			sources = append(sources, s)
		}
	}
	c.Sources = sources
	return c
}
