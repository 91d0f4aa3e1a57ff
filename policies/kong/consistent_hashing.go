// Package kong reproduces how Kong Gateway chooses a target of an upstream with algorithm consistent-hashing.
//
// Behaviour read in the sources of Kong 3 (kong/runloop/balancer/consistent_hashing.lua, init.lua, balancers.lua, kong/init.lua),
// and compared with what the first of them itself answers (testdata).
//
// Floor 4.
package kong

import (
	"errors"
	"math"
	"strconv"

	"stickysim/policies"
	"stickysim/policies/internal/openresty"
	"stickysim/policies/keys"
	"stickysim/sim"
)

var _ = policies.Register("kong/consistent-hashing", ConsistentHashing{HashOn: "consumer", Fallback: "none", Slots: 10_000, Retries: 5}, policies.Doc{
	Summary: "algorithm consistent-hashing: a ring of slots, for a consumer, address, header, cookie, path or argument",
	Detail: "Every target takes 160 slots of the ring (in proportion to its weight), healthy or not; a key belongs to the nearest usable " +
		"target at or below its slot. Where too many targets share the slots (more than 61 equal ones share 10,000), Kong gives up the " +
		"whole ring and answers every request with 503. A request that fails is sent to the same target again, unless that is known " +
		"to be unhealthy by then. hash_on cookie: Kong gives clients without the cookie one, for the session. A request with neither " +
		"key nor fallback is hashed as empty text, so all of them go to one target. Certain (run from the source): slots, order, keys, " +
		"unhealthy targets, full rings. Certain (read): what is hashed, cookies, retries. Not simulated: targets whose name has several " +
		"addresses, and passive health checks.",
	Source: "Kong/kong kong/runloop/balancer/consistent_hashing.lua, init.lua, balancers.lua",
	Key:    policies.KeyHash,
	Claims: policies.Claims{Sticky: true},
})

// ConsistentHashing is an upstream with algorithm consistent-hashing.
type ConsistentHashing struct {
	HashOn         string  `yaml:"hash_on" check:"oneof=none|consumer|ip|header|cookie|path|query_arg|uri_capture" doc:"what is hashed; none = nothing, so all requests go to one target"`
	Header         string  `yaml:"hash_on_header" doc:"header for hash_on: header"`
	Fallback       string  `yaml:"hash_fallback" check:"oneof=none|consumer|ip|header|cookie|path|query_arg|uri_capture" doc:"what is hashed of requests without that"`
	FallbackHeader string  `yaml:"hash_fallback_header" doc:"header for hash_fallback: header"`
	Slots          int     `yaml:"slots" check:"min=10,max=65536" doc:"slots of the ring; fewer than 1000 count as 1000"`
	Threshold      float64 `yaml:"threshold" check:"min=0,max=100" doc:"healthchecks.threshold: the upstream answers 503 unless more than this percentage of its weight is healthy"`
	Retries        int     `yaml:"retries" check:"min=0,max=32767" doc:"retries of the service: further attempts of a request that fails"`
}

// Validate wants the names of headers.
func (c ConsistentHashing) Validate() error {
	switch {
	case c.HashOn == "header" && c.Header == "":
		return errors.New("hash_on_header: must name the header that is hashed")
	case c.Fallback == "header" && c.FallbackHeader == "":
		return errors.New("hash_fallback_header: must name the header that is hashed")
	case c.HashOn == "cookie" && c.Fallback != "none":
		return errors.New("hash_fallback: has no effect with hash_on: cookie, since Kong gives a cookie to clients without one")
	}
	return nil
}

// Identifies implements [policies.Identifier].
func (c ConsistentHashing) Identifies() policies.Key {
	switch c.HashOn {
	case "cookie":
		return policies.KeyCookie
	case "ip":
		return policies.KeyAddress
	}
	return policies.KeyHash
}

// Fits implements [policies.Fitter].
func (c ConsistentHashing) Fits(servers []sim.ServerInfo) error {
	targets := make([]target, len(servers))
	for i := range servers {
		targets[i] = newTarget(sim.ServerID(i), &servers[i], float64(servers[i].Weight))
	}
	if _, ok := newWheel(c.slots(), targets); !ok {
		return errors.New("the " + strconv.Itoa(len(servers)) + " targets do not fit the ring of " + strconv.Itoa(c.slots()) +
			" slots, so Kong answers every request with 503; give it more slots: 200 for each target are enough")
	}
	return nil
}

