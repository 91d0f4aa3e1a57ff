package scenarios_test

import (
	"slices"
	"strings"
	"testing"

	"stickysim/policies"
	"stickysim/scenarios"
	"stickysim/sim"
)

// runPolicy runs a policy on a small fleet. more and clients are further fields of the scenario and of its population.
// Balancers detect dead servers at once, unless more says otherwise.
func runPolicy(t *testing.T, name, more string, clients ...string) *sim.Result {
	t.Helper()
	policy := name
	if name == "canary" {
		policy = "{canary: {servers: [server-3]}}"
	}
	if !strings.Contains(more, "health:") {
		more = "health: oracle\n" + more
	}
	spec, err := scenarios.Parse("policy.yaml", []byte(`
duration: 9m
warmup: 1m
start: equilibrium
servers:
  - {name: server-1, cookie: s1, options: {route: r1}}
  - {name: server-2, cookie: s2, options: {route: r2}}
  - {name: server-3, cookie: s3, options: {route: r3}}
workload: [{sessions: poisson(0.5/s), life: exp(5m), think: exp(5s), service: exp(10ms), state: {size: 1KiB}`+strings.Join(append([]string{""}, clients...), ", ")+`}]
policies: [{variant: x, policy: `+policy+"}]\n"+more))
	if err != nil {
		t.Fatal(err)
	}
	study := studyOf(t, spec, nil)
	return sim.Run(study.Variants[0].Model, 1, 0, sim.Options{})
}

// A policy that claims to be sticky is sticky in a run without faults. Only a bound on the load may move a client.
func TestStickyPoliciesStick(t *testing.T) {
	t.Parallel()
	for _, e := range policies.All() {
		if !e.Doc.Claims.Sticky {
			continue
		}
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			res := runPolicy(t, e.Name, "")
			if hit := metric("affinity.hit")(res); hit < 1 && (e.Name != "bounded-load" || hit < 0.8) {
				t.Errorf("%.3f of the requests reach their client's server", hit)
			}
			if lost := metric("sessions.lost")(res); lost > 0 && e.Name != "bounded-load" {
				t.Errorf("%.0f sessions are lost though nothing happens", lost)
			}
		})
	}
}

// A draining server waits for the sessions of its clients if the policy keeps sending them there; otherwise it leaves after
// its last request. Products differ (`policies show`): HAProxy, nginx, Apache, Traefik and Azure's gateway keep clients on a
// draining server; AWS and Kubernetes do not.
func TestDrainWaitsForStickySessions(t *testing.T) {
	t.Parallel()
	keep := []string{"apache/stickysession", "azure/app-gateway-cookie", "cookie", "haproxy/cookie", "haproxy/stick-table",
		"nginx/sticky_cookie", "nginx/sticky_learn", "nginx/sticky_route", "split", "stick-table", "traefik/sticky_cookie"}
	for _, e := range policies.All() {
		res := runPolicy(t, e.Name, "timeline: [{at: 2m, drain: {servers: [server-1], deadline: 5m}}]\n")
		if waits := metric("drain.time.max")(res) > 30; waits != slices.Contains(keep, e.Name) {
			t.Errorf("%s: the drain takes %.1f s", e.Name, metric("drain.time.max")(res))
		}
	}
}

// Clients keep both the cookie of a policy, whatever its format and renewal, and the cookie of the canary or split around it.
func TestCookiesInCanaryAndSplit(t *testing.T) {
	t.Parallel()
	for _, e := range policies.All() {
		if e.Doc.Key != policies.KeyCookie || !e.Doc.Claims.Sticky {
			continue
		}
		for _, with := range []string{
			"{canary: {servers: [server-3], stable: $, canary: $, share: 30%, sticky: both}}",
			"{split: {a: $, b: $, share: 30%}}",
		} {
			policy := strings.ReplaceAll(with, "$", e.Name)
			if hit := metric("affinity.hit")(runPolicy(t, policy, "")); hit < 1 {
				t.Errorf("%s: %.3f of the requests meet their client's server", policy, hit)
			}
		}
	}
}

// Cookies work for servers added during the run, too: after a deployment all clients are sticky, and spread over the new
// servers.
func TestCookiesOfNewServers(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"cookie", "haproxy/cookie", "apache/stickysession", "nginx/sticky_route", "nginx/sticky_cookie"} {
		res := runPolicy(t, name, "timeline: [{at: 2m, deploy: {strategy: rolling, max_surge: 3, drain: 0s}}]\n")
		if hit := metric("affinity.hit")(res); hit < .95 {
			t.Errorf("%s: %.3f of the requests meet their client's server", name, hit)
		}
		all, most := int64(0), int64(0)
		for _, s := range res.Servers[3:] {
			all, most = all+s.Requests, max(most, s.Requests)
		}
		if float64(most) > .6*float64(all) {
			t.Errorf("%s: one of %d new servers has %d of their %d requests", name, len(res.Servers)-3, most, all)
		}
	}
}

