package policies

import (
	"errors"
	"math/big"

	"stickysim/sim"
	"stickysim/sim/rng"
)

var _ = Register("maglev", Maglev{TableSize: 65537, HashKey: HashKey{Key: "hash"}}, Doc{
	Summary: "consistent hashing by a lookup table with almost equal shares",
	Also:    []string{"maglev-hash"},
	Detail: "The servers fill a table of prime size in turns, each along its own permutation: shares are equal to within one " +
		"entry, or in proportion to weight. When a server leaves, a few entries of the others move too: 0.3 % with 10 " +
		"servers and 65537 entries. O(1) per request; the table is filled anew at every change.",
	Source: "Eisenbud et al. 2016 (NSDI)",
	Key:    KeyHash,
	Claims: Claims{Uniform: true, Weighted: true, Sticky: true, Minimal: true, LeaveMoves: 0.02},
})

// Maglev is Google's table-based consistent hash.
type Maglev struct {
	TableSize int `yaml:"table_size" check:"min=2,max=5000011" doc:"entries of the table: a prime, at least 100 times the servers"`
	HashKey
}

// Validate checks that the table size is a prime.
func (c Maglev) Validate() error {
	if !big.NewInt(int64(c.TableSize)).ProbablyPrime(0) {
		return errors.New("table_size: must be a prime, for example 65537")
	}
	return nil
}

// New makes an instance.
func (c Maglev) New(env sim.Env) sim.Balancer {
	return &maglev{
		Maglev: c,
		seed:   hashSeed(env, "maglev"),
		table:  make([]sim.ServerID, c.TableSize),
		turns:  make([]maglevTurn, 0, env.Servers),
	}
}

type maglev struct {
	Maglev
	seed  rng.Key
	table []sim.ServerID
	turns []maglevTurn // scratch
}

// maglevTurn is a server while the table is filled: its place in its permutation, and the entries it is owed.
type maglevTurn struct {
	server     sim.ServerID
	next, skip int
	weight     float64 // relative to the heaviest
	owed       float64
}

// Rebuild fills the table: every round adds each server's weight to what it is owed, and a server takes an entry once it is
// owed a whole one.
func (p *maglev) Rebuild(v *sim.View) {
	p.turns = p.turns[:0]
	heaviest := 0.0
	for _, s := range v.Eligible {
		heaviest = max(heaviest, v.Weight[s])
	}
	size := len(p.table)
	for _, s := range v.Eligible {
		k := p.seed.Stream(v.Servers[s].Name)
		p.turns = append(p.turns, maglevTurn{
			server: s, weight: v.Weight[s] / heaviest, next: k.At(0).IntN(size), skip: 1 + k.At(1).IntN(size-1),
		})
	}
	for i := range p.table {
		p.table[i] = sim.NoServer
	}
	for left := size; left > 0 && len(p.turns) > 0; {
		left = p.round(left)
	}
}

// round gives every server its turn and returns how many entries are left.
func (p *maglev) round(left int) int {
	for i := range p.turns {
		t := &p.turns[i]
		if t.owed += t.weight; t.owed < 1 {
			continue
		}
		t.owed--
		for p.table[t.next] != sim.NoServer {
			t.step(len(p.table))
		}
		p.table[t.next] = t.server
		if left--; left == 0 {
			break
		}
	}
	return left
}

func (t *maglevTurn) step(size int) {
	if t.next += t.skip; t.next >= size {
		t.next -= size
	}
}

// Repeats implements [sim.Repeater].
func (p *maglev) Repeats() bool { return true }

// Pick implements [sim.Balancer].
func (p *maglev) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	c := candidatesFor(q, v)
	if c.n == 0 {
		return sim.NoServer
	}
	// The entries that follow name the other servers in proportion to their shares, and the same ones every time.
	for i := p.of(q) % uint64(len(p.table)); ; i = (i + 1) % uint64(len(p.table)) {
		if s := p.table[i]; c.has(s) {
			return s
		}
	}
}
