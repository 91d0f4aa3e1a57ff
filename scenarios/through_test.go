package scenarios_test

import (
	"strings"
	"testing"

	"stickysim/scenarios"
	"stickysim/sim"
)

// sharesThrough runs a policy for clients that come through proxies, and returns the share of requests of each server, the
// largest first.
func sharesThrough(t *testing.T, policy, clients, population string) []float64 {
	t.Helper()
	spec, err := scenarios.Parse("through.yaml", []byte(`
duration: 40s
warmup: 10s
start: empty
servers: {count: 4}
health: oracle
clients: {`+clients+`}
workload: [{sessions: poisson(10/s), requests: geometric(mean=10), think: exp(1s), service: 1ms, `+population+`}]
policies: [`+policy+`]
`))
	if err != nil {
		t.Fatal(err)
	}
	res := sim.Run(studyOf(t, spec, nil).Variants[0].Model, 1, 0, sim.Options{})
	var shares []float64
	for _, rank := range []string{"1", "2", "3", "4"} {
		shares = append(shares, metric("server.requests.share{rank="+rank+"}")(res))
	}
	return shares
}

// Whose address a balancer sees decides whether the clients behind a CDN are many or as few as its proxies.
func TestWhoseAddressBalancersSee(t *testing.T) {
	t.Parallel()
	const one, all = 1, 4 // servers that get requests
	for _, c := range []struct {
		policy, clients, population string
		servers                     int
	}{
		{"nginx/hash: {key: $remote_addr}", "", "through: 1", one},
		{"nginx/hash: {key: $remote_addr}", "seen_as: forwarded", "through: 1", all},
		{"nginx/hash: {key: $remote_addr}", "seen_as: forwarded, trusted: none", "through: 1", one},
		{"nginx/hash: {key: $remote_addr}", "seen_as: forwarded, trusted: [10.0.0.0/8]", "through: [10.1.2.3, 192.0.2.1]", all},
		{"nginx/hash: {key: $realip_remote_addr}", "seen_as: forwarded", "through: 1", one},
		{"nginx/hash: {key: $http_x_forwarded_for}", "", "through: 1", all},
		{"nginx/hash: {key: $proxy_add_x_forwarded_for}", "", "through: 1", all},
		{"nginx/ip_hash", "", "through: 1", one},
		{"nginx/ip_hash", "seen_as: forwarded", "through: 1", all},
		{"haproxy/source", "", "through: 1", one},
		{"haproxy/hash: {key: src}", "", `through: ["2001:db8::1"]`, one},
		{"haproxy/hash: {key: req.hdr_ip(x-forwarded-for)}", "", "through: 1", all},
		{"haproxy/hdr: {name: x-forwarded-for}", "", "through: 1", all},
		{"haproxy/stick-table", "", "through: 1", one},
		{"haproxy/stick-table: {key: hdr_ip(x-forwarded-for), type: ip}", "", "through: 1", all},
		{"caddy/client_ip_hash", "", "through: 1", one},
		{"caddy/client_ip_hash", "seen_as: forwarded", "through: 1", all},
		{"caddy/ip_hash", "seen_as: forwarded", "through: 1", one},
		{"caddy/header: {field: X-Forwarded-For}", "", "through: 1", one},
		{"caddy/header: {field: X-Forwarded-For}", "seen_as: forwarded", "through: 1", all},
		{"envoy/ring-hash: {hash_policy: source_ip}", "", "through: 1", one},
		{"envoy/ring-hash: {header_name: x-forwarded-for}", "", "through: 1", all},
		{"ip-hash", "", "through: 1", one},
		{"ip-hash", "", "addresses: 1, through: none", one},
		{"ip-hash", "seen_as: forwarded", "addresses: 1, through: 8", one},
		// Without the header products take turns, or hash nothing.
		{"nginx/hash: {key: $http_x_forwarded_for}", "", "addresses: 1, through: none", all},
		{"haproxy/hdr: {name: x-forwarded-for}", "", "addresses: 1, through: none", all},
		{"ingress-nginx/upstream-hash-by: {key: $http_x_forwarded_for}", "", "through: none", one},
	} {
		policy := "{" + c.policy + "}"
		if !strings.Contains(c.policy, ":") {
			policy = c.policy
		}
		shares := sharesThrough(t, policy, c.clients, c.population)
		got := 0
		for _, s := range shares {
			if s > 0 {
				got++
			}
		}
		if got != c.servers {
			t.Errorf("%s, clients {%s}, %s: %d servers get requests, want %d (%.2f)", c.policy, c.clients, c.population, got, c.servers, shares)
		}
	}
}

// A share of the clients comes directly, without the header; the proxy's server gets the rest.
func TestShareOfClientsThroughProxies(t *testing.T) {
	t.Parallel()
	shares := sharesThrough(t, "ip-hash", "", "through: {proxies: 1, share: 60%}")
	// 60 % of the proxy and a quarter of the other 40 %, with some 400 sessions.
	if shares[0] < 0.62 || shares[0] > 0.78 || shares[3] == 0 {
		t.Errorf("shares %.3f, want 0.70 and three of 0.10", shares)
	}
}
