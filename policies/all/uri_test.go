package all

import (
	"fmt"
	"testing"

	"stickysim/policies"
	"stickysim/policies/envoy"
	"stickysim/policies/haproxy"
	"stickysim/policies/ingressnginx"
	"stickysim/policies/nginx"
	"stickysim/sim"
)

// asked is a policy that notes the server of each request, in the order of the recording.
type asked struct {
	*sim.Powers
	servers *[]sim.ServerID
}

func (p asked) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	s := p.Powers.Pick(q, v)
	*p.servers = append(*p.servers, s)
	return s
}

// replayed is the server of each request of a recording on idle servers.
func replayed(t *testing.T, c policies.Config, requests []sim.TraceRequest, clients int) (servers []sim.ServerID) {
	t.Helper()
	trace := &sim.Trace{Requests: requests, Gap: sim.Hour, Hour: sim.Hour}
	for i := range clients {
		trace.Clients = append(trace.Clients, sim.TraceClient{Addr: sim.Addr4(uint32(i)), Hash: uint64(i) * 0x9e3779b97f4a7c15})
	}
	m := &sim.Model{Duration: 2 * sim.Second * sim.Time(len(requests)), Balancers: sim.Balancers{Count: 1}, NewPolicy: func(env sim.Env) sim.Balancer {
		return asked{powers(c.New(env)), &servers}
	}}
	for _, info := range streamServers(0) {
		m.Servers = append(m.Servers, sim.Server{Info: info, Cores: 1, Speed: 1, Queue: -1})
	}
	m.Populations = []sim.Population{{Name: "log", Trace: trace, Loop: sim.OpenLoop, Demand: fixed(0.001), Cookies: 1}}
	sim.Run(m, 1, 0, sim.Options{})
	if len(servers) != len(requests) {
		t.Fatalf("%d of %d requests were routed", len(servers), len(requests))
	}
	return servers
}

// In a replay a policy that hashes the URI, or its path, sends equal ones to one server, whoever asks, and different ones of
// a client to several. Where the recording has no URI, or the policy hashes something of the client's own, it is the client's.
func TestReplaysHashTheURI(t *testing.T) {
	const clients, paths, queries, n = 12, 12, 6, 3000
	retrying := nginx.DefaultRetrying()
	options, hashing := haproxy.DefaultOptions(), haproxy.DefaultHashing()
	hash := func(key string) policies.Config { return nginx.Hash{Key: key, Retrying: retrying} }
	inside := func(name string, c policies.Config) policies.Policy { return policies.Policy{Name: name, Config: c} }
	byDefault := func(name string) policies.Config { e, _ := policies.Lookup(name); return e.Default }
	cookie := byDefault("nginx/sticky_cookie").(nginx.StickyCookie)
	cookie.Balance, cookie.HashKey = "hash", "$request_uri"
	bound := byDefault("haproxy/stick-table").(haproxy.StickTable)
	bound.Key, bound.Balance = "path", "roundrobin"
	path := byDefault("envoy/ring-hash").(envoy.RingHash)
	path.Policy, path.Header = "header", ":path"
	for name, c := range map[string]struct {
		policies.Config
		by sim.KeyText
	}{
		"caddy/uri_hash":   {byDefault("caddy/uri_hash"), sim.URIText},
		"caddy/header":     {byDefault("caddy/header"), sim.OwnText},
		"haproxy/uri":      {byDefault("haproxy/uri"), sim.PathText},
		"uri whole":        {haproxy.URI{Options: options, Hashing: hashing, URIPart: haproxy.URIPart{Whole: true}}, sim.URIText},
		"hash path":        {haproxy.Hash{Options: options, Hashing: hashing, Key: "path"}, sim.PathText},
		"stick on path":    {bound, sim.PathText},
		"$request_uri":     {hash("$scheme$host$request_uri"), sim.URIText},
		"$uri":             {hash("$uri"), sim.PathText},
		"consistent":       {nginx.Hash{Key: "$request_uri", Consistent: true, Retrying: retrying}, sim.URIText},
		"$cookie_sid$uri":  {hash("$cookie_sid$uri"), sim.OwnText},
		"upstream-hash-by": {ingressnginx.HashBy{Key: "$request_uri", SubsetSize: 3}, sim.URIText},
		"lighttpd/hash":    {byDefault("lighttpd/hash"), sim.PathText},
		"envoy :path":      {path, sim.URIText},
		"weighted":         {policies.Weighted{Sticky: "none", Inside: inside("nginx/hash", hash("$uri"))}, sim.PathText},
		"split": {policies.Split{A: inside("nginx/hash", hash("$uri")), B: policies.Named("haproxy/uri"),
			Assignment: policies.Assignment{Share: 0, By: "client"}}, sim.PathText},
	} {
		for _, known := range []bool{true, false} {
			var requests []sim.TraceRequest
			for i := range n {
				draw := uint32(i) * 2654435761 >> 8
				q := sim.TraceRequest{At: sim.Time(i+1) * sim.Second, Client: draw % clients, Demand: -1}
				if known {
					q.Target = sim.TargetOf(1+draw/clients%paths, 1+draw/(clients*paths)%queries, sim.Harmless)
				}
				requests = append(requests, q)
			}
			by := map[sim.KeyText]map[string]map[sim.ServerID]bool{sim.OwnText: {}, sim.PathText: {}, sim.URIText: {}}
			for i, s := range replayed(t, c.Config, requests, clients) {
				q := &requests[i]
				for kind, of := range map[sim.KeyText]any{sim.OwnText: q.Client, sim.PathText: q.Target.Path(), sim.URIText: q.Target.URI()} {
					key := fmt.Sprint(of)
					if by[kind][key] == nil {
						by[kind][key] = map[sim.ServerID]bool{}
					}
					by[kind][key][s] = true
				}
			}
			want := c.by
			if !known {
				want = sim.OwnText
			}
			for kind, keys := range by {
				several := 0
				for _, servers := range keys {
					if len(servers) > 1 {
						several++
					}
				}
				same := kind == want || kind == sim.URIText && want == sim.PathText // equal URIs have equal paths
				if same && several > 0 || !same && several == 0 {
					t.Errorf("%s, URI known %v: of %d keys of kind %d, %d have several servers; want kind %d to decide", name, known, len(keys), kind, several, want)
				}
			}
		}
	}
}
