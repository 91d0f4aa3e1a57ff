package scenarios

import (
	"strings"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
	"stickysim/sim/dist"
)

// mustDistribution reads a default, which is part of this package.
func mustDistribution(text string) dist.Dist {
	v, err := dist.Parse(text, dist.Seconds)
	if err != nil {
		panic(err)
	}
	return v
}

// The default store is a fast key-value store in the same zone: 0.35 ms away, 50,000 operations a second, read and
// written once per request.
var defaultStore = sim.StoreStation{Workers: 1, Service: mustDistribution("exp(20us)"), Latency: mustDistribution("lognormal(mean=350us, cv=0.6)"), Calls: 2, Queue: -1}

var storeStation = object[sim.StoreStation]{
	at("workers", "parallel operations", word(integer(1, 1e6), "unlimited", 0), func(s *sim.StoreStation) *int { return &s.Workers }),
	at("service", "time of a worker per operation", seconds(), func(s *sim.StoreStation) *dist.Dist { return &s.Service }),
	at("latency", "network time per operation, not queued", seconds(), func(s *sim.StoreStation) *dist.Dist { return &s.Latency }),
	at("calls", "operations of a request that reads and writes; one that only reads has one less, but at least one", integer(1, 100), func(s *sim.StoreStation) *int { return &s.Calls }),
	at("queue", "operations that may wait; beyond, the request fails", word(integer(0, 1e9), "unlimited", -1), func(s *sim.StoreStation) *int { return &s.Queue }),
	at("connections", "operations under way at a time, waiting and network included; beyond, the request fails", word(integer(1, 1e9), "unlimited", 0), func(s *sim.StoreStation) *int { return &s.Connections }),
	at("hang", "when the store is down, operations wait instead of failing at once", truth(), func(s *sim.StoreStation) *bool { return &s.Hang }),
	persistence(),
	at("restart", "speed after an outage, growing along a line: caches are cold", slowStart.kind(sim.SlowStart{From: 0.1}), func(s *sim.StoreStation) *sim.SlowStart { return &s.Restart }),
}

// persistence is whether state survives an outage: all of it, none, or what is in the last snapshot.
func persistence() field[sim.StoreStation] {
	snapshots := object[sim.StoreStation]{
		needed(at("snapshot", "time between snapshots", span(sim.Second), func(s *sim.StoreStation) *sim.Time { return &s.Snapshot })),
	}
	return field[sim.StoreStation]{
		key: "persist", doc: "what survives an outage: everything (true), nothing (false), or {snapshot: 5m}, sessions that had begun by the last snapshot",
		schema: schema{"anyOf": []schema{truth().schema, snapshots.schema()}},
		read: func(d *decoder, n *tree.Node, s *sim.StoreStation) {
			s.Snapshot = 0
			if n.Kind != tree.Map {
				s.Persist, _ = truth().read(d, n)
				return
			}
			s.Persist = true
			snapshots.read(d, n, s)
		},
	}
}

var stored = append(within(storeStation, func(p *sim.Placement) *sim.StoreStation { return &p.Store }), writing)

var writing = at("writes", "whether every request writes the state, or only those that change it (a population's state.changes)",
	choice([]string{"every_request", "on_change"}, false, true), func(p *sim.Placement) *bool { return &p.OnChange })

// placement is one way to keep session state.
type placement struct {
	word string
	object[sim.Placement]
	def sim.Placement
}

