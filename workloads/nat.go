package workloads

import "stickysim/sim"

var _ = Register(nat)

// nat is an office: shoppers who all come from one address, so a balancer that looks at addresses sees one client.
func nat() Class {
	p := browsing(sim.Population{Name: "nat"})
	shop(&p)
	p.Addresses = 1
	return Class{
		Name: "nat", Also: []string{"office", "company", "corporate", "proxy", "cgnat", "campus"}, Summary: "the users of an office, all behind one address", Defaults: p,
		Sources: append(append([]Source{
			{"addresses", Verified, "\"100s of users\" of a corporate network share an address; so do thousands behind a carrier's (Cloudflare 2025)"},
		}, shopperSources...), browsingSources...),
	}
}
