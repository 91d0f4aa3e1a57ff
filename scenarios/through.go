package scenarios

import (
	"maps"
	"net/netip"
	"slices"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
)

// through are the proxies between a population and the balancers, as a file writes them.
type through struct {
	proxies []netip.Addr
	share   float64
}

const maxProxies = 65536

// proxyList is the number of the proxies, or a list of their addresses.
func proxyList() kind[through] {
	number, addresses := integer(1, maxProxies), list(address(), 1, maxProxies)
	return kind[through]{schema: either("array", addresses.schema, number.schema), read: func(d *decoder, n *tree.Node) (through, bool) {
		t := through{share: 1}
		var ok bool
		if n.Kind == tree.List {
			t.proxies, ok = addresses.read(d, n)
			return t, ok
		}
		count, ok := number.read(d, n)
		for a := netip.MustParseAddr("198.18.0.1"); len(t.proxies) < count; a = a.Next() { // reserved for tests of networks
			t.proxies = append(t.proxies, a)
		}
		return t, ok
	}}
}

// address is an IP address.
func address() kind[netip.Addr] {
	return kind[netip.Addr]{schema: anyText, read: func(d *decoder, n *tree.Node) (netip.Addr, bool) {
		text, ok := scalar(d, n, "an IP address")
		if !ok {
			return netip.Addr{}, false
		}
		a, err := netip.ParseAddr(text)
		if err != nil || a.Zone() != "" {
			d.fail(n, "bad-value", "must be an IP address, got "+quote(text), "write 198.18.0.1")
			return netip.Addr{}, false
		}
		return a.Unmap(), true
	}}
}

var throughShare = object[through]{
	needed(field[through]{key: "proxies", doc: "number of the proxies, or a list of their addresses", schema: proxyList().schema, read: func(d *decoder, n *tree.Node, t *through) {
		if p, ok := proxyList().read(d, n); ok {
			t.proxies = p.proxies
		}
	}}),
	at("share", "share of the clients that come through them; the others connect directly", share(0, 1), func(t *through) *float64 { return &t.share }),
}

// throughField is the proxies that a population comes through: a number, addresses, a mapping with their share, or none.
func throughField() field[sim.Population] {
	several, some := proxyList(), throughShare.kind(through{share: 1})
	k := word(kind[through]{schema: either("object", some.schema, several.schema), read: func(d *decoder, n *tree.Node) (through, bool) {
		if n.Kind == tree.Map {
			return some.read(d, n)
		}
		return several.read(d, n)
	}}, "none", through{})
	return field[sim.Population]{
		key: "through", doc: "proxies, such as a CDN, that the clients come through, each through one of them: their number, their addresses, or {proxies, share}. " +
			"They write the client's address into headers such as X-Forwarded-For; whose address balancers see says clients.seen_as. none: there are none, and no such header. " +
			"Default: nothing is said; balancers see the clients' own addresses, which such headers hold, too",
		schema: k.schema,
		read: func(d *decoder, n *tree.Node, p *sim.Population) {
			t, ok := k.read(d, n)
			if !ok {
				return
			}
			p.Through = &sim.Through{Direct: 1 - t.share}
			for _, a := range t.proxies {
				p.Through.Proxies = append(p.Through.Proxies, sim.Proxy{Addr: sim.AddrFrom(a)})
			}
		},
	}
}

// sight is whose address the balancers see.
type sight struct {
	forwarded bool
	trusted   trust
}

// trust is whose word on the client's address the balancers take.
type trust struct {
	all      bool
	networks []netip.Prefix
}

var sightObject = object[sight]{
	at("seen_as", "whose address balancers take for the client's, where a population comes through proxies: that of the connection (peer), or, from trusted proxies, the one that they forward (forwarded)",
		choice([]string{"peer", "forwarded"}, false, true), func(s *sight) *bool { return &s.forwarded }),
	at("trusted", "proxies that are trusted with seen_as: forwarded: a list of networks such as 10.0.0.0/8, all, or none", trustedNetworks(), func(s *sight) *trust { return &s.trusted }),
}