var placements = []placement{
	{"none", nil, sim.Placement{Kind: sim.NoState}},
	{"local", nil, sim.Placement{Kind: sim.Local}},
	{"replicated", object[sim.Placement]{
		at("copies", "servers that hold the state: the one that answers for it and its buddies, or all", word(integer(2, 16), "all", 0), func(p *sim.Placement) *int { return &p.Copies }),
		at("lag", "time until a write is on the copies", seconds(), func(p *sim.Placement) *dist.Dist { return &p.Lag }),
		at("write", "extra work of a write, for each copy", seconds(), func(p *sim.Placement) *dist.Dist { return &p.Write }),
		at("fetch", "extra work on a server that has to fetch the state from another", seconds(), func(p *sim.Placement) *dist.Dist { return &p.Fetch }),
		writing,
	}, sim.Placement{Kind: sim.Replicated, Copies: 2}},
	{"store", stored, sim.Placement{Kind: sim.Store, Store: defaultStore}},
	{"token", object[sim.Placement]{
		at("verify", "extra work to verify a token", seconds(), func(p *sim.Placement) *dist.Dist { return &p.Verify }),
		at("ttl", "lifetime of a token; never = for ever", word(span(1), "never", 0), func(p *sim.Placement) *sim.Time { return &p.TTL }),
		at("revoke", "time from a login until the session is revoked; left out, never", seconds(), func(p *sim.Placement) *dist.Dist { return &p.Revoke }),
		at("poll", "how often servers fetch the denylist of revoked tokens; never = there is none", word(span(1), "never", 0), func(p *sim.Placement) *sim.Time { return &p.Poll }),
		at("poll_delay", "until a fetched denylist is in force", span(0), func(p *sim.Placement) *sim.Time { return &p.PollDelay }),
		at("refresh", "extra work to renew a token at its ttl; left out, the session is lost", seconds(), func(p *sim.Placement) *dist.Dist { return &p.Refresh }),
		at("size", "size on the wire", size(), func(p *sim.Placement) *float64 { return &p.Bytes }),
		at("uplink", "bytes per second of a client's uplink", word(size(), "unlimited", 0), func(p *sim.Placement) *float64 { return &p.Uplink }),
		at("rest", "share of requests that need state which a token cannot carry, and find it in a store", share(0, 1), func(p *sim.Placement) *float64 { return &p.Rest }),
		at("store", "where the rest is", storeStation.kind(defaultStore), func(p *sim.Placement) *sim.StoreStation { return &p.Store }),
	}, sim.Placement{Kind: sim.Token, Store: defaultStore}},
	{"cached_store", append(object[sim.Placement]{
		at("write", "whether an answer waits for the write to the store (through), or the write follows it (behind); a session's first answer always waits",
			choice([]string{"behind", "through"}, false, true), func(p *sim.Placement) *bool { return &p.Through }),
		at("load", "further work on a miss of the local copy", seconds(), func(p *sim.Placement) *dist.Dist { return &p.Load }),
	}, stored...), sim.Placement{Kind: sim.CachedStore, OnChange: true, Store: defaultStore}},
}

// placementName is the word for a placement.
func placementName(k sim.PlacementKind) string { return placements[k].word }

// state is a word, or a mapping with that word as its only key.
func state() kind[sim.Placement] {
	var known []string
	options := schema{}
	for _, p := range placements {
		known = append(known, p.word)
		if p.object != nil {
			options[p.word] = p.schema()
		}
	}
	s := schema{"anyOf": []schema{{"enum": known}, {"type": "object", "properties": options, "additionalProperties": false, "minProperties": 1, "maxProperties": 1}}}
	hint := "write one of " + strings.Join(known, ", ") + ", or {store: {...}}"
	return kind[sim.Placement]{s, func(d *decoder, n *tree.Node) (sim.Placement, bool) {
		word, settings := n.Text, (*tree.Node)(nil)
		switch {
		case n.Kind == tree.Map && len(n.Keys) == 1:
			word, settings = n.Keys[0].Name, n.Items[0]
		case n.Kind != tree.Scalar:
			d.fail(n, "wrong-type", "must be one placement, got "+describe(n), hint)
			return sim.Placement{}, false
		}
		for _, p := range placements {
			if p.word != word {
				continue
			}
			if settings == nil || settings.Kind == tree.Null || p.object == nil && len(settings.Keys) == 0 && settings.Kind == tree.Map {
				return p.def, true
			}
			return p.object.kind(p.def).read(d, settings)
		}
		d.fail(n, "unknown-value", "unknown placement "+quote(word)+didYouMean(word, known), hint)
		return sim.Placement{}, false
	}}
}
