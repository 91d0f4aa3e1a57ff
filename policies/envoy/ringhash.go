package envoy

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"strconv"

	"github.com/cespare/xxhash/v2"

	"stickysim/policies"
	"stickysim/sim"
)

var _ = policies.Register("envoy/ring-hash", RingHash{
	MinimumRingSize: 1024, MaximumRingSize: 8388608, HashFunction: "xx_hash",
	HashKey: HashKey{Policy: "header"}, Cluster: DefaultCluster(),
}, policies.Doc{
	Summary: "consistent hashing on a ring of points (RING_HASH)",
	Detail: "Every host has ceil(minimum_ring_size / hosts) points, more with a greater weight: 50 equal hosts have 21 each, " +
		"so shares are uneven. As the points per host depend on the number of hosts, a host that leaves or joins moves " +
		"more clients than its own share. O(log points) per pick.",
	Source: "envoyproxy/envoy source/extensions/load_balancing_policies/ring_hash/ring_hash_lb.cc",
	Key:    policies.KeyHash,
	Claims: policies.Claims{Sticky: true},
})

// RingHash is Envoy's RING_HASH policy. Source: Envoy API v3, load_balancing_policies.ring_hash.v3.
type RingHash struct {
	MinimumRingSize int    `yaml:"minimum_ring_size" check:"min=1,max=8388608" doc:"least number of points on the ring"`
	MaximumRingSize int    `yaml:"maximum_ring_size" check:"min=1,max=8388608" doc:"greatest number of points on the ring"`
	HashFunction    string `yaml:"hash_function" check:"oneof=xx_hash|murmur_hash_2" doc:"hash of the points; keys are always hashed by xxHash64"`
	UseHostname     bool   `yaml:"use_hostname_for_hashing" doc:"points from the host's name instead of its address"`
	BalanceFactor   int    `yaml:"hash_balance_factor" check:"min=0" doc:"bound on a host's requests in flight, in percent of the mean; 0 = none"`
	HashKey         `yaml:",inline"`
	Cluster         `yaml:",inline"`
}

// Validate checks the ring sizes, the balance factor and the cluster's settings.
func (c RingHash) Validate() error {
	if c.MinimumRingSize > c.MaximumRingSize {
		return errors.New("minimum_ring_size: must not be greater than maximum_ring_size")
	}
	return errors.Join(checkFactor(c.BalanceFactor), c.Cluster.Validate())
}

func (c RingHash) in(cluster Cluster) policies.Config {
	c.Cluster = cluster
	return c
}

// New makes an instance.
func (c RingHash) New(env sim.Env) sim.Balancer {
	p := &ringHash{hosts: newHosts(c.Cluster, env), hasher: newHasher(c.HashKey), config: c}
	p.build = p.fill
	p.bounded = newBounded(c.BalanceFactor, env.Servers, p.lookup)
	if p.generates() {
		return cookieRing{p}
	}
	return p
}

type ringHash struct {
	hosts
	hasher
	bounded bounded
	config  RingHash
	points  []point
	text    []byte // scratch
}

type point struct {
	hash uint64
	host sim.ServerID
}

// cookieRing is one whose clients get cookies.
type cookieRing struct{ *ringHash }

// Answered implements [sim.Binder].
func (p cookieRing) Answered(q *sim.Request, _ sim.ServerID, _ *sim.View) { p.give(q) }

// Repeats implements [sim.Repeater].
func (p *ringHash) Repeats() bool {
	return p.config.BalanceFactor == 0 && p.constant()
}

// Pick implements [sim.Balancer].
func (p *ringHash) Pick(q *sim.Request, v *sim.View) sim.ServerID {
	p.sync(v)
	return p.admit(p.bounded.pick(p.hash(q), q, &p.hosts, v), v)
}

// lookup returns the host of the first point at or after h; further attempts continue along the ring.
func (p *ringHash) lookup(h uint64, attempt int) sim.ServerID {
	if len(p.points) == 0 {
		return sim.NoServer
	}
	i, _ := slices.BinarySearchFunc(p.points, h, func(x point, h uint64) int { return cmp.Compare(x.hash, h) })
	if i == len(p.points) {
		i = 0
	}
	return p.points[(i+attempt)%len(p.points)].host
}

// fill places scale × weight points for each host. The running sums keep the total right where that is no whole
// number.
func (p *ringHash) fill(v *sim.View) {
	least := p.bounded.setHosts(p.list, v)
	p.points = p.points[:0]
	if len(p.list) == 0 {
		return
	}
	scale := min(math.Ceil(least*float64(p.config.MinimumRingSize))/least, float64(p.config.MaximumRingSize))
	p.points = slices.Grow(p.points, int(math.Ceil(scale)))
	placed, target := 0.0, 0.0
	for n, s := range p.list {
		p.text = append(append(p.text[:0], hostName(v, s, p.config.UseHostname)...), '_')
		stem := len(p.text)
		target += scale * p.bounded.weights[n]
		for i := int64(0); placed < target; i++ {
			p.text = strconv.AppendInt(p.text[:stem], i, 10)
			p.points = append(p.points, point{p.pointHash(), s})
			placed++
		}
	}
	slices.SortFunc(p.points, func(a, b point) int { return cmp.Compare(a.hash, b.hash) })
}

func (p *ringHash) pointHash() uint64 {
	if p.config.HashFunction == "murmur_hash_2" {
		return murmur2(p.text, murmurSeed)
	}
	return xxhash.Sum64(p.text)
}
