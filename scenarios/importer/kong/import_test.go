package kong

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"stickysim/policies"
	"stickysim/policies/kong"
	"stickysim/scenarios/importer"
	"stickysim/scenarios/importer/ir"
	"stickysim/sim"
)

func importText(t *testing.T, text string) *ir.Config {
	t.Helper()
	c, err := importer.Import(fstest.MapFS{"f": {Data: []byte(text)}}, "", "f")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func remarked(c *ir.Config, level ir.Drawer, text string) bool {
	for _, r := range c.In(level) {
		if strings.Contains(r.Text, text) {
			return true
		}
	}
	return false
}

func TestUpstreams(t *testing.T) {
	c := importText(t, `
_format_version: "3.0"
services:
- {name: shop, host: shop.upstream, connect_timeout: 2000, read_timeout: 30000, retries: 2, plugins: [{name: rate-limiting}]}
- {name: other, host: 10.0.0.9, port: 80}
upstreams:
- name: shop.upstream
  hash_on: header
  hash_on_header: X-User
  hash_fallback: ip
  healthchecks:
    active: {healthy: {interval: 5, successes: 2}, unhealthy: {interval: 2, tcp_failures: 3}}
    passive: {unhealthy: {tcp_failures: 2}}
  targets: [{target: 10.0.0.1:80, weight: 100}, {target: 10.0.0.2:80, weight: 300}]
  futureThing: 1
- name: api
  algorithm: least-connections
  hash_on: none
targets:
- {target: 10.0.1.1:80, upstream: api}
`)
	p := c.Pools[0]
	want := kong.ConsistentHashing{HashOn: "header", Header: "X-User", Fallback: "ip", Slots: 10_000, Retries: 2}
	if p.Policy != "kong/consistent-hashing" || p.Params != want || p.Key.Name != "X-User" || len(p.Servers) != 2 || p.Servers[1].Info.Weight != 3 || p.Redispatch != 2 ||
		p.Limits != (ir.Limits{Connect: 2 * sim.Second, Attempt: 30 * sim.Second}) ||
		*p.Health != (sim.Health{Interval: 5 * sim.Second, Down: 2 * sim.Second, Timeout: sim.Second, Fall: 3, Rise: 2}) {
		t.Errorf("%+v, %+v", p, p.Health)
	}
	if p := c.Pools[1]; p.Policy != "least-connections" || len(p.Servers) != 1 || p.Health != nil || p.Redispatch != 5 {
		t.Errorf("%+v", p)
	}
	for _, text := range []string{"plugins", "passive tcp_failures", "futureThing: not understood"} {
		if !remarked(c, ir.NotCarried, text) {
			t.Errorf("no remark on %q in %v", text, c.In(ir.NotCarried))
		}
	}
	if len(c.In(ir.NotCarried)) != 3 {
		t.Errorf("%v", c.In(ir.NotCarried))
	}
}

func TestAlgorithms(t *testing.T) {
	for text, want := range map[string]struct {
		policy string
		key    policies.Key
	}{
		"algorithm: round-robin":                                               {"round-robin", policies.KeyNone},
		"algorithm: latency":                                                   {"round-robin", policies.KeyNone},
		"algorithm: round-robin, hash_on: ip":                                  {"kong/consistent-hashing", policies.KeyAddress},
		"algorithm: consistent-hashing, hash_on: path":                         {"kong/consistent-hashing", policies.KeyHash},
		"algorithm: consistent-hashing":                                        {"kong/consistent-hashing", policies.KeyHash},
		"hash_on: cookie, hash_on_cookie: sid":                                 {"kong/consistent-hashing", policies.KeyCookie},
		"hash_on: uri_capture, hash_on_uri_capture: id, hash_fallback: path":   {"kong/consistent-hashing", policies.KeyHash},
		"algorithm: sticky-sessions, hash_on: none, sticky_sessions_cookie: k": {"cookie", policies.KeyCookie},
	} {
		c := importText(t, "_format_version: '3.0'\nupstreams: [{name: a, "+text+", targets: [{target: '10.0.0.1:80'}]}]\n")
		p := c.Pools[0]
		if got := (policies.Policy{Name: p.Policy, Config: p.Params}).Key(); p.Policy != want.policy || got != want.key {
			t.Errorf("%s: %s by %s", text, p.Policy, got)
		}
		if strings.Contains(text, "latency") != (len(c.In(ir.NotCarried)) > 0) {
			t.Errorf("%s: %v", text, c.In(ir.NotCarried))
		}
	}
}

// What Kong's schema refuses, and what its ring cannot hold, has a remark.
func TestRingsHaveRemarks(t *testing.T) {
	var many strings.Builder
	for i := range 62 {
		fmt.Fprintf(&many, "{target: '10.0.0.%d:80'}, ", i)
	}
	for _, x := range []struct {
		text, targets, remark string
		drawer                ir.Drawer
	}{
		{"hash_on: header", "", "hash_on_header is missing", ir.NotCarried},
		{"hash_on: color", "", "hash_on color: not understood", ir.NotCarried},
		{"hash_on: ip, hash_fallback: color", "", "hash_fallback color: not understood", ir.NotCarried},
		{"hash_on: ip, healthchecks: {threshold: 30}", "", "threshold 30: below it", ir.Translated},
		{"algorithm: round-robin, healthchecks: {threshold: 30}", "", "threshold 30: the upstream works", ir.NotCarried},
		{"algorithm: consistent-hashing", "", "one target gets all requests", ir.Assumed},
		{"hash_on: ip", many.String(), "the 63 targets do not fit the ring of 10000 slots", ir.Assumed},
		{"hash_on: ip, slots: 2000", many.String(), "the 63 targets do not fit the ring of 2000 slots", ir.Assumed},
	} {
		c := importText(t, "_format_version: '3.0'\nupstreams: [{name: a, "+x.text+", targets: ["+x.targets+"{target: '10.0.1.1:80'}]}]\n")
		if !remarked(c, x.drawer, x.remark) {
			t.Errorf("%s: %v", x.text, c.Remarks)
		}
	}
}

func FuzzImport(f *testing.F) {
	f.Add("_format_version: '3.0'\nupstreams: [{name: a, hash_on: ip, targets: [{target: a, weight: -1}], healthchecks: {active: {healthy: {interval: 1e9}}}}]")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := importer.Import(fstest.MapFS{"f": {Data: []byte(text)}}, "kong", "f")
		if err != nil {
			return
		}
		for _, p := range c.Pools {
			if p.Params == nil || policies.Check(p.Params) != nil {
				t.Fatalf("pool %+v: %v", p, policies.Check(p.Params))
			}
		}
	})
}

