package least

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// Turns is a smooth weighted round robin: each round gives places their weight as credit, and the one that is taken pays. Among
// the places with the least load the one with the most credit is the best, the first of equals. What a place gains follows from
// its weight and the number of rounds, so a round costs as many steps as there are different weights; the best one and a payment
// cost the logarithm of the number of places with the weight more. Sums are exact while weights are whole numbers.
type Turns struct {
	// Loads says that places have loads. Those of others are all 0.
	Loads bool
	// Tied rounds are of the places with the least load for their weight, and leave the others as they are. Otherwise a round
	// gives credit to all, and loads compare as they are.
	Tied bool

	classes []class
	at      []position // by place
	moved   []int32    // places that the trees do not show as they are
	total   float64    // weights of all places that are in
	low     uint       // so many last bits of a key with a load are its place in the tree
	rough   bool       // they are not, and places that differ may have the same key

	line  []int32  // places in the order of their turns in a lap: see lineUp
	ends  []uint64 // by lap, modulo laps, and rank in line: a bit for each place, at the lap that it is to end
	words int      // that a lap has of them
	lap   uint32   // the least that a place is to end, or one before
	word  int      // of that lap, the first with a place, or one before
	lined bool     // line and ends are right, and trees are not
	takes int      // since anything but turns has changed places, while it is not
}

// class is the places of one weight.
type class struct {
	weight float64
	rows   []row
	places []int32 // by their place in the tree
	tree   Tree    // by load, then by debt: see key
}

// row is the places of one load, where rounds are of tied ones; else all places.
type row struct {
	rounds float64
	places int
}

// position is where a place is kept. The tree does not show yet that it has moved.
type position struct {
	class, place int32
	load         int32
	in, moved    bool
	rank         int32   // in line
	lap          uint32  // that it is to end next, while there is a line
	debt         float64 // what it has paid, less the credit that it began with
}

// Place is the beginning of a place in [Turns.Fill].
type Place struct {
	Weight float64
	Load   int32
	Credit float64
	Out    bool // it takes part from [Turns.Enter] on
}

// Fill makes the places 0 to n-1.
func (t *Turns) Fill(n int, place func(i int) Place) {
	t.classes, t.at, t.moved, t.total, t.rough = t.classes[:0], t.at[:0], t.moved[:0], 0, false
	t.lined, t.takes = false, 0
	if !t.Loads {
		t.line, t.ends = slices.Grow(t.line[:0], n), slices.Grow(t.ends[:0], laps*((n+63)/64))
	}
	for i := range n {
		p := place(i)
		t.at = append(t.at, t.sort(int32(i), p.Weight))
		x := &t.at[i]
		x.load, x.debt, x.in = p.Load, -p.Credit, !p.Out
	}
	t.low = uint(bits.Len(uint(n)))
	for i := range t.at {
		if at := &t.at[i]; at.in {
			x := &t.classes[at.class]
			t.row(x, at.load).places++
			t.total += x.weight
		}
	}
	t.plant()
}

// plant makes the trees, as places are now.
func (t *Turns) plant() {
	for again := true; again; {
		was := t.rough
		for c := range t.classes {
			x := &t.classes[c]
			x.tree.Reset(len(x.places))
			for j, i := range x.places {
				if at := &t.at[i]; at.in {
					x.tree.Enter(j, t.key(at))
				}
			}
			x.tree.Build()
		}
		again = t.rough && !was
	}
}

// sort finds place i a position in the class of its weight.
func (t *Turns) sort(i int32, weight float64) position {
	c := 0
	for c < len(t.classes) && t.classes[c].weight != weight {
		c++
	}
	switch {
	case c < len(t.classes):
	case c < cap(t.classes):
		t.classes = t.classes[:c+1]
		x := &t.classes[c]
		x.weight, x.rows, x.places = weight, x.rows[:0], x.places[:0]
	default:
		t.classes = append(t.classes, class{weight: weight})
	}
	x := &t.classes[c]
	x.places = append(x.places, i)
	return position{class: int32(c), place: int32(len(x.places) - 1)}
}

