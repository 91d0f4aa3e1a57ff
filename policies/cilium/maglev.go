package cilium

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("cilium/maglev", Maglev{TableSize: 16381, Seed: "JLfvgnHc2kaSUFaI", Port: 80}, policies.Doc{
	Summary: "Maglev hashing of the client's address and port: all nodes choose the same backend for a connection",
	Detail: "For connections from outside the cluster; pods get random backends at the socket level (cilium/random). With session affinity " +
		"the client's port is left out of the hash, and the backend is remembered besides until the client has opened no " +
		"connection for client_ip_timeout. Table and hash are those of Cilium, bit for bit where backends have addresses; the " +
		"Service's port is part of the hash. A weight makes a backend take more places; it is rounded to a whole number.",
	Source: docs + ", bpf/lib/hash.h; pkg/maglev/maglev.go",
	Claims: policies.Claims{Uniform: true, Weighted: true},
})

// Maglev is a Service with loadBalancer.algorithm maglev.
type Maglev struct {
	Affinity  `yaml:",inline"`
	TableSize int    `yaml:"table_size" doc:"maglev.tableSize: 251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521 or 131071"`
	Seed      string `yaml:"hash_seed" doc:"maglev.hashSeed: 12 bytes in base64, the same on all nodes"`
	Port      int    `yaml:"port" check:"min=1,max=65535" doc:"port of the Service"`
}

// sizes are the table sizes that Cilium supports.
var sizes = []int{251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521, 131071}

// Validate checks the timeout, the table size and the seed.
func (c Maglev) Validate() error {
	if err := c.Affinity.Validate(); err != nil {
		return err
	}
	if !slices.Contains(sizes, c.TableSize) {
		return fmt.Errorf("table_size: must be one of %s", strings.Trim(fmt.Sprint(sizes), "[]"))
	}
	if seed, err := base64.StdEncoding.DecodeString(c.Seed); err != nil || len(seed) != 12 {
		return errors.New("hash_seed: must be 12 bytes in base64")
	}
	return nil
}

// New makes an instance.
func (c Maglev) New(env sim.Env) sim.Balancer {
	seed, _ := base64.StdEncoding.DecodeString(c.Seed)
	p := &maglev{
		table: make([]sim.ServerID, c.TableSize), backends: make([]backend, 0, env.Servers), affinity: c.Timeout > 0,
		murmur: binary.BigEndian.Uint32(seed), jhash4: binary.BigEndian.Uint32(seed[4:]), jhash6: binary.BigEndian.Uint32(seed[8:]),
		port: uint32(c.Port>>8 | c.Port&0xff<<8),
	}
	return &maglevService{newService(p, c.Affinity, false, env), p}
}

type maglevService struct {
	service
	*maglev
}

// Rebuild implements [sim.Rebuilder].
func (p *maglevService) Rebuild(v *sim.View) { p.maglev.fill(v) }

type maglev struct {
	table                  []sim.ServerID
	backends               []backend // scratch
	affinity               bool
	murmur, jhash4, jhash6 uint32 // the seed
	port                   uint32 // of the service, as a little-endian machine reads it from a packet
}

// backend is a backend while the table is filled.
type backend struct {
	server     sim.ServerID
	name       string
	next, skip uint64
	weight     uint64
	owed       float64
}

// fill computes the table: backends take places in turn, sorted by name, so that all nodes have the same one.
func (p *maglev) fill(v *sim.View) {
	size, sum := uint64(len(p.table)), uint64(0)
	p.backends = p.backends[:0]
	for _, s := range v.Eligible {
		b := backend{server: s, name: "[" + v.Servers[s].Addr + "/TCP,State:active]", weight: uint64(max(1, int(v.Weight[s])))}
		h1, h2 := murmur3([]byte(b.name), p.murmur)
		b.next, b.skip = h1%size, h2%(size-1)+1
		sum += b.weight
		p.backends = append(p.backends, b)
	}
	for i := range p.table {
		p.table[i] = sim.NoServer
	}
	n := uint64(len(p.backends))
	if n == 0 {
		return
	}
	slices.SortFunc(p.backends, func(a, b backend) int { return strings.Compare(a.name, b.name) })
	for i := range p.backends {
		p.backends[i].owed = float64(p.backends[i].weight) / float64(n)
	}
	for turn := range size {
		i := turn % n
		for sum/n > 1 && (turn+1)*p.backends[i].weight < uint64(p.backends[i].owed) {
			i = (i + 1) % n
		}
		b := &p.backends[i]
		b.owed += float64(sum)
		for p.table[b.next] != sim.NoServer {
			b.next = (b.next + b.skip) % size
		}
		p.table[b.next] = b.server
	}
}

func (p *maglev) choose(q *sim.Request, _ *sim.View) sim.ServerID {
	client := uint32(0)
	if !p.affinity {
		client = 32768 + uint32(q.Draw.Stream("port").IntN(28232)) // as Linux gives to clients
		client = client>>8 | client&0xff<<8
	}
	return p.table[p.hash(&q.Addr, client)%uint32(len(p.table))]
}
