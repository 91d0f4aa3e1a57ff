package policies

import (
	"math"

	"stickysim/sim"
	"stickysim/sim/rng"
)

// maxPoints bounds the points of a ring; beyond it the points of all servers are scaled down equally.
const maxPoints = 1 << 20

// ring is the circle of consistent hashing: each server owns the arcs that end at its points. Points depend on the
// server's name and the seed only. All members with a weight have points, usable or not, so that a change of status
// needs no new ring: lookups continue to the next point of a usable server.
type ring struct {
	seed    rng.Key
	points  []uint64 // ascending
	owners  []sim.ServerID
	start   []int32 // by the leading bits of a hash: first point with these bits or later ones
	shift   uint    // of a hash, to its index in start
	made    []share // what the ring was made of
	wanted  []share // scratch
	scatter []int32 // scratch
}

// share is how many points a server has.
type share struct {
	server sim.ServerID
	points int
}

// rebuild makes the ring anew if members or weights have changed: replicas points per unit of weight, at least one.
func (r *ring) rebuild(replicas int, v *sim.View) {
	sum := 0.0
	for _, s := range v.Members {
		sum += float64(replicas) * v.Weight[s]
	}
	scale := min(1, maxPoints/sum)
	r.wanted = r.wanted[:0]
	total := 0
	for _, s := range v.Members {
		if w := v.Weight[s]; w > 0 {
			n := max(int(math.Round(float64(replicas)*w*scale)), 1)
			r.wanted = append(r.wanted, share{s, n})
			total += n
		}
	}
	if same(r.wanted, r.made) {
		return
	}
	r.made = append(r.made[:0], r.wanted...)
	r.place(total, v)
}

func same(a, b []share) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// place computes the points and sorts them by their leading bits, then within: about one point shares its leading
// bits, so this takes linear time, and start is a by-product.
func (r *ring) place(total int, v *sim.View) {
	r.shift = 63
	for n := 2; n < total; n *= 2 {
		r.shift--
	}
	r.start = make([]int32, 1<<(64-r.shift)+1)
	r.each(v, func(_ sim.ServerID, h uint64) { r.start[h>>r.shift+1]++ })
	for i := 1; i < len(r.start); i++ {
		r.start[i] += r.start[i-1]
	}
	r.points, r.owners = make([]uint64, total), make([]sim.ServerID, total)
	r.scatter = append(r.scatter[:0], r.start...)
	r.each(v, func(s sim.ServerID, h uint64) {
		i := r.scatter[h>>r.shift]
		r.scatter[h>>r.shift]++
		for ; i > r.start[h>>r.shift] && r.points[i-1] > h; i-- {
			r.points[i], r.owners[i] = r.points[i-1], r.owners[i-1]
		}
		r.points[i], r.owners[i] = h, s
	})
}

// each calls f with every point of every server.
func (r *ring) each(v *sim.View, f func(s sim.ServerID, h uint64)) {
	for _, m := range r.made {
		k := r.seed.Stream(v.Servers[m.server].Name)
		for i := range m.points {
			f(m.server, k.At(uint64(i)).Uint64())
		}
	}
}

// find returns the index of the point that owns h: the first at or after it.
func (r *ring) find(h uint64) int {
	i := int(r.start[h>>r.shift])
	for i < len(r.points) && r.points[i] < h {
		i++
	}
	if i == len(r.points) {
		return 0
	}
	return i
}

// next returns the index of the point after i.
func (r *ring) next(i int) int {
	if i++; i == len(r.points) {
		return 0
	}
	return i
}

// eligibility answers in O(1) whether a server is eligible.
type eligibility []bool // by ServerID

func (e eligibility) rebuild(v *sim.View) {
	clear(e)
	for _, s := range v.Eligible {
		e[s] = true
	}
}