// row is the row of a load.
func (t *Turns) row(c *class, load int32) *row {
	if !t.Tied {
		load = 0
	}
	if int(load) >= len(c.rows) {
		c.reach(load)
	}
	return &c.rows[load]
}

// reach makes rows up to that of a load.
//
//go:noinline
func (c *class) reach(load int32) {
	c.rows = append(c.rows, make([]row, int(load)+1-len(c.rows))...)
}

// Total is the sum of the weights of all places that are in.
func (t *Turns) Total() float64 { return t.total }

// Least is the least load, the weight for which it is, and how many places have it, with the sum of their weights; 0 places where
// none is in.
func (t *Turns) Least() (load int32, weight float64, places int, weights float64) {
	t.settle()
	if len(t.classes) == 1 && !t.classes[0].tree.Empty() {
		x := &t.classes[0]
		load = t.at[t.first(x)].load
		n := t.row(x, load).places
		return load, x.weight, n, x.weight * float64(n)
	}
	for c := range t.classes {
		x := &t.classes[c]
		if x.tree.Empty() {
			continue
		}
		l := t.at[t.first(x)].load
		if order := t.compare(l, x.weight, load, weight); places == 0 || order < 0 {
			load, weight, places, weights = l, x.weight, 0, 0
		} else if order > 0 {
			continue
		}
		n := t.row(x, l).places
		places, weights = places+n, weights+x.weight*float64(n)
	}
	return load, weight, places, weights
}

// compare orders loads.
func (t *Turns) compare(a int32, aWeight float64, b int32, bWeight float64) int {
	if t.Tied {
		return CompareLoads(a, aWeight, b, bWeight)
	}
	return int(a) - int(b)
}

