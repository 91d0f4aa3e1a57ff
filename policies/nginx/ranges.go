package nginx

import "math"

// ranges maps a number below the total weight to a server: the walk over the servers in configuration order that
// subtracts weights until the number is used up. Servers that are down keep their range, which is why marking one down
// moves only its own clients.
type ranges struct {
	ends  []int // cumulated weights
	total int
	first []int32 // by the leading bits of a number: the server that the least such number falls to
	shift uint    // from a number to its leading bits
}

// set takes the weights of group. Fractions of a slow start, which nginx does not combine with hashes, count as the
// whole weight above them.
func (r *ranges) set(group []peer) {
	r.ends, r.total = r.ends[:0], 0
	for i := range group {
		r.total += int(math.Ceil(group[i].weight))
		r.ends = append(r.ends, r.total)
	}
	for r.shift = 0; r.total>>r.shift > 2*len(group); r.shift++ {
	}
	r.first = r.first[:0]
	at := int32(0)
	for w := 0; w < r.total; w += 1 << r.shift {
		for r.ends[at] <= w {
			at++
		}
		r.first = append(r.first, at)
	}
}

// at returns the position of the server that w, 0 ≤ w < total, falls to.
func (r *ranges) at(w int) int {
	i := int(r.first[w>>r.shift])
	for r.ends[i] <= w {
		i++
	}
	return i
}

// maxMisses is how many unusable choices a hash or a random method makes for one request before it turns to round
// robin.
const maxMisses = 20
