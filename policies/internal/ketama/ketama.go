// Package ketama is the hash ring of OpenResty's resty.chash (lua-resty-balancer, all releases), which ingress-nginx and APISIX
// use: 160 points per unit of weight, chained by CRC-32. A point owns the keys above the point before, up to itself.
//
// Source: openresty/lua-resty-balancer chash.c and lib/resty/chash.lua.
//
// Floor 3.
package ketama

import (
	"encoding/binary"
	"hash/crc32"
)

// PointsPerWeight is the number of points for a unit of weight.
const PointsPerWeight = 160

// Ring is the circle of points. Add all nodes, then Sort; Reset begins anew in the same memory.
type Ring struct {
	points []point
	added  []point // in order of Add
	start  []int32 // by leading bits of a hash: the first point with these bits or later ones
	shift  uint    // of a hash, to its index in start
}

type point struct {
	hash uint32
	node int32
}

// Reset removes all points.
func (r *Ring) Reset() { r.added, r.points = r.added[:0], r.points[:0] }

// Add places the points of a node: each is the CRC of the name and the point before, as in nginx's own ring.
func (r *Ring) Add(name string, node int32, weight int) {
	base := crc32.ChecksumIEEE([]byte(name))
	var last [4]byte
	for range weight * PointsPerWeight {
		hash := crc32.Update(base, crc32.IEEETable, last[:])
		r.added = append(r.added, point{hash, node})
		binary.LittleEndian.PutUint32(last[:], hash)
	}
}

// Sort orders the points: by their leading bits first, and then within. About one point shares its leading bits, so that takes
// linear time. Equal points stay in the order of Add; OpenResty's order of them is that of a Lua table.
func (r *Ring) Sort() {
	r.shift = 31
	for n := 2; n < len(r.added); n *= 2 {
		r.shift--
	}
	r.start = append(r.start[:0], make([]int32, 1<<(32-r.shift)+1)...)
	for _, p := range r.added {
		r.start[p.hash>>r.shift+1]++
	}
	for i := 1; i < len(r.start); i++ {
		r.start[i] += r.start[i-1]
	}
	r.points = append(r.points[:0], make([]point, len(r.added))...)
	// start moves up to the end of each bucket while it fills, and is moved back by one bucket afterwards.
	for _, p := range r.added {
		bucket := p.hash >> r.shift
		i := r.start[bucket]
		r.start[bucket]++
		for ; i > 0 && r.points[i-1].hash > p.hash && r.points[i-1].hash>>r.shift == bucket; i-- {
			r.points[i] = r.points[i-1]
		}
		r.points[i] = p
	}
	copy(r.start[1:], r.start[:len(r.start)-1])
	r.start[0] = 0
}

// Len is the number of points.
func (r *Ring) Len() int { return len(r.points) }

// Find returns the index of the point that owns hash: the first at or above it, or the first of all. The ring has points.
func (r *Ring) Find(hash uint32) int {
	i := int(r.start[hash>>r.shift])
	for i < len(r.points) && r.points[i].hash < hash {
		i++
	}
	if i == len(r.points) {
		return 0
	}
	return i
}

// Next is the index of the point after i.
func (r *Ring) Next(i int) int {
	if i++; i == len(r.points) {
		return 0
	}
	return i
}

// Node is the node of the point at an index.
func (r *Ring) Node(i int) int32 { return r.points[i].node }

// Of is the node that owns hash. The ring has points.
func (r *Ring) Of(hash uint32) int32 { return r.points[r.Find(hash)].node }