// CompareLoads orders loads for their weights, without rounding where weights are whole numbers.
func CompareLoads(a int32, aWeight float64, b int32, bWeight float64) int {
	switch x, y := float64(a)*bWeight, float64(b)*aWeight; {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// Round gives every place that is in its weight as credit. Where rounds are of tied places, ask RoundOf.
func (t *Turns) Round() {
	for c := range t.classes {
		t.row(&t.classes[c], 0).rounds++
	}
}

// RoundOf gives the places with the least load, which Least has just found, their weights as credit.
func (t *Turns) RoundOf(load int32, weight float64) {
	if len(t.classes) == 1 {
		t.row(&t.classes[0], load).rounds++
		return
	}
	for c := range t.classes {
		x := &t.classes[c]
		if x.tree.Empty() {
			continue
		}
		if l := t.at[t.first(x)].load; CompareLoads(l, x.weight, load, weight) == 0 {
			t.row(x, l).rounds++
		}
	}
}

// TakeTied is a round of the places with the least load: the best of them, which pays where there are others; -1 where none is in.
func (t *Turns) TakeTied() (best int) {
	if t.settle(); len(t.classes) == 1 && !t.classes[0].tree.Empty() {
		x := &t.classes[0]
		best = t.first(x)
		if r := t.row(x, t.at[best].load); r.places > 1 {
			r.rounds++
			t.Pay(best, x.weight*float64(r.places))
		}
		return best
	}
	load, weight, places, weights := t.Least()
	if places > 1 {
		t.RoundOf(load, weight)
	}
	best, _ = t.Best()
	if places > 1 {
		t.Pay(best, weights)
	}
	return best
}

// Best is the best place, with its credit; -1 where none is in.
func (t *Turns) Best() (place int, credit float64) {
	t.settle()
	if len(t.classes) == 1 && !t.classes[0].tree.Empty() {
		x := &t.classes[0]
		place = t.first(x)
		return place, t.Credit(place)
	}
	place = -1
	load, weight := int32(0), 0.0
	for c := range t.classes {
		x := &t.classes[c]
		if x.tree.Empty() {
			continue
		}
		i := t.first(x)
		l, has := t.at[i].load, t.Credit(i)
		order := -1
		if place >= 0 {
			order = t.compare(l, x.weight, load, weight)
		}
		if order < 0 || order == 0 && (has > credit || has == credit && i < place) {
			place, load, weight, credit = i, l, x.weight, has
		}
	}
	return place, credit
}

// In reports whether a place is in.
func (t *Turns) In(place int) bool { return t.at[place].in }

// Credit is the credit of a place that is in.
func (t *Turns) Credit(place int) float64 {
	at := &t.at[place]
	x := &t.classes[at.class]
	return t.row(x, at.load).rounds*x.weight - at.debt
}

// Pay takes credit from a place that is in.
func (t *Turns) Pay(place int, amount float64) {
	t.stir()
	t.move(place).debt += amount
}

// Take is a round of all places: the best of them, which pays; -1 where none is in.
func (t *Turns) Take() (best int) {
	if t.lined {
		return t.takeNext()
	}
	t.Round()
	if best, _ = t.Best(); best >= 0 {
		t.move(best).debt += t.total
	}
	if t.takes++; t.takes > 8*len(t.at) && len(t.classes) == 1 && !t.Loads {
		t.lineUp()
	}
	return best
}

// laps is how far apart places in line may be.
const laps = 16

// lineUp puts places of one weight in line. A place that pays for a round ends a lap, as many as its debt has round's payments; what
// its debt has beyond them stays as it is. So the best place is the first of those with the fewest laps, in an order that stays, too,
// and that needs no tree. Sums must be whole numbers.
func (t *Turns) lineUp() {
	t.takes, t.line = 0, t.line[:0]
	first, last := math.Inf(1), math.Inf(-1)
	for i := range t.at {
		if at := &t.at[i]; at.in {
			if at.debt != math.Trunc(at.debt) || t.total != math.Trunc(t.total) {
				return
			}
			t.line = append(t.line, int32(i))
			lap := math.Floor(at.debt / t.total)
			first, last = min(first, lap), max(last, lap)
		}
	}
	if len(t.line) == 0 || last-first >= laps {
		return
	}
	beyond := func(place int32) float64 { return t.at[place].debt - math.Floor(t.at[place].debt/t.total)*t.total }
	slices.SortFunc(t.line, func(a, b int32) int { return cmp.Or(cmp.Compare(beyond(a), beyond(b)), cmp.Compare(a, b)) })
	t.words = (len(t.line) + 63) / 64
	t.ends = t.ends[:laps*t.words]
	clear(t.ends)
	for rank, place := range t.line {
		at := &t.at[place]
		at.rank, at.lap = int32(rank), uint32(math.Floor(at.debt/t.total)-first)
		*t.end(at) |= at.bit()
	}
	t.lap, t.word, t.lined = 0, 0, true
}

// end holds the bit of a place that is in line.
func (t *Turns) end(at *position) *uint64 { return &t.ends[int(at.lap%laps)*t.words+int(at.rank/64)] }

func (at *position) bit() uint64 { return 1 << (at.rank % 64) }

// takeNext is Take of the next in line.
func (t *Turns) takeNext() int {
	t.classes[0].rows[0].rounds++
	for {
		lap := t.ends[int(t.lap%laps)*t.words:][:t.words]
		for ; t.word < len(lap); t.word++ {
			if set := lap[t.word]; set != 0 { // the first of them ends this lap, and is to end the next
				place := int(t.line[64*t.word+bits.TrailingZeros64(set)])
				at := &t.at[place]
				at.debt += t.total
				at.lap++
				lap[t.word] = set & (set - 1)
				t.ends[int((t.lap+1)%laps)*t.words+t.word] |= set & -set
				return place
			}
		}
		t.lap, t.word = t.lap+1, 0
	}
}

// endLap lets a place in line pay for a round. Should that take it too far ahead, there is a line no more.
func (t *Turns) endLap(place int) {
	at := &t.at[place]
	at.debt += t.total
	*t.end(at) &^= at.bit()
	if at.lap++; at.lap-t.lap >= laps {
		t.stir()
		return
	}
	*t.end(at) |= at.bit()
}

// stir says that something else than Take changes places.
func (t *Turns) stir() {
	if t.lined {
		for _, place := range t.line {
			t.move(int(place))
		}
	}
	t.lined, t.takes = false, 0
}

// Charge is a round of all places whose turn one that is in has, whatever its credit. Where that is no more than its weight less
// most, there is no round.
func (t *Turns) Charge(place int, most float64) {
	at := &t.at[place]
	x := &t.classes[at.class]
	if t.row(x, at.load).rounds*x.weight-at.debt > x.weight-most {
		t.Round()
		if t.lined {
			t.endLap(place)
			return
		}
		t.move(place).debt += t.total
	}
}

// Move changes the load of a place that is in. Where rounds are of tied places it keeps its credit among those of the new load.
func (t *Turns) Move(place int, load int32) {
	if t.at[place].load == load {
		return
	}
	t.stir()
	at := t.move(place)
	if t.Tied {
		x := &t.classes[at.class]
		to := t.row(x, load)
		from := &x.rows[at.load]
		from.places--
		to.places++
		at.debt += (to.rounds - from.rounds) * x.weight
	}
	at.load = load
}

// Enter lets a place take part that is out.
func (t *Turns) Enter(place int, load int32, credit float64) {
	t.stir()
	at := t.move(place)
	x := &t.classes[at.class]
	r := t.row(x, load)
	r.places++
	at.in, at.load, at.debt = true, load, r.rounds*x.weight-credit
	t.total += x.weight
}

// Leave takes a place out that is in.
func (t *Turns) Leave(place int) {
	t.stir()
	at := t.move(place)
	x := &t.classes[at.class]
	t.row(x, at.load).places--
	at.in = false
	t.total -= x.weight
}

// move notes that a place changes. Trees learn of it when the best place is asked for: until then it may change again.
func (t *Turns) move(place int) *position {
	at := &t.at[place]
	if !at.moved {
		at.moved = true
		t.moved = append(t.moved, int32(place))
	}
	return at
}

// settle shows the trees what has moved.
func (t *Turns) settle() {
	if t.lined {
		t.stir()
	}
	rough := t.rough
	for _, place := range t.moved {
		at, key := &t.at[place], uint64(none)
		if at.moved = false; at.in {
			key = t.key(at)
		}
		t.classes[at.class].tree.Set(int(at.place), key)
	}
	t.moved = t.moved[:0]
	if t.rough && !rough {
		t.plant()
	}
}

// loadWidth is how many bits of a key are its load.
const loadWidth = 12

// key orders places by load, then by debt, then by place. That leaves room for debts that are whole numbers of some 40 bits, as all
// are but those that follow a slow start; should there be others, or greater loads, places that are next to each other share a key.
func (t *Turns) key(at *position) uint64 {
	if !t.Loads {
		return Ordered(at.debt)
	}
	width := 64 - loadWidth - t.low
	half := int64(1) << (width - 1)
	whole := int64(at.debt)
	if at.load < 1<<loadWidth-1 && float64(whole) == at.debt && -half <= whole && whole < half && !t.rough {
		return uint64(at.load)<<(64-loadWidth) | uint64(whole+half)<<t.low | uint64(at.place)
	}
	if t.rough = true; at.load >= 1<<loadWidth-1 {
		return none - 1
	}
	whole = int64(min(max(at.debt, -float64(half)), float64(half-1)))
	return uint64(at.load)<<(64-loadWidth) | uint64(whole+half)<<t.low
}

// first is the first place of a class that has some: the one with the least load, then with the least debt.
func (t *Turns) first(c *class) int {
	if t.Loads && !t.rough {
		return int(c.places[c.tree.Lowest()&(1<<t.low-1)])
	}
	i := c.tree.First()
	best := c.places[i]
	if t.rough {
		for i = c.tree.Next(i); i >= 0; i = c.tree.Next(i) {
			if x, y := &t.at[c.places[i]], &t.at[best]; x.load < y.load || x.load == y.load && x.debt < y.debt {
				best = c.places[i]
			}
		}
	}
	return int(best)
}
