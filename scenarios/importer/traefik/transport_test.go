package traefik_test

import (
	"testing"

	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

// The time limits of a service are those of the transport that it names, of the static file, or Traefik's own.
func TestTransports(t *testing.T) {
	for _, x := range []struct {
		text string
		want ir.Limits
	}{
		{"http: {services: {app: {loadBalancer: {servers: [{url: 'http://a'}]}}}}", ir.Limits{Connect: 30 * sim.Second}},
		{"serversTransport: {forwardingTimeouts: {dialTimeout: 4s}}\nhttp: {services: {app: {loadBalancer: {servers: [{url: 'http://a'}]}}}}", ir.Limits{Connect: 4 * sim.Second}},
		{"serversTransport: {forwardingTimeouts: {dialTimeout: 4s}}\nhttp: {services: {app: {loadBalancer: {serversTransport: st@file, servers: [{url: 'http://a'}]}}}, serversTransports: {st: {forwardingTimeouts: {responseHeaderTimeout: 9}}}}",
			ir.Limits{Connect: 30 * sim.Second, Attempt: 9 * sim.Second}},
		{"http: {services: {all: {weighted: {services: [{name: app}]}}, app: {loadBalancer: {serversTransport: st, servers: [{url: 'http://a'}]}}}, serversTransports: {st: {forwardingTimeouts: {dialTimeout: 2s}}}}",
			ir.Limits{Connect: 2 * sim.Second}},
	} {
		c, err := load("dynamic.yml", x.text)
		if err != nil {
			t.Fatal(err)
		}
		if p := c.Pools[0]; p.Limits != x.want || len(c.In(ir.NotCarried)) > 0 {
			t.Errorf("%s: %+v, want %+v; %v", x.text, p.Limits, x.want, c.In(ir.NotCarried))
		}
	}
	c, err := load("dynamic.yml", "http: {services: {app: {loadBalancer: {serversTransport: none, servers: [{url: 'http://a'}]}}}}")
	if err != nil || !said(c, ir.NotCarried, "serversTransport none: is not in these files") {
		t.Errorf("%v, %v", c, err)
	}
}

// hrw sees the address of the entry points that lead to a service.
func TestAddressesOfEntryPoints(t *testing.T) {
	const services = "a: {loadBalancer: {servers: [{url: 'http://a'}]}}, b: {loadBalancer: {servers: [{url: 'http://b'}]}}, c: {loadBalancer: {servers: [{url: 'http://c'}]}}"
	c, err := load("traefik.yml", "entryPoints: {web: {proxyProtocol: {trustedIPs: [10.0.0.0/8]}}, int: {address: ':81'}}\nhttp: {routers: {"+
		"a: {entryPoints: [web], service: a}, b: {entryPoints: [int], service: b@file}, c: {entryPoints: [int], service: c}, d: {service: c}}, services: {"+services+"}}")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, false, true} {
		if p := c.Pools[i]; (p.Sees != nil) != want {
			t.Errorf("%s: %+v", p.Name, p.Sees)
		}
	}
	if !said(c, ir.NotCarried, "router d: some routers to c have entry points with the PROXY protocol") {
		t.Errorf("%v", c.Remarks)
	}
}
