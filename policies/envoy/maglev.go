package envoy

import (
	"errors"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("envoy/maglev", Maglev{
	TableSize: 65537, HashKey: HashKey{Policy: "header"}, Cluster: DefaultCluster(),
}, policies.Doc{
	Summary: "consistent hashing by a Maglev table (MAGLEV)",
	Detail: "The hosts fill a table of prime size in turns, each along its own permutation, so their shares are equal to " +
		"within one entry (or in proportion to weight); a host that leaves also moves a few entries of the others, " +
		"below 1 % for up to 100 hosts. O(1) per pick.",
	Source: "envoyproxy/envoy source/extensions/load_balancing_policies/maglev/maglev_lb.cc; Eisenbud et al. 2016 (NSDI)",
	Key:    policies.KeyHash,
	Claims: policies.Claims{Uniform: true, Weighted: true, Sticky: true, Minimal: true, LeaveMoves: 0.02},
})

// Maglev is Envoy's MAGLEV policy. Source: Envoy API v3, load_balancing_policies.maglev.v3.
type Maglev struct {
	TableSize     int  `yaml:"table_size" check:"min=2,max=5000011" doc:"entries of the table, a prime"`
	UseHostname   bool `yaml:"use_hostname_for_hashing" doc:"permutations from the host's name instead of its address"`
	BalanceFactor int  `yaml:"hash_balance_factor" check:"min=0" doc:"bound on a host's requests in flight, in percent of the mean; 0 = none"`
	HashKey       `yaml:",inline"`
	Cluster       `yaml:",inline"`
}

// Validate checks the table size, the balance factor and the cluster's settings.
func (c Maglev) Validate() error {
	for d := 2; d*d <= c.TableSize; d++ {
		if c.TableSize%d == 0 {
			return errors.New("table_size: must be a prime, for example 65537")
		}
	}
	return errors.Join(checkFactor(c.BalanceFactor), c.Cluster.Validate())
}

func (c Maglev) in(cluster Cluster) policies.Config {
	c.Cluster = cluster
	return c
}

// New makes an instance.
func (c Maglev) New(env sim.Env) sim.Balancer {
	p := &maglev{hosts: newHosts(c.Cluster, env), hasher: newHasher(c.HashKey), config: c}
	p.build = p.fill
	p.bounded = newBounded(c.BalanceFactor, env.Servers, p.lookup)
	p.table = make([]sim.ServerID, c.TableSize)
	p.turns = make([]turn, 0, env.Servers)
	if p.generates() {
		return cookieMaglev{p}
	}
	return p
}

type maglev struct {
	hosts
	hasher
	bounded bounded
	config  Maglev
	table   []sim.ServerID
	turns   []turn // scratch
}

// turn is a host while the table is filled: where its permutation stands, and the weight it has paid for.
type turn struct {
	host       sim.ServerID
	name       string
	next, skip int
	weight     float64
	paid       float64
}

// cookieMaglev is one whose clients get cookies.
type cookieMaglev struct{ *maglev }

// Answered implements [sim.Binder].
func (p cookieMaglev) Answered(q *sim.Request, _ sim.ServerID, _ *sim.View) { p.give(q) }

// Repeats implements [sim.Repeater].
func (p *maglev) Repeats() bool {
	return p.config.BalanceFactor == 0 && p.constant()
}

// Pick implements [sim.Balancer].
func (p *maglev) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	p.sync(v)
	return p.admit(p.bounded.pick(p.hash(q), q, &p.hosts, v), v)
}

// lookup returns the host of h's entry; further attempts flip most bits of h.
func (p *maglev) lookup(h uint64, attempt int) sim.ServerID {
	if len(p.list) == 0 {
		return sim.NoServer
	}
	if attempt > 0 {
		h ^= ^uint64(0) - uint64(attempt) + 1
	}
	return p.table[h%uint64(len(p.table))]
}

// fill lets the hosts take entries in turns, in order of their names; a host lighter than the heaviest misses turns.
func (p *maglev) fill(v *sim.View) {
	p.bounded.setHosts(p.list, v)
	if len(p.list) == 0 {
		return
	}
	p.turns = p.turns[:0]
	heaviest := 0.0
	for i, s := range p.list {
		name := hostName(v, s, p.config.UseHostname)
		size := uint64(len(p.table))
		p.turns = append(p.turns, turn{
			host: s, name: name, weight: p.bounded.weights[i],
			next: int(xxhash.Sum64String(name) % size), skip: int(xxh64([]byte(name), 1)%(size-1)) + 1,
		})
		heaviest = max(heaviest, p.bounded.weights[i])
	}
	slices.SortFunc(p.turns, func(a, b turn) int { return strings.Compare(a.name, b.name) })
	for i := range p.table {
		p.table[i] = sim.NoServer
	}
	left := len(p.table)
	for round := 1.0; ; round++ {
		for i := range p.turns {
			t := &p.turns[i]
			if round*t.weight < t.paid {
				continue
			}
			t.paid += heaviest
			p.table[p.free(t)] = t.host
			if left--; left == 0 {
				return
			}
		}
	}
}

// free moves t along its permutation past the next free entry, and returns that.
func (p *maglev) free(t *turn) int {
	for {
		c := t.next
		if t.next += t.skip; t.next >= len(p.table) {
			t.next -= len(p.table)
		}
		if p.table[c] == sim.NoServer {
			return c
		}
	}
}