func trustedNetworks() kind[trust] {
	networks := list(network(), 1, 10_000)
	listed := kind[trust]{schema: networks.schema, read: func(d *decoder, n *tree.Node) (trust, bool) {
		v, ok := networks.read(d, n)
		return trust{networks: v}, ok
	}}
	words := choice([]string{"all", "none"}, true, false)
	return kind[trust]{schema: either("array", networks.schema, words.schema), read: func(d *decoder, n *tree.Node) (trust, bool) {
		if n.Kind == tree.List {
			return listed.read(d, n)
		}
		all, ok := words.read(d, n)
		return trust{all: all}, ok
	}, show: func(t trust) any {
		if t.all {
			return "all"
		}
		return nil
	}}
}

func anyText() schema { return schema{"type": "string"} }

// network is a range of addresses, or a single one.
func network() kind[netip.Prefix] {
	return kind[netip.Prefix]{schema: anyText, read: func(d *decoder, n *tree.Node) (netip.Prefix, bool) {
		text, ok := scalar(d, n, "a network")
		if !ok {
			return netip.Prefix{}, false
		}
		if a, err := netip.ParseAddr(text); err == nil {
			return netip.PrefixFrom(a, a.BitLen()), true
		}
		p, err := netip.ParsePrefix(text)
		if err != nil {
			d.fail(n, "bad-value", "must be a network, got "+quote(text), "write 10.0.0.0/8")
			return netip.Prefix{}, false
		}
		return p.Masked(), true
	}}
}

func (t trust) includes(a netip.Addr) bool {
	return t.all || slices.ContainsFunc(t.networks, func(p netip.Prefix) bool { return p.Contains(a) })
}

// see settles which proxies of the populations the balancers trust. clients may be nil.
func (d *decoder) see(clients *tree.Node, all []sim.Population, sources []*tree.Node) {
	s := sight{trusted: trust{all: true}}
	if clients != nil {
		sightObject.fields(d, clients, &s)
		if at := clients.Get("trusted"); at != nil && !s.forwarded {
			d.warn(at, noEffect, "has no effect: balancers see the address of the connection, whoever is trusted", "write seen_as: forwarded")
		}
	}
	direct := !slices.ContainsFunc(sources, func(n *tree.Node) bool { return n.Get("through") != nil })
	if at := clients.Get("seen_as"); at != nil && direct {
		d.warn(at, noProxies, "matters to populations that come through proxies (through: 2), and none does", "remove it")
	}
	if !s.forwarded {
		return
	}
	for i := range all {
		t := all[i].Through
		if t == nil || len(t.Proxies) == 0 {
			continue
		}
		trusted := 0
		for k := range t.Proxies {
			p := &t.Proxies[k]
			if p.Trusted = s.trusted.includes(netip.AddrFrom16(p.Addr).Unmap()); p.Trusted {
				trusted++
			}
		}
		at := sources[i].Get("through")
		if trusted > 0 || s.trusted.networks == nil {
			continue
		}
		first := s.trusted.networks[0]
		if at.Kind == tree.List || at.Get("proxies") != nil && at.Get("proxies").Kind == tree.List {
			d.warn(at, contradictory, "names proxies that balancers do not trust: all clients behind one of them look like one client", "trusted begins with "+first.String())
		} else {
			d.fail(at, "missing-value", "needs the addresses of the proxies, since balancers trust some networks only", "write through: ["+first.Addr().String()+"]")
		}
	}
}

// clientDefaults is what `clients` says.
type clientDefaults struct {
	sim.Population
	sight
}

var clientsObject = append(within(retrying, func(c *clientDefaults) *sim.Population { return &c.Population }),
	within(sightObject, func(c *clientDefaults) *sight { return &c.sight })...)

func clientsSchema() schema {
	s := byClass(retrying)()
	maps.Copy(s["properties"].(schema), sightObject.schema(&sight{trusted: trust{all: true}})["properties"].(schema))
	return s
}
