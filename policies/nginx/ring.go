package nginx

import (
	"cmp"
	"encoding/binary"
	"hash/crc32"
	"math"
	"slices"
	"strings"
)

// pointsPerWeight is the number of ring points per unit of weight.
const pointsPerWeight = 160

// ring is the consistent hash ring, compatible with Cache::Memcached::Fast: points in ascending order, each owned
// by the text of a server line.
type ring struct {
	points  []uint32
	owners  []int32   // by point: index in servers
	servers [][]int32 // by text, in order of appearance: positions of its peers
	made    []line    // what points were made of, to make them anew only when it changes
	buckets []int32   // first point at or above each 1/len(buckets) of the range; speeds up find
	shift   uint
}

// line is what a peer's points depend on.
type line struct {
	text   string
	weight int
}

// set makes the ring of the peers in group; usable or not plays no part.
func (r *ring) set(group []peer) {
	lines := make([]line, len(group))
	byText := map[string]int32{}
	r.servers = r.servers[:0]
	for i := range group {
		lines[i] = line{group[i].written, int(math.Ceil(group[i].weight))}
		n, known := byText[group[i].written]
		if !known {
			n = int32(len(r.servers))
			byText[group[i].written] = n
			r.servers = append(r.servers, nil)
		}
		r.servers[n] = append(r.servers[n], int32(i))
	}
	if slices.Equal(lines, r.made) {
		return
	}
	r.made = lines
	r.place(byText)
}

// place computes, sorts and merges the points. Of equal points the first in configuration order stays.
func (r *ring) place(byText map[string]int32) {
	type point struct {
		hash  uint32
		owner int32
	}
	var all []point
	for _, l := range r.made {
		forPoints(l, func(hash uint32) { all = append(all, point{hash, byText[l.text]}) })
	}
	slices.SortStableFunc(all, func(a, b point) int { return cmp.Compare(a.hash, b.hash) })
	all = slices.CompactFunc(all, func(a, b point) bool { return a.hash == b.hash })
	r.points, r.owners = r.points[:0], r.owners[:0]
	for _, p := range all {
		r.points = append(r.points, p.hash)
		r.owners = append(r.owners, p.owner)
	}
	r.index()
}

// forPoints calls f with the points of a server line: CRC-32 of host, NUL, port and the point before.
func forPoints(l line, f func(uint32)) {
	host, port := HostPort(l.text)
	base := crc32.ChecksumIEEE([]byte(host + "\x00" + port))
	var before [4]byte
	for range l.weight * pointsPerWeight {
		hash := crc32.Update(base, crc32.IEEETable, before[:])
		binary.LittleEndian.PutUint32(before[:], hash)
		f(hash)
	}
}

// HostPort splits the text of a server line as nginx does for its consistent ring: the port is what follows the last colon if it is all digits; a path of a
// Unix socket has none.
func HostPort(text string) (host, port string) {
	if len(text) >= 5 && strings.EqualFold(text[:5], "unix:") {
		return text[5:], ""
	}
	if i := strings.LastIndexByte(text, ':'); i >= 0 && strings.Trim(text[i+1:], "0123456789") == "" {
		return text[:i], text[i+1:]
	}
	return text, ""
}

// index notes where each bucket of the range starts; there are about as many buckets as points.
func (r *ring) index() {
	r.shift = 32
	for n := 1; n < len(r.points) && r.shift > 12; n *= 2 {
		r.shift--
	}
	r.buckets = r.buckets[:0]
	at := int32(0)
	for b := uint64(0); b < 1<<(32-r.shift); b++ {
		for int(at) < len(r.points) && uint64(r.points[at]) < b<<r.shift {
			at++
		}
		r.buckets = append(r.buckets, at)
	}
}

// find returns the index of the first point at or above hash; len(points) when there is none.
func (r *ring) find(hash uint32) int {
	i := int(r.buckets[uint64(hash)>>r.shift])
	for i < len(r.points) && r.points[i] < hash {
		i++
	}
	return i
}
