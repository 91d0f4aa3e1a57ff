//go:build unix

package sim_test

import (
	"os"
	"slices"
	"testing"

	"stickysim/policies"
	_ "stickysim/policies/all"
	"stickysim/sim"

	"golang.org/x/sys/cpu"
)

// mostForPolicy is the most that a request under any policy may cost, in requests under least-connections.
const mostForPolicy = 1.5

// narrowPolicies are those that may cost more where the processor cannot hash eight servers at a time, as with AVX-512: a client's
// first request weighs 1000 servers, with a hash for each.
var narrowPolicies = map[string]float64{
	"rendezvous": 2, "cloudflare/hash": 1.8, "cloudflare/ip_cookie": 1.9,
	"caddy/client_ip_hash": 2.6, "caddy/header": 2.6, "caddy/ip_hash": 2.6, "caddy/query": 2.6, "caddy/uri_hash": 2.6,
}

// markOf is the most that a request under a policy may cost.
func markOf(policy string) float64 {
	mark := max(mostForPolicy, dearPolicies[policy])
	if !cpu.X86.HasAVX512DQ {
		mark = max(mark, narrowPolicies[policy])
	}
	return mark
}

// dearPolicies are those that cost about as much as that, and may cost more where a neighbour slows the processor, and why.
var dearPolicies = map[string]float64{
	// A client's first request weighs 1000 servers, one by one.
	"traefik/hrw": 1.7,
	// The same, 32 at a time.
	"caddy/client_ip_hash": 1.7, "caddy/header": 1.7, "caddy/ip_hash": 1.7, "caddy/query": 1.7, "caddy/uri_hash": 1.7,
	// Pick and Answered both look up the client's entry, and renew it.
	"haproxy/stick-table": 1.7,
	// Its table is full with 4000 sessions: every request looks in vain, and its answer drops one session for another.
	"nginx/sticky_learn": 1.7,
	// Two servers move in a tree of 1000.
	"nginx/least_conn": 1.7, "cloudflare/least_connections": 1.7, "cloudflare/least_outstanding_requests": 1.7,
}

// usualPolicies are one of each kind: of a ring, a ranking, a table, and of turns.
var usualPolicies = []string{"bounded-load", "rendezvous", "stick-table", "apache/byrequests", "apisix/chash", "caddy/header", "haproxy/stick-table",
	"kubernetes/client-ip", "nginx/hash", "nginx/least_conn", "nginx/sticky_cookie", "traefik/hrw"}

// BenchmarkPolicy compares policies with least-connections at 1,000 servers. Users send 20 requests each, so that their first ones,
// which some policies weigh all servers for, do not count for more than they do in a session. With STICKYSIM_FULL, that takes
// minutes: all policies, with 100,000 users; otherwise one of each kind with 20,000.
func BenchmarkPolicy(b *testing.B) {
	servers, users, full := 1000, 20000, os.Getenv("STICKYSIM_FULL") != ""
	if full {
		users = 100000
	}
	requests := float64(20 * users)
	usual := newEngineSide("least-connections", servers, users, requests, nil)
	most := 2 * usual.unfinished()
	for _, e := range policies.All() {
		if !full && !slices.Contains(usualPolicies, e.Name) {
			continue
		}
		if f, ok := e.Default.(policies.Fitter); ok && f.Fits(infosOf(usual.model)) != nil {
			continue
		}
		b.Run("policy="+e.Name, func(b *testing.B) {
			side := newEngineSide(e.Name, servers, users, requests, nil)
			usual, mark, queues := usual, markOf(e.Name), side.unfinished() > most
			if queues {
				side.planned, usual.planned = requests, requests
			}
			within := func(ratio float64) bool { return ratio <= mark }
			if got := duel(b, side, usual, [2]string{"policy", "usual"}, within); b.N >= rounds && !within(got) {
				b.Errorf("a request costs %.2f times as much as under least-connections, more than %.2f", got, mark)
			}
			if queues {
				b.ReportMetric(1, "queues")
			}
		})
	}
}

func infosOf(m *sim.Model) []sim.ServerInfo {
	var all []sim.ServerInfo
	for i := range m.Servers {
		all = append(all, m.Servers[i].Info)
	}
	return all
}

// unfinished is how many requests are in flight at the end. Where they are many, a policy sends most requests to a few servers, or all
// that arrive together to one: its clients wait, and send far fewer requests in the same time. Then the whole runs are compared.
func (e engineSide) unfinished() (n int64) {
	for _, p := range sim.Run(e.model, 1, 0, sim.Options{}).Populations {
		n += p.InFlight
	}
	return n
}