// When the fleet changes, clients whose hash selects another server count as remapped, not as clients without affinity.
func TestHashesRemap(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"haproxy/source", "haproxy/hash", "nginx/ip_hash", "ip-hash"} {
		res := runPolicy(t, name, "state: local\ntimeline: [{at: 2m, crash: {servers: [server-1], repair: 1m}}]\n")
		if lost := metric("sessions.lost{cause=routed-away}")(res); lost > 0 || metric("sessions.lost{cause=remapped}")(res) == 0 {
			t.Errorf("%s: %.0f sessions are lost for want of affinity", name, lost)
		}
	}
}

// While all servers are paused and marked down, products that fail open (Envoy, an Application Load Balancer, YARP, APISIX) continue
// to send them requests, which wait; all others refuse the requests.
func TestFailOpen(t *testing.T) {
	t.Parallel()
	for _, e := range policies.All() {
		res := runPolicy(t, e.Name, `
health: {interval: 1s, timeout: 500ms, fall: 2, rise: 1}
timeline: [{at: 3m, pause: {servers: all, for: 1m}}]
`)
		refused := metric("requests.failed{cause=no-server}")(res)
		product, _, _ := strings.Cut(e.Name, "/")
		opens := slices.Contains([]string{"envoy", "aws-alb", "yarp", "apisix"}, product)
		if opens && refused > 0 || !opens && refused < 1000 {
			t.Errorf("%s: %.0f requests find no server", e.Name, refused)
		}
	}
}

// A balancer that loses its table costs each session at most one loss: the table learns the new login.
func TestSessionsAreLearnedAgain(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"nginx/sticky_learn", "stick-table", "haproxy/stick-table", "kubernetes/client-ip"} {
		res := runPolicy(t, name, "state: local\ntimeline: [{at: 3m, balancer_restart: {}}]\n")
		const active = .5 * 300                                                          // Little's law
		if lost := metric("sessions.lost")(res); lost < active/2 || lost > 1.25*active { // active at that moment, which varies
			t.Errorf("%s: %.0f sessions are lost of about %.0f", name, lost, active)
		}
	}
}

// A request avoids all servers on which it failed, as in `route`, so it reaches one that is up: 12 of 20 crash at once, and
// nginx has no health checks and does not count failures.
func TestRetriesAvoidFailedServers(t *testing.T) {
	t.Parallel()
	spec, err := scenarios.Parse("dead.yaml", []byte(`
duration: 5m
servers: {count: 20, options: {max_fails: "0"}}
health: {interval: 1h}
workload: [{sessions: poisson(50/s), requests: 1, service: exp(10ms)}]
policies: [{nginx/hash: {consistent: true}}]
timeline: [{at: 1m, crash: {servers: 12}}]
`))
	if err != nil {
		t.Fatal(err)
	}
	study := studyOf(t, spec, nil)
	res := sim.Run(study.Variants[0].Model, 1, 0, sim.Options{})
	if failed := metric("requests.failed{cause=unreachable}")(res); failed > 0 {
		t.Errorf("%.0f of %.0f requests cannot be served", failed, metric("requests.sent")(res))
	}
}

// Sessions that are lost because a stick table is too small, or expires entries too soon, are attributed to it.
func TestStickTableCausesItsLosses(t *testing.T) {
	t.Parallel()
	for policy, cause := range map[string]string{
		"{stick-table: {size: 1}}": "table-evicted", "{stick-table: {size: 50}}": "table-evicted", "{stick-table: {size: 50, nopurge: true}}": "table-evicted",
		"{stick-table: {expire: 2s}}": "affinity-expired", "{stick-table: {expire: 10s}}": "affinity-expired",
		"{haproxy/stick-table: {size: 1}}": "table-evicted", "{haproxy/stick-table: {size: 50}}": "table-evicted",
		"{haproxy/stick-table: {size: 50, nopurge: true}}": "table-evicted", "{haproxy/stick-table: {expire: 2s}}": "affinity-expired", "{haproxy/stick-table: {expire: 10s}}": "affinity-expired",
	} {
		res := runPolicy(t, policy, "state: local\n")
		lost, blamed := metric("sessions.lost")(res), metric("sessions.lost{cause="+cause+"}")(res)
		if lost < 100 || blamed < .98*lost {
			t.Errorf("%s: %.0f of %.0f losses are %s", policy, blamed, lost, cause)
		}
	}
}

// A product within a split or a canary has its own connection retries: nginx tries the next server, a connection of an AWS
// network load balancer fails. For a policy without such rules, the redispatch of the scenario applies.
func TestRetriesWithinSplitAndCanary(t *testing.T) {
	t.Parallel()
	for policy, fails := range map[string]bool{
		"{split: {a: nginx/round_robin, b: nginx/least_conn, share: 50%}}":                                   false,
		"{canary: {servers: [server-1, server-2], stable: nginx/ip_hash, canary: nginx/random, share: 50%}}": false,
		"{split: {a: aws-nlb/flow-hash, b: aws-nlb/flow-hash, share: 50%}}":                                  true,
		"{split: {a: nginx/round_robin, b: round-robin, share: 50%}}":                                        true,
	} {
		res := runPolicy(t, policy, "health: {interval: 1h}\ntimeline: [{at: 2m, crash: {servers: [server-1]}}]\n")
		if failed := metric("requests.failed{cause=unreachable}")(res); failed > 0 != fails {
			t.Errorf("%s: %.0f requests meet the dead server and no other", policy, failed)
		}
	}
}
