package scenarios

import (
	"strings"

	"stickysim/scenarios/internal/tree"
	"stickysim/sim"
	"stickysim/sim/diag"
	"stickysim/sim/dist"
)

// mustDistribution reads a default of this package; it panics on a mistake.
func mustDistribution(text string) dist.Dist {
	v, err := dist.Parse(text, dist.Seconds)
	if err != nil {
		panic(err)
	}
	return v
}

// The default store is a fast key-value store in the same zone: 0.35 ms away, 50,000 operations a second, read and
// written once per request.
var defaultStore = sim.StoreStation{Workers: 1, Service: mustDistribution("exp(20us)"), Latency: mustDistribution("lognormal(mean=350us cv=0.6)"), Calls: 2, Queue: -1}

var storeStation = object[sim.StoreStation]{
	at("workers", "parallel operations", word(integer(1, 1e6), "unlimited", 0), func(s *sim.StoreStation) *int { return &s.Workers }),
	at("service", "time of a worker per operation", seconds(), func(s *sim.StoreStation) *dist.Dist { return &s.Service }),
	at("latency", "network time per operation; it occupies no worker", seconds(), func(s *sim.StoreStation) *dist.Dist { return &s.Latency }),
	at("calls", "store operations per request that reads and writes; a request that only reads has one fewer (minimum 1)", integer(1, 100), func(s *sim.StoreStation) *int { return &s.Calls }),
	at("queue", "operations that may wait; any more fail their request", word(integer(0, 1e9), "unlimited", -1), func(s *sim.StoreStation) *int { return &s.Queue }),
	at("connections", "operations in progress at a time, waiting and network included; any more fail their request", word(integer(1, 1e9), "unlimited", 0), func(s *sim.StoreStation) *int { return &s.Connections }),
	at("hang", "whether operations wait during an outage instead of failing at once", truth(), func(s *sim.StoreStation) *bool { return &s.Hang }),
	persistence(),
	at("restart", "linear ramp of the speed after an outage, because caches are cold; default: none", slowStart.kind(sim.SlowStart{From: 0.1}), func(s *sim.StoreStation) *sim.SlowStart { return &s.Restart }),
}

