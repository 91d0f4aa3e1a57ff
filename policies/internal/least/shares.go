package least

import "math"

// shares holds places 0, 1, … with a load and a share each, and finds one of those with the least load by their shares. The zero
// value has none.
type shares struct {
	leaves int // a power of two
	node   []tied
}

// tied is those with the least load below a node: node i has the children 2i and 2i+1, the root is node 1.
type tied struct {
	load  float64
	share float64 // sum of the shares
	first int32
}

// reset makes n places without a load. Enter them, then build.
func (t *shares) reset(n int) {
	t.leaves = 1
	for t.leaves < n {
		t.leaves *= 2
	}
	t.node = grown(t.node, 2*t.leaves)
	for i := range t.node {
		t.node[i] = tied{load: math.Inf(1)}
	}
}

func (t *shares) enter(place int, load, share float64) {
	t.node[t.leaves+place] = tied{load, share, int32(place)}
}

func (t *shares) build() {
	for i := t.leaves - 1; i > 0; i-- {
		t.join(i)
	}
}

// move changes the load of a place.
func (t *shares) move(place int, load float64) {
	i := t.leaves + place
	t.node[i].load = load
	for i /= 2; i > 0; i /= 2 {
		before := t.node[i]
		if t.join(i); t.node[i] == before {
			return
		}
	}
}

// join works node i out.
func (t *shares) join(i int) {
	a, b, n := &t.node[2*i], &t.node[2*i+1], &t.node[i]
	switch {
	case a.load < b.load:
		*n = *a
	case b.load < a.load:
		*n = *b
	default:
		*n = tied{a.load, a.share + b.share, a.first}
	}
}

// sum is the sum of the shares of all places with the least load.
func (t *shares) sum() float64 { return t.node[1].share }

// first is the first place with the least load.
func (t *shares) first() int { return int(t.node[1].first) }

// at is the place with the least load up to whose end the shares, laid end to end in order, sum to more than x, or the last one
// where none does.
func (t *shares) at(x float64) int {
	i, load := 1, t.node[1].load
	for i < t.leaves {
		a, b := &t.node[2*i], &t.node[2*i+1]
		i *= 2
		switch {
		case a.load > load:
			i++
		case b.load == load && x >= a.share:
			x -= a.share
			i++
		}
	}
	return i - t.leaves
}
