package policies

import (
	"math"
	"slices"

	"stickysim/sim"
	"stickysim/sim/prefetch"
	"stickysim/sim/rng"
)

var _ = Register("stick-table", StickTable{
	Key: "src", Size: 100_000, Expire: 30 * sim.Minute, Sliding: true, Balance: Named("round-robin"),
}, Doc{
	Summary: "the balancer remembers each client's server in a table",
	Also:    []string{"sticktable", "stick-on", "table", "persistence"},
	Detail: "Clients that are not in the table are balanced, and entered when they are answered. Draining servers keep their " +
		"clients. The table belongs to one balancer instance and is lost with it. A full table drops the entry that would " +
		"expire first. O(1) when the table decides.",
	Source: "textbook; HAProxy `stick-table` with `stick on`",
	Key:    KeyAddress,
	Claims: Claims{Uniform: true, Weighted: true, Sticky: true, Minimal: true},
})

// StickTable remembers which server each client had.
//
// An entry decides while its server is up or draining. Otherwise the client is balanced like a new one, Request.Why
// says why, and the answer binds it to the new server.
type StickTable struct {
	Key     string   `yaml:"key" check:"oneof=src|hash" doc:"what identifies a client: its source address (src), or its key (a header or client id)"`
	Size    Bytes    `yaml:"size" check:"min=1,max=100000000" doc:"most entries"`
	Expire  sim.Time `yaml:"expire" check:"min=0" doc:"age at which an entry expires; 0 = never"`
	NoPurge bool     `yaml:"nopurge" doc:"a full table takes no new entries, instead of dropping old ones"`
	Sliding bool     `yaml:"sliding" doc:"every answer renews the entry, so that expire limits idleness instead of age"`
	Balance Policy   `yaml:"balance" check:"policy=keyless" doc:"policy for clients without an entry"`
}

// Identifies implements [Identifier].
func (c StickTable) Identifies() Key {
	if c.Key == "src" {
		return KeyAddress
	}
	return KeyHash
}

// New makes an instance.
func (c StickTable) New(env sim.Env) sim.Balancer {
	p := &stickTable{
		inner:      newInner(c.Balance, env),
		StickTable: c,
		seed:       env.Rand.Stream("stick-table"),
		table:      newTable(int(c.Size), env.Clients, c.Expire, c.Key == "src" && env.OwnAddr || c.Key != "src" && env.OwnHash),
	}
	p.table.mixed = p.mixed
	return p
}

type stickTable struct {
	inner
	StickTable
	seed  rng.Key
	table *table
}

// Reads implements [sim.Reader]: the key, and what the policy inside reads.
func (p *stickTable) Reads() sim.Needs {
	if p.Key == "src" {
		return p.powers.Reads() | sim.NeedsAddr
	}
	return p.powers.Reads() | sim.NeedsHash
}

// key is the address, an IPv6 one as a hash, or the client's own value.
func (p *stickTable) key(q *sim.Request) uint64 {
	switch {
	case p.Key != "src":
		return q.Hash
	case q.Addr.Is4():
		return uint64(q.Addr.V4())
	}
	return q.Addr.Hash64()
}

// mixed makes random bits of a key. Hashes of IPv6 addresses look like no IPv4 address, practically.
func (p *stickTable) mixed(key uint64) uint64 {
	if p.Key == "src" && key <= math.MaxUint32 {
		a := sim.Addr4(uint32(key))
		key = a.Hash64()
	}
	return p.seed.At(key).Uint64()
}

// Prepare implements [sim.Preparer].
func (p *stickTable) Prepare(c sim.ClientID, soon *prefetch.Batch) { p.table.Prepare(c, soon) }

// Pick implements [sim.Balancer].
func (p *stickTable) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	home, why := p.table.lookup(q.Client, p.key(q), v.Now)
	if home != sim.NoServer {
		if v.Usable(home) && !slices.Contains(q.Tried, home) {
			return home
		}
		why = sim.ServerUnusable
	}
	s := p.inner.Pick(q, v)
	q.Why = why
	return s
}

// Answered enters the client, or renews its entry.
func (p *stickTable) Answered(q *sim.Request, s sim.ServerID, v *sim.View) {
	p.table.store(q.Client, p.key(q), s, v.Now, p.Sliding, p.NoPurge)
}