// slots is the size of the ring.
func (c ConsistentHashing) slots() int { return max(c.Slots, leastSlots) }

// template is the key that hash_on, or hash_fallback, stands for.
func template(on, header string) keys.Template {
	switch on {
	case "none", "cookie":
		return nil
	case "ip":
		return keys.Nginx("$remote_addr")
	case "header":
		return keys.Header(header)
	case "path":
		return keys.Target(sim.PathText)
	}
	return keys.OwnValue
}

// New makes an instance.
func (c ConsistentHashing) New(env sim.Env) sim.Balancer {
	p := &consistentHashing{config: c}
	for i, key := range []keys.Template{template(c.HashOn, c.Header), template(c.Fallback, c.FallbackHeader)} {
		p.keys[i] = keys.Writer{Template: key}
	}
	if p.Writes() {
		return cookieHashing{p}
	}
	return p
}

type consistentHashing struct {
	config  ConsistentHashing
	keys    [2]keys.Writer // of hash_on and hash_fallback
	targets []target       // the wheel's
	wheel   []sim.ServerID // by slot: its server; NoServer = none
	nearest []int32        // by slot: the nearest slot at or below, around the ring, of a usable target; nil = none
}

// NeedsKey implements [sim.Keyed].
func (p *consistentHashing) NeedsKey() bool { return p.keys[0].NeedsKey() || p.keys[1].NeedsKey() }

// KeyText is part of [sim.Keyed].
func (p *consistentHashing) KeyText() sim.KeyText {
	if p.keys[0].NeedsKey() {
		return p.keys[0].KeyText()
	}
	return p.keys[1].KeyText()
}

// Reads implements [sim.Reader].
func (p *consistentHashing) Reads() sim.Needs {
	needs := p.keys[0].Reads() | p.keys[1].Reads()
	if p.Writes() {
		needs |= sim.NeedsDraw
	}
	return needs
}

// Repeats implements [sim.Repeater].
func (p *consistentHashing) Repeats() bool { return true }

// Rebuild implements [sim.Rebuilder]. The wheel changes with members and weights alone.
func (p *consistentHashing) Rebuild(v *sim.View) {
	p.nearest = p.nearest[:0]
	if targets := targetsOf(v); !same(targets, p.targets) {
		p.targets = targets
		p.wheel, _ = newWheel(p.config.slots(), targets)
	}
	if p.healthy(v) {
		p.nearest = nearest(p.nearest, p.wheel, v)
	}
}

// healthy reports whether more of the upstream's weight is available than its threshold.
func (p *consistentHashing) healthy(v *sim.View) bool {
	total, available := 0.0, 0.0
	for _, s := range v.Members {
		w := math.Ceil(v.Weight[s])
		total += w
		if v.Status[s] == sim.Up {
			available += w
		}
	}
	return total > 0 && available/total*100 > p.config.Threshold
}

// Pick implements [sim.Balancer]. A retry has the slot of the first attempt: Tried plays no part.
func (p *consistentHashing) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	if len(p.nearest) == 0 {
		return sim.NoServer
	}
	slot := p.slot(q)
	at := p.nearest[slot]
	if int(at) == slot+1 {
		return sim.NoServer // Kong ends its search before this slot
	}
	if int(at) != slot && p.wheel[slot] != sim.NoServer {
		q.Why = sim.ServerUnusable
	}
	return p.wheel[at]
}

// slot is the slot of q's key.
func (p *consistentHashing) slot(q *sim.Request) int {
	for i, on := range []string{p.config.HashOn, p.config.Fallback} {
		if on == "cookie" {
			return int(p.cookieHash(q) % uint32(p.config.slots()))
		}
		if text := p.keys[i].Of(q); len(text) > 0 {
			return int(xxh32(text) % uint32(p.config.slots()))
		}
	}
	return int(xxh32(nil) % uint32(p.config.slots()))
}

// Retry implements [sim.Retrier].
func (p *consistentHashing) Retry(q *sim.Request, _ sim.ServerID, o sim.Outcome, _ *sim.View) (again bool, after sim.Time) {
	return openresty.Again(q, o, p.config.Retries+1), 0
}
