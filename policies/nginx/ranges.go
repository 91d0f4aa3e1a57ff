package nginx

import "math"

// ranges maps a number below the total weight to a server: the walk over the servers in configuration order that
// subtracts weights until the number is used up, as a binary search over the cumulated weights. Servers that are
// down keep their range, which is why marking one down moves only its own clients.
type ranges struct {
	ends  []int // cumulated weights
	total int
}

// set takes the weights of group. Fractions of a slow start, which nginx does not combine with hashes, count as the
// whole weight above them.
func (r *ranges) set(group []peer) {
	r.ends, r.total = r.ends[:0], 0
	for i := range group {
		r.total += int(math.Ceil(group[i].weight))
		r.ends = append(r.ends, r.total)
	}
}

// at returns the position of the server that w, 0 ≤ w < total, falls to.
func (r *ranges) at(w int) int {
	lo, hi := 0, len(r.ends)-1
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if w < r.ends[mid] {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// maxMisses is how many unusable choices a hash or a random method makes for one request before it turns to round
// robin.
const maxMisses = 20