// persistence is how much state survives an outage: all, none, or what is in the last snapshot.
func persistence() field[sim.StoreStation] {
	snapshots := object[sim.StoreStation]{
		needed(at("snapshot", "time between snapshots", span(sim.Second), func(s *sim.StoreStation) *sim.Time { return &s.Snapshot })),
	}
	return field[sim.StoreStation]{
		key: "persist", doc: "state that survives an outage: all (true), none (false), or that of sessions that started before the last snapshot ({snapshot: 5m}); default: none",
		schema: either("object", snapshots.shape(nil), truth().schema),
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
	word, doc string
	object[sim.Placement]
	def sim.Placement
}

var placements = []placement{
	{"none", "no session state", nil, sim.Placement{Kind: sim.NoState}},
	{"local", "in the memory of the server that started the session", nil, sim.Placement{Kind: sim.Local}},
	{"replicated", "in the memory of several servers", object[sim.Placement]{
		at("copies", "number of servers that hold the state, its owner included; or all", word(integer(2, 16), "all", 0), func(p *sim.Placement) *int { return &p.Copies }),
		at("lag", "time until a write has reached the copies", seconds(), func(p *sim.Placement) *dist.Dist { return &p.Lag }),
		at("write", "additional server time of a write, per copy", seconds(), func(p *sim.Placement) *dist.Dist { return &p.Write }),
		at("fetch", "additional server time to fetch the state from another server", seconds(), func(p *sim.Placement) *dist.Dist { return &p.Fetch }),
		writing,
	}, sim.Placement{Kind: sim.Replicated, Copies: 2}},
	{"store", "in a store that all servers share", stored, sim.Placement{Kind: sim.Store, Store: defaultStore}},
	{"token", "in a signed token that the client sends", object[sim.Placement]{
		at("verify", "additional server time to verify a token", seconds(), func(p *sim.Placement) *dist.Dist { return &p.Verify }),
		at("ttl", "lifetime of a token; never: it does not expire", word(span(1), "never", 0), func(p *sim.Placement) *sim.Time { return &p.TTL }),
		at("revoke", "time from a login until the session is revoked; default: never", seconds(), func(p *sim.Placement) *dist.Dist { return &p.Revoke }),
		at("poll", "time between two fetches of the denylist of revoked tokens; never: there is no denylist", word(span(1), "never", 0), func(p *sim.Placement) *sim.Time { return &p.Poll }),
		at("poll_delay", "time until a fetched denylist takes effect", span(0), func(p *sim.Placement) *sim.Time { return &p.PollDelay }),
		at("refresh", "additional server time to renew a token at its ttl; default: it is not renewed and the session is lost", seconds(), func(p *sim.Placement) *dist.Dist { return &p.Refresh }),
		at("size", "bytes of a token on the wire", size(), func(p *sim.Placement) *float64 { return &p.Bytes }),
		at("uplink", "bytes per second of a client's uplink", word(size(), "unlimited", 0), func(p *sim.Placement) *float64 { return &p.Uplink }),
		at("rest", "share of requests that need state which is too large for a token and lies in a store", share(0, 1), func(p *sim.Placement) *float64 { return &p.Rest }),
		at("store", "the store with the rest of the state", storeStation.kind(defaultStore), func(p *sim.Placement) *sim.StoreStation { return &p.Store }),
	}, sim.Placement{Kind: sim.Token, Store: defaultStore}},
	{"cached_store", "in a shared store, with a copy in the memory of servers that have read it", append(object[sim.Placement]{
		at("write", "whether an answer waits for the write to the store (through) or not (behind); the first answer of a session always waits",
			choice([]string{"behind", "through"}, false, true), func(p *sim.Placement) *bool { return &p.Through }),
		at("load", "additional server time when there is no local copy", seconds(), func(p *sim.Placement) *dist.Dist { return &p.Load }),
	}, stored...), sim.Placement{Kind: sim.CachedStore, OnChange: true, Store: defaultStore}},
}

var _ = diag.Also("store", "redis", "memcached", "valkey", "database", "dynamodb", "sql", "session-store", "external")
var _ = diag.Also("token", "jwt", "signed-cookie", "cookie-session", "bearer")
var _ = diag.Also("replicated", "hazelcast", "infinispan", "replication", "session-replication", "cluster")
var _ = diag.Also("local", "in-memory", "memory", "heap")
var _ = diag.Also("cached_store", "near-cache", "cache", "write-through", "write-behind")

// placementName is the word for a placement.
func placementName(k sim.PlacementKind) string { return placements[k].word }

// state is a word, or a mapping with that word as its only key.
func state() kind[sim.Placement] {
	var known, docs []string
	for _, p := range placements {
		known, docs = append(known, p.word), append(docs, p.doc)
	}
	settings := func() schema {
		options := schema{}
		for _, p := range placements {
			if p.object != nil {
				options[p.word] = described(p.schema(&p.def), p.doc)
				options[p.word].(schema)["type"] = []string{"object", "null"}
			}
		}
		return schema{"properties": options, "additionalProperties": false, "minProperties": 1, "maxProperties": 1}
	}
	s := either("object", settings, made(schema{"enum": known, "enumDescriptions": docs}))
	hint := "write one of " + strings.Join(known, ", ") + ", or {store: {...}}"
	return kind[sim.Placement]{schema: s, read: func(d *decoder, n *tree.Node) (sim.Placement, bool) {
		word, settings := n.Text, (*tree.Node)(nil)
		switch {
		case n.Kind == tree.Map && len(n.Keys) == 1:
			word, settings = n.Keys[0].Name, n.Items[0]
		case n.Kind != tree.Scalar:
			d.fail(n, "wrong-type", "must be one way to keep state, got "+describe(n), hint)
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
		d.fail(n, "unknown-value", "unknown way to keep state "+quote(word)+didYouMean(word, known), hint)
		return sim.Placement{}, false
	}}
}
