// Package apisix reproduces how Apache APISIX chooses a node of an upstream of type chash.
//
// Behaviour read in the sources of APISIX 3 (apisix/balancer.lua, apisix/balancer/chash.lua, priority.lua), and compared with
// what those files themselves answer (testdata).
//
// Floor 4.
package apisix

import (
	"errors"
	"hash/crc32"
	"math"
	"slices"
	"strings"

	"stickysim/policies"
	"stickysim/policies/internal/ketama"
	"stickysim/policies/internal/openresty"
	"stickysim/policies/internal/recall"
	"stickysim/policies/keys"
	"stickysim/sim"
	"stickysim/sim/prefetch"
)

var _ = policies.Register("apisix/chash", CHash{HashOn: "vars", Key: "remote_addr", Retries: -1}, policies.Doc{
	Summary: "type chash: consistent hashing of a variable, header, cookie or consumer",
	Detail: "Every node has 160 points for each unit of weight (weights are divided by their common divisor first), healthy or not, so " +
		"what a node loses goes to the owners of the next points, and comes back with it. A request without the key is hashed by its " +
		"address. A request that fails moves on to the next point of a node that has not failed it. Backup servers are nodes of lower " +
		"priority, with a ring of their own. Where no node is healthy, all count as healthy. Certain (run from the source): points, keys, " +
		"order of retries, unhealthy nodes, priorities. Not said by the source: which of two equal points of different nodes counts " +
		"(one pair in 2^32).",
	Source: "apache/apisix apisix/balancer.lua, apisix/balancer/chash.lua, priority.lua; lua-resty-balancer 0.05",
	Key:    policies.KeyAddress,
	Claims: policies.Claims{Sticky: true, Minimal: true},
})

// CHash is an upstream of type chash.
type CHash struct {
	HashOn  string `yaml:"hash_on" check:"oneof=vars|vars_combinations|header|cookie|consumer" doc:"where the key comes from"`
	Key     string `yaml:"key" doc:"name of the variable of nginx (remote_addr, arg_id), header or cookie; with vars_combinations a text such as $request_uri$remote_addr; with consumer it has no effect"`
	Retries int    `yaml:"retries" check:"min=-1,max=1000" doc:"further attempts of a request that fails; -1 = as many as there are other nodes"`
}

// Validate wants a key.
func (c CHash) Validate() error {
	if c.Key == "" && c.HashOn != "consumer" {
		return errors.New("key: must name the variable, header or cookie that is hashed")
	}
	return nil
}

// Identifies implements [policies.Identifier].
func (c CHash) Identifies() policies.Key {
	if c.Template().OfAddress() {
		return policies.KeyAddress
	}
	return policies.KeyHash
}

// Template is what is hashed.
func (c CHash) Template() keys.Template {
	switch name := strings.ReplaceAll(c.Key, "-", "_"); c.HashOn {
	case "vars":
		return keys.Nginx("$" + name)
	case "vars_combinations":
		return keys.Nginx(c.Key)
	case "header":
		return keys.Header(c.Key)
	}
	return keys.OwnValue
}

// New makes an instance.
func (c CHash) New(env sim.Env) sim.Balancer {
	return &chash{config: c, key: keys.Writer{Template: c.Template()}, address: keys.Writer{Template: keys.Nginx("$remote_addr")}, of: make([]uint8, env.Servers)}
}

type chash struct {
	config  CHash
	key     keys.Writer
	address keys.Writer    // what is hashed where there is no key
	groups  [2]group       // nodes by priority
	of      []uint8        // by ServerID: group
	anyUp   bool           // some node is healthy
	made    [2][]nodeShare // what the rings were made of
	picks   recall.Table[sim.ClientID, sim.ServerID]
}

// group are the nodes of one priority.
type group struct {
	ring ketama.Ring
	open int // nodes that have points and may be used
	most int // attempts until APISIX gives up
}

type nodeShare struct {
	server sim.ServerID
	weight int
}

// NeedsKey implements [sim.Keyed].
func (p *chash) NeedsKey() bool { return p.key.NeedsKey() }

// KeyText is part of [sim.Keyed].
func (p *chash) KeyText() sim.KeyText { return p.key.KeyText() }

// FailsOpen implements [sim.FailOpener].
func (p *chash) FailsOpen() bool { return true }

// Retry implements [sim.Retrier].
func (p *chash) Retry(q *sim.Request, _ sim.ServerID, o sim.Outcome, v *sim.View) (again bool, after sim.Time) {
	tries := p.config.Retries + 1
	if p.config.Retries < 0 {
		tries = len(v.Members)
	}
	return openresty.Again(q, o, tries), 0
}