// What has no effect, what is missing, and what refers to nothing is said.
func TestWhatIsWithoutEffect(t *testing.T) {
	for text, want := range map[string]struct {
		drawer ir.Drawer
		said   string
	}{
		"{name: a, algorithm: Round-Robin, hash_on: ip}":                                              {ir.NotCarried, "algorithm Round-Robin: must be"},
		"{name: a, algorithm: least-connections, hash_on: ip}":                                        {ir.Harmless, "hash_on ip goes before it"},
		"{name: a, hash_on: cookie}":                                                                  {ir.NotCarried, "hash_on_cookie is missing"},
		"{name: a, hash_on: query_arg}":                                                               {ir.NotCarried, "hash_on_query_arg is missing"},
		"{name: a, algorithm: sticky-sessions}":                                                       {ir.NotCarried, "sticky_sessions_cookie is missing"},
		"{name: a, targets: []}":                                                                      {ir.Assumed, "has no targets"},
		"{name: a, healthchecks: {active: {healthy: {interval: 5}}}}":                                 {ir.Assumed, "no check marks a target down"},
		"{name: a, healthchecks: {active: {unhealthy: {interval: 5, tcp_failures: 2}}}}":              {ir.Assumed, "healthy targets are not checked"},
		"{name: a}], targets: [{target: \"10.0.0.9:80\", upstream: {name: b}}], services: [{name: s}": {ir.NotCarried, "its upstream is not in the file"},
	} {
		c := importText(t, "{_format_version: '3.0', upstreams: ["+text+"]}\n")
		if !remarked(c, want.drawer, want.said) || c.Pools[0].Health != nil {
			t.Errorf("%s: %v, want %q", text, c.Remarks, want.said)
		}
	}
	c := importText(t, "_format_version: '3.0'\nservices: [{host: a, retries: 40}]\nupstreams: [{name: a, targets: [{target: 10.0.0.1}, {target: '[::1]'}, {target: '10.0.0.1:81'}]}]\n")
	p := c.Pools[0]
	if p.Redispatch != 15 || p.Servers[0].Info.Addr != "10.0.0.1:8000" || p.Servers[1].Info.Addr != "[::1]:8000" || p.Servers[2].Info.Addr != "10.0.0.1:81" || !remarked(c, ir.Assumed, "40 further attempts") {
		t.Errorf("%+v, %v", p, c.Remarks)
	}
}