// Rebuild implements [sim.Rebuilder]. The rings change with members and weights alone.
func (p *chash) Rebuild(v *sim.View) {
	p.picks.Forget()
	var shares [2][]nodeShare
	p.anyUp = false
	for _, s := range v.Members {
		g := uint8(0)
		if v.Servers[s].Backup {
			g = 1
		}
		p.of[s] = g
		p.anyUp = p.anyUp || v.Status[s] == sim.Up
		shares[g] = append(shares[g], nodeShare{s, int(math.Ceil(v.Weight[s]))})
	}
	for i := range p.groups {
		g := &p.groups[i]
		g.count(shares[i], func(s sim.ServerID) bool { return p.usable(s, v) })
		if !slices.Equal(shares[i], p.made[i]) {
			p.made[i] = shares[i]
			g.place(shares[i], v)
		}
	}
}

// count notes how many nodes a request can go to. APISIX counts attempts against all nodes, also those without weight: where every
// other one is usable, it next tries the last of them in their place.
func (g *group) count(shares []nodeShare, usable func(sim.ServerID) bool) {
	g.open, g.most = 0, 0
	for _, n := range shares {
		switch {
		case n.weight == 0:
			g.most++
		case usable(n.server):
			g.open++
		}
	}
	if g.most += g.open; g.most < len(shares) {
		g.most = g.open
	}
}

// place makes the ring: weights count by their greatest common divisor.
func (g *group) place(shares []nodeShare, v *sim.View) {
	unit := 0
	for _, n := range shares {
		unit = gcd(unit, n.weight)
	}
	g.ring.Reset()
	for _, n := range shares {
		if n.weight > 0 {
			g.ring.Add(pointText(&v.Servers[n.server]), int32(n.server), n.weight/unit)
		}
	}
	g.ring.Sort()
}

func gcd(a, b int) int {
	for b > 0 {
		a, b = b, a%b
	}
	return a
}

// pointText is what the points of a node follow from: its host and port as APISIX joins them, each colon replaced by a NUL.
func pointText(i *sim.ServerInfo) string {
	text := i.Addr
	if text == "" {
		text = i.Name
	}
	return strings.NewReplacer(":", "\x00", "[", "", "]", "").Replace(text)
}

// usable reports whether APISIX takes the server for healthy. Servers that drain are nodes no more.
func (p *chash) usable(s sim.ServerID, v *sim.View) bool {
	return v.Status[s] == sim.Up || v.Status[s] == sim.Down && !p.anyUp
}

// Prepare implements [sim.Preparer].
func (p *chash) Prepare(c sim.ClientID, soon *prefetch.Batch) { p.picks.Prepare(c, soon) }

// Reads implements [sim.Reader].
func (p *chash) Reads() sim.Needs { return p.key.Reads() | sim.NeedsAddr }

// Repeats implements [sim.Repeater].
func (p *chash) Repeats() bool { return true }

// Pick implements [sim.Balancer].
func (p *chash) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	key := &p.key
	sum, ok := key.Sum(q)
	if !ok {
		key = &p.address
		sum, _ = key.Sum(q)
	}
	if len(q.Tried) > 0 {
		return p.choose(key.Of(q), q, v)
	}
	s, ok := p.picks.Find(q.Client, sum)
	if !ok {
		if s = p.choose(key.Of(q), q, v); q.Why == sim.None {
			p.picks.Note(q.Client, sum, s)
		}
	}
	return s
}

// choose looks for a node of the greatest priority.
func (p *chash) choose(key []byte, q *sim.Request, v *sim.View) sim.ServerID {
	hash := crc32.ChecksumIEEE(key)
	for i := range p.groups {
		if s := p.walk(i, hash, q, v); s != sim.NoServer {
			return s
		}
	}
	return sim.NoServer
}

// walk goes from point to point of a group until one belongs to a usable node that has not failed q.
func (p *chash) walk(i int, hash uint32, q *sim.Request, v *sim.View) sim.ServerID {
	g := &p.groups[i]
	tried, last := 0, sim.NoServer
	for _, s := range q.Tried {
		if int(p.of[s]) == i && p.usable(s, v) {
			tried, last = tried+1, s
		}
	}
	switch {
	case tried < g.open:
	case tried < g.most:
		return last
	default:
		return sim.NoServer
	}
	for at := g.ring.Find(hash); ; at = g.ring.Next(at) {
		if s := sim.ServerID(g.ring.Node(at)); p.usable(s, v) && !slices.Contains(q.Tried, s) {
			return s
		}
		q.Why = sim.ServerUnusable
	}
}
